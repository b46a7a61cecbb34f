# The network: a private and a public subnet in each zone. Only load balancers and NAT gateways stand in the public ones.

resource "aws_vpc" "{{ network.local }}" {
  cidr_block = "{{ range }}"
  enable_dns_support = true
  enable_dns_hostnames = true

  tags = {{ network.tags }}
}

# Machines that name no group get this one. It has no rules, so it allows nothing.
resource "aws_default_security_group" "{{ default_group.local }}" {
  vpc_id = aws_vpc.{{ network.local | ident }}.id

  tags = {{ default_group.tags }}
}

resource "aws_internet_gateway" "{{ gateway.local }}" {
  vpc_id = aws_vpc.{{ network.local | ident }}.id

  tags = {{ gateway.tags }}
}

resource "aws_route_table" "{{ public_table.local }}" {
  vpc_id = aws_vpc.{{ network.local | ident }}.id

  tags = {{ public_table.tags }}
}

resource "aws_route" "{{ public_table.local }}" {
  route_table_id = aws_route_table.{{ public_table.local | ident }}.id
  destination_cidr_block = "0.0.0.0/0"
  gateway_id = aws_internet_gateway.{{ gateway.local | ident }}.id
}

{% for zone in zones %}
# Zone {{ zone.zone }}
{% if zone.spare %}
# Nothing runs here: load balancers and the subnet groups of databases want a second zone.
{% endif %}

resource "aws_subnet" "{{ zone.private.local }}" {
  vpc_id = aws_vpc.{{ network.local | ident }}.id
  availability_zone = "{{ zone.zone }}"
  cidr_block = "{{ zone.private_range }}"

  tags = {{ zone.private.tags }}
}

resource "aws_subnet" "{{ zone.public.local }}" {
  vpc_id = aws_vpc.{{ network.local | ident }}.id
  availability_zone = "{{ zone.zone }}"
  cidr_block = "{{ zone.public_range }}"
  # What needs a public address gets one by name, not because of where it stands.
  map_public_ip_on_launch = false

  tags = {{ zone.public.tags }}
}

resource "aws_route_table_association" "{{ zone.public.local }}" {
  subnet_id = aws_subnet.{{ zone.public.local | ident }}.id
  route_table_id = aws_route_table.{{ public_table.local | ident }}.id
}

{% if not zone.spare %}
resource "aws_route_table" "{{ zone.table.local }}" {
  vpc_id = aws_vpc.{{ network.local | ident }}.id

  tags = {{ zone.table.tags }}
}

resource "aws_route" "{{ zone.table.local }}" {
  route_table_id = aws_route_table.{{ zone.table.local | ident }}.id
  destination_cidr_block = "0.0.0.0/0"
  nat_gateway_id = aws_nat_gateway.exit_{{ zone.exit | ident }}.id
}

resource "aws_route_table_association" "{{ zone.private.local }}" {
  subnet_id = aws_subnet.{{ zone.private.local | ident }}.id
  route_table_id = aws_route_table.{{ zone.table.local | ident }}.id
}

{% endif %}
{% endfor %}
{% if exits | length > 1 %}
# A way out in each zone: the loss of one zone takes no other zone's way out with it.
{% else %}
# One way out: this size is not meant to survive the loss of its zone.
{% endif %}

{% for exit in exits %}
resource "aws_eip" "{{ exit.address.local }}" {
  domain = "vpc"

  tags = {{ exit.address.tags }}

  depends_on = [aws_internet_gateway.{{ gateway.local | ident }}]
}

resource "aws_nat_gateway" "{{ exit.gateway.local }}" {
  allocation_id = aws_eip.{{ exit.address.local | ident }}.id
  subnet_id = aws_subnet.{{ exit.subnet | ident }}.id

  tags = {{ exit.gateway.tags }}

  depends_on = [aws_internet_gateway.{{ gateway.local | ident }}]
}

{% endfor %}
# Object storage without the way through the NAT gateways, which costs by the gigabyte.
resource "aws_vpc_endpoint" "{{ endpoint.local }}" {
  vpc_id = aws_vpc.{{ network.local | ident }}.id
  service_name = "com.amazonaws.{{ region }}.s3"
  vpc_endpoint_type = "Gateway"
  route_table_ids = [
{% for table in private_tables %}
    {{ table }},
{% endfor %}
  ]

  tags = {{ endpoint.tags }}
}

# Which connections were made and which were refused.

resource "aws_cloudwatch_log_group" "{{ log_group.local }}" {
  name = "/provision/{{ log_group.name }}"
  retention_in_days = var.log_retention_days

  tags = {{ log_group.tags }}
}

resource "aws_iam_role" "{{ log_role.local }}" {
  name = "{{ log_role.name }}"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect = "Allow"
      Action = "sts:AssumeRole"
      Principal = { Service = "vpc-flow-logs.amazonaws.com" }
    }]
  })

  tags = {{ log_role.tags }}
}

resource "aws_iam_role_policy" "{{ log_role.local }}" {
  name = "{{ log_role.name }}"
  role = aws_iam_role.{{ log_role.local | ident }}.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect = "Allow"
      Action = ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"]
      Resource = "${aws_cloudwatch_log_group.{{ log_group.local | ident }}.arn}:*"
    }]
  })
}

resource "aws_flow_log" "{{ log.local }}" {
  vpc_id = aws_vpc.{{ network.local | ident }}.id
  traffic_type = "ALL"
  log_destination = aws_cloudwatch_log_group.{{ log_group.local | ident }}.arn
  iam_role_arn = aws_iam_role.{{ log_role.local | ident }}.arn
  max_aggregation_interval = 60

  tags = {{ log.tags }}
}
