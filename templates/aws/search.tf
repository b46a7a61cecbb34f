{% if managed %}
resource "aws_cloudwatch_log_group" "{{ managed.logs.local }}" {
  name = "/provision/{{ managed.logs.name }}"
  retention_in_days = var.log_retention_days

  tags = {{ managed.logs.tags }}
}

# The domain is refused while it may not write there.
resource "aws_cloudwatch_log_resource_policy" "{{ managed.writer.local }}" {
  policy_name = "{{ managed.writer.name }}"

  policy_document = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect = "Allow"
      Principal = { Service = "es.amazonaws.com" }
      Action = ["logs:CreateLogStream", "logs:PutLogEvents", "logs:PutLogEventsBatch"]
      Resource = "${aws_cloudwatch_log_group.{{ managed.logs.local | ident }}.arn}:*"
    }]
  })
}

resource "aws_opensearch_domain" "{{ managed.domain.local }}" {
  domain_name = "{{ managed.domain.name }}"
  engine_version = "{{ managed.version }}"

  cluster_config {
    instance_type = "{{ managed.machine_type }}"
    instance_count = {{ managed.nodes }}
{% if managed.masters > 0 %}
    # Three masters in three zones elect each other with any one of them away (ELS-16).
    dedicated_master_enabled = true
    dedicated_master_count = {{ managed.masters }}
    dedicated_master_type = "m6g.large.search"
{% endif %}
{% if managed.zones > 1 %}
    zone_awareness_enabled = true

    zone_awareness_config {
      availability_zone_count = {{ managed.zones }}
    }
{% endif %}
  }

  vpc_options {
    subnet_ids = {{ managed.subnets }}
    security_group_ids = {{ managed.security_groups }}
  }

  ebs_options {
    ebs_enabled = true
    volume_type = "gp3"
    volume_size = {{ managed.storage_gb }}
  }

  encrypt_at_rest {
    enabled = true
  }

  node_to_node_encryption {
    enabled = true
  }

  domain_endpoint_options {
    enforce_https = true
    tls_security_policy = "Policy-Min-TLS-1-2-2019-07"
  }

  log_publishing_options {
    log_type = "ES_APPLICATION_LOGS"
    cloudwatch_log_group_arn = aws_cloudwatch_log_group.{{ managed.logs.local | ident }}.arn
  }

  # Who may connect is decided by the security group.
  access_policies = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect = "Allow"
      Principal = { AWS = "*" }
      Action = "es:ESHttp*"
      Resource = {{ managed.address }}
    }]
  })

  tags = {{ managed.domain.tags }}

  depends_on = [aws_cloudwatch_log_resource_policy.{{ managed.writer.local | ident }}]
}

{% endif %}
{% for it in nodes %}
{% include "aws/node.tf" %}

{% endfor %}
{% include "aws/boot_values.tf" %}
