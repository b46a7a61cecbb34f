# Who may connect to whom. A port is open only because somebody needs it: each rule says who.

resource "aws_security_group" "load_balancer" {
  name        = "orders-load-balancer"
  description = "Connections of load-balancer"
  vpc_id      = aws_vpc.main.id

  tags = {
    "Name"                 = "orders-load-balancer"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_security_group.load_balancer"
  }
}

resource "aws_security_group" "standalone" {
  name        = "orders-standalone"
  description = "Connections of standalone"
  vpc_id      = aws_vpc.main.id

  tags = {
    "Name"                 = "orders-standalone"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_security_group.standalone"
  }
}

resource "aws_security_group" "database" {
  name        = "orders-database"
  description = "Connections of database"
  vpc_id      = aws_vpc.main.id

  tags = {
    "Name"                 = "orders-database"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_security_group.database"
  }
}

# In

resource "aws_vpc_security_group_ingress_rule" "standalone_from_load_balancer_8080" {
  security_group_id            = aws_security_group.standalone.id
  description                  = "ui"
  referenced_security_group_id = aws_security_group.load_balancer.id
  ip_protocol                  = "tcp"
  from_port                    = 8080
  to_port                      = 8080

  tags = {
    "Name"                 = "orders-standalone-from-load-balancer-8080"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_vpc_security_group_ingress_rule.standalone_from_load_balancer_8080"
  }
}

resource "aws_vpc_security_group_ingress_rule" "standalone_from_load_balancer_8081" {
  security_group_id            = aws_security_group.standalone.id
  description                  = "management"
  referenced_security_group_id = aws_security_group.load_balancer.id
  ip_protocol                  = "tcp"
  from_port                    = 8081
  to_port                      = 8081

  tags = {
    "Name"                 = "orders-standalone-from-load-balancer-8081"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_vpc_security_group_ingress_rule.standalone_from_load_balancer_8081"
  }
}

resource "aws_vpc_security_group_ingress_rule" "database_from_standalone_5432" {
  security_group_id            = aws_security_group.database.id
  description                  = "standalone to database"
  referenced_security_group_id = aws_security_group.standalone.id
  ip_protocol                  = "tcp"
  from_port                    = 5432
  to_port                      = 5432

  tags = {
    "Name"                 = "orders-database-from-standalone-5432"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_vpc_security_group_ingress_rule.database_from_standalone_5432"
  }
}

resource "aws_vpc_security_group_ingress_rule" "load_balancer_from_clients_80" {
  security_group_id = aws_security_group.load_balancer.id
  description       = "users"
  cidr_ipv4         = var.client_range
  ip_protocol       = "tcp"
  from_port         = 80
  to_port           = 80

  tags = {
    "Name"                 = "orders-load-balancer-from-clients-80"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_vpc_security_group_ingress_rule.load_balancer_from_clients_80"
  }
}

# Out

resource "aws_vpc_security_group_egress_rule" "load_balancer_to_standalone_8080" {
  security_group_id            = aws_security_group.load_balancer.id
  description                  = "ui"
  referenced_security_group_id = aws_security_group.standalone.id
  ip_protocol                  = "tcp"
  from_port                    = 8080
  to_port                      = 8080

  tags = {
    "Name"                 = "orders-load-balancer-to-standalone-8080"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_vpc_security_group_egress_rule.load_balancer_to_standalone_8080"
  }
}

resource "aws_vpc_security_group_egress_rule" "load_balancer_to_standalone_8081" {
  security_group_id            = aws_security_group.load_balancer.id
  description                  = "management"
  referenced_security_group_id = aws_security_group.standalone.id
  ip_protocol                  = "tcp"
  from_port                    = 8081
  to_port                      = 8081

  tags = {
    "Name"                 = "orders-load-balancer-to-standalone-8081"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_vpc_security_group_egress_rule.load_balancer_to_standalone_8081"
  }
}

resource "aws_vpc_security_group_egress_rule" "standalone_to_database_5432" {
  security_group_id            = aws_security_group.standalone.id
  description                  = "standalone to database"
  referenced_security_group_id = aws_security_group.database.id
  ip_protocol                  = "tcp"
  from_port                    = 5432
  to_port                      = 5432

  tags = {
    "Name"                 = "orders-standalone-to-database-5432"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_vpc_security_group_egress_rule.standalone_to_database_5432"
  }
}

resource "aws_vpc_security_group_egress_rule" "standalone_to_anywhere_all" {
  security_group_id = aws_security_group.standalone.id
  description       = "tasks reach whatever system they are written for"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "-1"

  tags = {
    "Name"                 = "orders-standalone-to-anywhere-all"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_vpc_security_group_egress_rule.standalone_to_anywhere_all"
  }
}
