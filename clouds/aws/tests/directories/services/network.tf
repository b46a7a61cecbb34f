resource "aws_vpc" "main" {
  cidr_block           = "10.0.0.0/16"
  enable_dns_hostnames = true

  tags = {
    "provision:deployment" = "orders"
    "provision:address"    = "aws_vpc.main"
  }
}

resource "aws_subnet" "a" {
  vpc_id            = aws_vpc.main.id
  cidr_block        = "10.0.0.0/24"
  availability_zone = "eu-west-1a"

  tags = {
    "provision:deployment" = "orders"
    "provision:address"    = "aws_subnet.a"
  }
}

resource "aws_subnet" "b" {
  vpc_id            = aws_vpc.main.id
  cidr_block        = "10.0.1.0/24"
  availability_zone = "eu-west-1b"

  tags = {
    "provision:deployment" = "orders"
    "provision:address"    = "aws_subnet.b"
  }
}

resource "aws_security_group" "database" {
  name        = "orders-database"
  description = "The database"
  vpc_id      = aws_vpc.main.id

  tags = {
    "provision:deployment" = "orders"
    "provision:address"    = "aws_security_group.database"
  }
}

resource "aws_cloudwatch_log_group" "network_flows" {
  name              = "/provision/orders-network-flows"
  retention_in_days = var.log_retention_days

  tags = {
    "Name"                 = "orders-network-flows"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_cloudwatch_log_group.network_flows"
  }
}
