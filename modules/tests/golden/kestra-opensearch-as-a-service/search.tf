resource "aws_cloudwatch_log_group" "search" {
  name              = "/provision/orders-search"
  retention_in_days = var.log_retention_days

  tags = {
    "Name"                 = "orders-search"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_cloudwatch_log_group.search"
  }
}

# The domain is refused while it may not write there.
resource "aws_cloudwatch_log_resource_policy" "search" {
  policy_name = "orders-search"

  policy_document = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "es.amazonaws.com" }
      Action    = ["logs:CreateLogStream", "logs:PutLogEvents", "logs:PutLogEventsBatch"]
      Resource  = "${aws_cloudwatch_log_group.search.arn}:*"
    }]
  })
}

resource "aws_opensearch_domain" "main" {
  domain_name    = "orders"
  engine_version = "OpenSearch_2.19"

  cluster_config {
    instance_type  = "m6g.large.search"
    instance_count = 3
    # Three masters in three zones elect each other with any one of them away (ELS-16).
    dedicated_master_enabled = true
    dedicated_master_count   = 3
    dedicated_master_type    = "m6g.large.search"
    zone_awareness_enabled   = true

    zone_awareness_config {
      availability_zone_count = 3
    }
  }

  vpc_options {
    subnet_ids         = [aws_subnet.private_a.id, aws_subnet.private_b.id, aws_subnet.private_c.id]
    security_group_ids = [aws_security_group.search.id]
  }

  ebs_options {
    ebs_enabled = true
    volume_type = "gp3"
    volume_size = 200
  }

  encrypt_at_rest {
    enabled = true
  }

  node_to_node_encryption {
    enabled = true
  }

  domain_endpoint_options {
    enforce_https       = true
    tls_security_policy = "Policy-Min-TLS-1-2-2019-07"
  }

  log_publishing_options {
    log_type                 = "ES_APPLICATION_LOGS"
    cloudwatch_log_group_arn = aws_cloudwatch_log_group.search.arn
  }

  # Who may connect is decided by the security group.
  access_policies = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { AWS = "*" }
      Action    = "es:ESHttp*"
      Resource  = "arn:aws:es:eu-west-1:${aws_security_group.load_balancer.owner_id}:domain/orders/*"
    }]
  })

  tags = {
    "Name"                 = "orders"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_opensearch_domain.main"
  }

  depends_on = [aws_cloudwatch_log_resource_policy.search]
}

# What the machines read at boot.

resource "aws_ssm_parameter" "search_addresses" {
  name  = "/provision/orders/search/addresses"
  type  = "String"
  value = "https://${aws_opensearch_domain.main.endpoint}:443"

  tags = {
    "Name"                 = "orders-search/addresses"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_ssm_parameter.search_addresses"
  }
}
