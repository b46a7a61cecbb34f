resource "aws_lb" "main" {
  name                             = "orders"
  load_balancer_type               = "application"
  internal                         = true
  subnets                          = [aws_subnet.private_a.id, aws_subnet.private_b.id, aws_subnet.private_c.id]
  security_groups                  = [aws_security_group.load_balancer.id]
  enable_deletion_protection       = var.deletion_protection
  enable_cross_zone_load_balancing = true
  # As long as the product's own server allows, so that the load balancer is not the one that hangs up.
  idle_timeout               = 3600
  drop_invalid_header_fields = true

  access_logs {
    bucket  = aws_s3_bucket.balancer_logs.bucket
    enabled = true
  }

  tags = {
    "Name"                 = "orders"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_lb.main"
  }

  depends_on = [aws_s3_bucket_policy.balancer_logs]
}

# webserver: ui
resource "aws_lb_target_group" "webserver_ui" {
  name                 = "orders-webserver-ui"
  port                 = 8080
  protocol             = "HTTP"
  target_type          = "instance"
  vpc_id               = aws_vpc.main.id
  deregistration_delay = 60

  health_check {
    # Not the port that users reach: health has one of its own.
    port                = "8081"
    protocol            = "HTTP"
    path                = "/health"
    matcher             = "200"
    interval            = 5
    timeout             = 4
    healthy_threshold   = 2
    unhealthy_threshold = 3
  }

  tags = {
    "Name"                 = "orders-webserver-ui"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_lb_target_group.webserver_ui"
  }
}

resource "aws_lb_listener" "port_80" {
  load_balancer_arn = aws_lb.main.arn
  port              = 80
  protocol          = "HTTP"

  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.webserver_ui.arn
  }

  tags = {
    "Name"                 = "orders-port-80"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_lb_listener.port_80"
  }
}

# Who asked for what.

resource "aws_s3_bucket" "balancer_logs" {
  # Names of buckets are shared by everybody: the account's number makes this one ours.
  bucket = "orders-balancer-logs-${aws_security_group.load_balancer.owner_id}"

  tags = {
    "Name"                 = "orders-balancer-logs"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_s3_bucket.balancer_logs"
  }
}

resource "aws_s3_bucket_public_access_block" "balancer_logs" {
  bucket                  = aws_s3_bucket.balancer_logs.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_server_side_encryption_configuration" "balancer_logs" {
  bucket = aws_s3_bucket.balancer_logs.id

  rule {
    apply_server_side_encryption_by_default {
      # Load balancers write to no other encryption.
      sse_algorithm = "AES256"
    }
  }
}

resource "aws_s3_bucket_versioning" "balancer_logs" {
  bucket = aws_s3_bucket.balancer_logs.id

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "balancer_logs" {
  bucket = aws_s3_bucket.balancer_logs.id

  rule {
    id     = "forget"
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

  depends_on = [aws_s3_bucket_versioning.balancer_logs]
}

resource "aws_s3_bucket_policy" "balancer_logs" {
  bucket = aws_s3_bucket.balancer_logs.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "WriteLogs"
        Effect    = "Allow"
        Principal = { Service = "logdelivery.elasticloadbalancing.amazonaws.com" }
        Action    = "s3:PutObject"
        Resource  = "${aws_s3_bucket.balancer_logs.arn}/*"
      },
      {
        Sid       = "TlsOnly"
        Effect    = "Deny"
        Principal = "*"
        Action    = "s3:*"
        Resource  = [aws_s3_bucket.balancer_logs.arn, "${aws_s3_bucket.balancer_logs.arn}/*"]
        Condition = { Bool = { "aws:SecureTransport" = "false" } }
      },
    ]
  })

  depends_on = [aws_s3_bucket_public_access_block.balancer_logs]
}
