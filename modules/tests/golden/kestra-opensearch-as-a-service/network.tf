# The network: a private and a public subnet in each zone. Only load balancers and NAT gateways stand in the public ones.

resource "aws_vpc" "main" {
  cidr_block           = "10.0.0.0/16"
  enable_dns_support   = true
  enable_dns_hostnames = true

  tags = {
    "Name"                 = "orders"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_vpc.main"
  }
}

# Machines that name no group get this one. It has no rules, so it allows nothing.
resource "aws_default_security_group" "main" {
  vpc_id = aws_vpc.main.id

  tags = {
    "Name"                 = "orders-default"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_default_security_group.main"
  }
}

resource "aws_internet_gateway" "main" {
  vpc_id = aws_vpc.main.id

  tags = {
    "Name"                 = "orders"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_internet_gateway.main"
  }
}

resource "aws_route_table" "public" {
  vpc_id = aws_vpc.main.id

  tags = {
    "Name"                 = "orders-public"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_route_table.public"
  }
}

resource "aws_route" "public" {
  route_table_id         = aws_route_table.public.id
  destination_cidr_block = "0.0.0.0/0"
  gateway_id             = aws_internet_gateway.main.id
}

# Zone eu-west-1a

resource "aws_subnet" "private_a" {
  vpc_id            = aws_vpc.main.id
  availability_zone = "eu-west-1a"
  cidr_block        = "10.0.0.0/19"

  tags = {
    "Name"                 = "orders-private-a"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_subnet.private_a"
  }
}

resource "aws_subnet" "public_a" {
  vpc_id            = aws_vpc.main.id
  availability_zone = "eu-west-1a"
  cidr_block        = "10.0.128.0/19"
  # What needs a public address gets one by name, not because of where it stands.
  map_public_ip_on_launch = false

  tags = {
    "Name"                 = "orders-public-a"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_subnet.public_a"
  }
}

resource "aws_route_table_association" "public_a" {
  subnet_id      = aws_subnet.public_a.id
  route_table_id = aws_route_table.public.id
}

resource "aws_route_table" "private_a" {
  vpc_id = aws_vpc.main.id

  tags = {
    "Name"                 = "orders-private-a"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_route_table.private_a"
  }
}

resource "aws_route" "private_a" {
  route_table_id         = aws_route_table.private_a.id
  destination_cidr_block = "0.0.0.0/0"
  nat_gateway_id         = aws_nat_gateway.exit_a.id
}

resource "aws_route_table_association" "private_a" {
  subnet_id      = aws_subnet.private_a.id
  route_table_id = aws_route_table.private_a.id
}

# Zone eu-west-1b

resource "aws_subnet" "private_b" {
  vpc_id            = aws_vpc.main.id
  availability_zone = "eu-west-1b"
  cidr_block        = "10.0.32.0/19"

  tags = {
    "Name"                 = "orders-private-b"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_subnet.private_b"
  }
}

resource "aws_subnet" "public_b" {
  vpc_id            = aws_vpc.main.id
  availability_zone = "eu-west-1b"
  cidr_block        = "10.0.160.0/19"
  # What needs a public address gets one by name, not because of where it stands.
  map_public_ip_on_launch = false

  tags = {
    "Name"                 = "orders-public-b"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_subnet.public_b"
  }
}

resource "aws_route_table_association" "public_b" {
  subnet_id      = aws_subnet.public_b.id
  route_table_id = aws_route_table.public.id
}

resource "aws_route_table" "private_b" {
  vpc_id = aws_vpc.main.id

  tags = {
    "Name"                 = "orders-private-b"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_route_table.private_b"
  }
}

resource "aws_route" "private_b" {
  route_table_id         = aws_route_table.private_b.id
  destination_cidr_block = "0.0.0.0/0"
  nat_gateway_id         = aws_nat_gateway.exit_b.id
}

resource "aws_route_table_association" "private_b" {
  subnet_id      = aws_subnet.private_b.id
  route_table_id = aws_route_table.private_b.id
}

# Zone eu-west-1c

resource "aws_subnet" "private_c" {
  vpc_id            = aws_vpc.main.id
  availability_zone = "eu-west-1c"
  cidr_block        = "10.0.64.0/19"

  tags = {
    "Name"                 = "orders-private-c"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_subnet.private_c"
  }
}

