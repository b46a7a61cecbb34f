resource "aws_security_group" "search" {
  name        = "orders-search"
  description = "Connections of search"
  vpc_id      = aws_vpc.main.id
}

resource "aws_security_group" "more" {
  name        = "orders-more"
  description = "More connections of search"
  vpc_id      = aws_vpc.main.id
}

resource "aws_cloudwatch_log_group" "search" {
  name              = "/provision/orders-search"
  retention_in_days = 30
}

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
  engine_version = "OpenSearch_2.17"

  ebs_options {
    ebs_enabled = true
    volume_type = "gp3"
    volume_size = 100
  }

  cluster_config {
    instance_type          = "m6g.large.search"
    instance_count         = 2
    zone_awareness_enabled = true

    dedicated_master_enabled = true
    dedicated_master_count   = 3
    dedicated_master_type    = "m6g.large.search"

    zone_awareness_config {
      availability_zone_count = 2
    }
  }

  vpc_options {
    subnet_ids         = [aws_subnet.b.id, aws_subnet.a.id]
    security_group_ids = [aws_security_group.search.id]
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

  log_publishing_options {
    log_type                 = "INDEX_SLOW_LOGS"
    cloudwatch_log_group_arn = aws_cloudwatch_log_group.search.arn
  }

  access_policies = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { AWS = "*" }
      Action    = "es:ESHttp*"
      Resource  = "arn:aws:es:eu-west-1:123456789012:domain/orders/*"
    }]
  })

  tags = {
    "Name" = "orders"
  }

  depends_on = [aws_cloudwatch_log_resource_policy.search]
}

resource "aws_ssm_parameter" "addresses" {
  name  = "/provision/orders/search/addresses"
  type  = "String"
  value = "https://${aws_opensearch_domain.main.endpoint}:443"
}
