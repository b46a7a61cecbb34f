{% if managed %}
resource "aws_msk_configuration" "{{ managed.configuration.local }}" {
  name = "{{ managed.configuration.name }}"
  kafka_versions = ["{{ managed.version }}"]
  # Three copies of which two must have a write before it counts (KAF-01, KAF-18); no unclean leaders (KAF-19).
  server_properties = "{% for it in managed.settings %}{{ it.key }}={{ it.value }}\n{% endfor %}"
}

resource "aws_cloudwatch_log_group" "{{ managed.logs.local }}" {
  name = "/provision/{{ managed.logs.name }}"
  retention_in_days = var.log_retention_days

  tags = {{ managed.logs.tags }}
}

resource "aws_msk_cluster" "{{ managed.cluster.local }}" {
  cluster_name = "{{ managed.cluster.name }}"
  kafka_version = "{{ managed.version }}"
  number_of_broker_nodes = {{ managed.brokers }}
  enhanced_monitoring = "PER_TOPIC_PER_BROKER"

  broker_node_group_info {
    instance_type = "{{ managed.machine_type }}"
    # One subnet in each zone; the service sets each broker's rack to its zone (KAF-05).
    client_subnets = {{ managed.subnets }}
    security_groups = {{ managed.security_groups }}

    storage_info {
      ebs_storage_info {
        volume_size = {{ managed.storage_gb }}
      }
    }
  }

  configuration_info {
    arn = aws_msk_configuration.{{ managed.configuration.local | ident }}.arn
    revision = aws_msk_configuration.{{ managed.configuration.local | ident }}.latest_revision
  }

  # Who may connect is decided by the security group; what is said is encrypted.
  client_authentication {
    unauthenticated = true
  }

  encryption_info {
    encryption_in_transit {
      client_broker = "TLS"
      in_cluster = true
    }
  }

  logging_info {
    broker_logs {
      cloudwatch_logs {
        enabled = true
        log_group = aws_cloudwatch_log_group.{{ managed.logs.local | ident }}.name
      }
    }
  }

  tags = {{ managed.cluster.tags }}
}

{% endif %}
{% for it in nodes %}
{% include "aws/node.tf" %}

{% endfor %}
{% include "aws/boot_values.tf" %}
