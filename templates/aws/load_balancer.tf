resource "aws_lb" "{{ balancer.local }}" {
  name = "{{ balancer.name }}"
{% if application %}
  load_balancer_type = "application"
{% else %}
  load_balancer_type = "network"
{% endif %}
  internal = {{ internal }}
  subnets = {{ subnets }}
  security_groups = [aws_security_group.load_balancer.id]
  enable_deletion_protection = var.deletion_protection
  enable_cross_zone_load_balancing = true
{% if application %}
  # As long as the product's own server allows, so that the load balancer is not the one that hangs up.
  idle_timeout = {{ idle_timeout }}
  drop_invalid_header_fields = true
{% endif %}

  access_logs {
    bucket = aws_s3_bucket.{{ logs.local | ident }}.bucket
    enabled = true
  }

  tags = {{ balancer.tags }}

  depends_on = [aws_s3_bucket_policy.{{ logs.local | ident }}]
}

{% for it in targets %}
# {{ it.component }}: {{ it.purpose }}
resource "aws_lb_target_group" "{{ it.group.local }}" {
  name = "{{ it.group.name }}"
  port = {{ it.port }}
  protocol = "{{ it.protocol }}"
  target_type = "instance"
  vpc_id = {{ network }}
  deregistration_delay = {{ it.leave }}

  health_check {
{% if it.health_port != it.port %}
    # Not the port that users reach: health has one of its own.
{% endif %}
    port = "{{ it.health_port }}"
    protocol = "HTTP"
    path = "{{ it.health_path }}"
{% if it.draining_status %}
    # A node that finishes its work answers {{ it.draining_status }}, which takes it out (OCT-15).
{% endif %}
    matcher = "200"
    interval = {{ it.interval }}
    timeout = {{ it.timeout }}
    healthy_threshold = 2
    unhealthy_threshold = {{ it.failures }}
  }

  tags = {{ it.group.tags }}
}

{% endfor %}
{% for it in listeners %}
resource "aws_lb_listener" "{{ it.listener.local }}" {
  load_balancer_arn = aws_lb.{{ balancer.local | ident }}.arn
  port = {{ it.port }}
  protocol = "{{ it.protocol }}"
{% if it.ends_tls %}
  certificate_arn = "{{ certificate }}"
  ssl_policy = "ELBSecurityPolicy-TLS13-1-2-2021-06"
{% endif %}

  default_action {
{% if it.redirects %}
    type = "redirect"

    redirect {
      port = "443"
      protocol = "HTTPS"
      status_code = "HTTP_301"
    }
{% else %}
    type = "forward"
    target_group_arn = aws_lb_target_group.{{ it.target | ident }}.arn
{% endif %}
  }

  tags = {{ it.listener.tags }}
}

{% endfor %}
{% if alias %}
resource "aws_route53_record" "main" {
  zone_id = "{{ alias.zone }}"
  name = "{{ alias.hostname }}"
  type = "A"

  alias {
    name = aws_lb.{{ balancer.local | ident }}.dns_name
    zone_id = aws_lb.{{ balancer.local | ident }}.zone_id
    evaluate_target_health = true
  }
}

{% endif %}
# Who asked for what.

resource "aws_s3_bucket" "{{ logs.local }}" {
  # Names of buckets are shared by everybody: the account's number makes this one ours.
  bucket = {{ logs_bucket }}

  tags = {{ logs.tags }}
}

resource "aws_s3_bucket_public_access_block" "{{ logs.local }}" {
  bucket = aws_s3_bucket.{{ logs.local | ident }}.id
  block_public_acls = true
  block_public_policy = true
  ignore_public_acls = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_server_side_encryption_configuration" "{{ logs.local }}" {
  bucket = aws_s3_bucket.{{ logs.local | ident }}.id

  rule {
    apply_server_side_encryption_by_default {
      # Load balancers write to no other encryption.
      sse_algorithm = "AES256"
    }
  }
}

resource "aws_s3_bucket_versioning" "{{ logs.local }}" {
  bucket = aws_s3_bucket.{{ logs.local | ident }}.id

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "{{ logs.local }}" {
  bucket = aws_s3_bucket.{{ logs.local | ident }}.id

  rule {
    id = "forget"
    status = "Enabled"

    filter {}

    expiration {
      days = 90
    }

    noncurrent_version_expiration {
      noncurrent_days = 1
    }

    abort_incomplete_multipart_upload {
      days_after_initiation = 1
    }
  }

  depends_on = [aws_s3_bucket_versioning.{{ logs.local | ident }}]
}

resource "aws_s3_bucket_policy" "{{ logs.local }}" {
  bucket = aws_s3_bucket.{{ logs.local | ident }}.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid = "WriteLogs"
        Effect = "Allow"
{% if application %}
        Principal = { Service = "logdelivery.elasticloadbalancing.amazonaws.com" }
{% else %}
        Principal = { Service = "delivery.logs.amazonaws.com" }
{% endif %}
        Action = "s3:PutObject"
        Resource = "${aws_s3_bucket.{{ logs.local | ident }}.arn}/*"
      },
{% if not application %}
      {
        Sid = "LookBeforeWriting"
        Effect = "Allow"
        Principal = { Service = "delivery.logs.amazonaws.com" }
        Action = "s3:GetBucketAcl"
        Resource = aws_s3_bucket.{{ logs.local | ident }}.arn
      },
{% endif %}
      {
        Sid = "TlsOnly"
        Effect = "Deny"
        Principal = "*"
        Action = "s3:*"
        Resource = [aws_s3_bucket.{{ logs.local | ident }}.arn, "${aws_s3_bucket.{{ logs.local | ident }}.arn}/*"]
        Condition = { Bool = { "aws:SecureTransport" = "false" } }
      },
    ]
  })

  depends_on = [aws_s3_bucket_public_access_block.{{ logs.local | ident }}]
}