resource "aws_subnet" "public_c" {
  vpc_id            = aws_vpc.main.id
  availability_zone = "eu-west-1c"
  cidr_block        = "10.0.192.0/19"
  # What needs a public address gets one by name, not because of where it stands.
  map_public_ip_on_launch = false

  tags = {
    "Name"                 = "orders-public-c"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_subnet.public_c"
  }
}

resource "aws_route_table_association" "public_c" {
  subnet_id      = aws_subnet.public_c.id
  route_table_id = aws_route_table.public.id
}

resource "aws_route_table" "private_c" {
  vpc_id = aws_vpc.main.id

  tags = {
    "Name"                 = "orders-private-c"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_route_table.private_c"
  }
}

resource "aws_route" "private_c" {
  route_table_id         = aws_route_table.private_c.id
  destination_cidr_block = "0.0.0.0/0"
  nat_gateway_id         = aws_nat_gateway.exit_c.id
}

resource "aws_route_table_association" "private_c" {
  subnet_id      = aws_subnet.private_c.id
  route_table_id = aws_route_table.private_c.id
}

# A way out in each zone: the loss of one zone takes no other zone's way out with it.

resource "aws_eip" "exit_a" {
  domain = "vpc"

  tags = {
    "Name"                 = "orders-exit-a"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_eip.exit_a"
  }

  depends_on = [aws_internet_gateway.main]
}

resource "aws_nat_gateway" "exit_a" {
  allocation_id = aws_eip.exit_a.id
  subnet_id     = aws_subnet.public_a.id

  tags = {
    "Name"                 = "orders-exit-a"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_nat_gateway.exit_a"
  }

  depends_on = [aws_internet_gateway.main]
}

resource "aws_eip" "exit_b" {
  domain = "vpc"

  tags = {
    "Name"                 = "orders-exit-b"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_eip.exit_b"
  }

  depends_on = [aws_internet_gateway.main]
}

resource "aws_nat_gateway" "exit_b" {
  allocation_id = aws_eip.exit_b.id
  subnet_id     = aws_subnet.public_b.id

  tags = {
    "Name"                 = "orders-exit-b"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_nat_gateway.exit_b"
  }

  depends_on = [aws_internet_gateway.main]
}

resource "aws_eip" "exit_c" {
  domain = "vpc"

  tags = {
    "Name"                 = "orders-exit-c"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_eip.exit_c"
  }

  depends_on = [aws_internet_gateway.main]
}

resource "aws_nat_gateway" "exit_c" {
  allocation_id = aws_eip.exit_c.id
  subnet_id     = aws_subnet.public_c.id

  tags = {
    "Name"                 = "orders-exit-c"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_nat_gateway.exit_c"
  }

  depends_on = [aws_internet_gateway.main]
}

# Object storage without the way through the NAT gateways, which costs by the gigabyte.
resource "aws_vpc_endpoint" "object_storage" {
  vpc_id            = aws_vpc.main.id
  service_name      = "com.amazonaws.eu-west-1.s3"
  vpc_endpoint_type = "Gateway"
  route_table_ids = [
    aws_route_table.private_a.id,
    aws_route_table.private_b.id,
    aws_route_table.private_c.id,
  ]

  tags = {
    "Name"                 = "orders-object-storage"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_vpc_endpoint.object_storage"
  }
}

# Which connections were made and which were refused.

resource "aws_cloudwatch_log_group" "network_flows" {
  name              = "/provision/orders-network-flows"
  retention_in_days = var.log_retention_days

  tags = {
    "Name"                 = "orders-network-flows"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_cloudwatch_log_group.network_flows"
  }
}

resource "aws_iam_role" "network_flows" {
  name = "orders-network-flows"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "vpc-flow-logs.amazonaws.com" }
    }]
  })

  tags = {
    "Name"                 = "orders-network-flows"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_iam_role.network_flows"
  }
}

resource "aws_iam_role_policy" "network_flows" {
  name = "orders-network-flows"
  role = aws_iam_role.network_flows.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"]
      Resource = "${aws_cloudwatch_log_group.network_flows.arn}:*"
    }]
  })
}

resource "aws_flow_log" "main" {
  vpc_id                   = aws_vpc.main.id
  traffic_type             = "ALL"
  log_destination          = aws_cloudwatch_log_group.network_flows.arn
  iam_role_arn             = aws_iam_role.network_flows.arn
  max_aggregation_interval = 60

  tags = {
    "Name"                 = "orders"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_flow_log.main"
  }
}
