# Who may connect to whom. A port is open only because somebody needs it: each rule says who.

resource "aws_security_group" "load_balancer" {
  name        = "clicks-load-balancer"
  description = "Connections of load-balancer"
  vpc_id      = aws_vpc.main.id

  tags = {
    "Name"                 = "clicks-load-balancer"
    "provision:deployment" = "clicks"
    "provision:address"    = "aws_security_group.load_balancer"
  }
}

resource "aws_security_group" "server" {
  name        = "clicks-server"
  description = "Connections of server"
  vpc_id      = aws_vpc.main.id

  tags = {
    "Name"                 = "clicks-server"
    "provision:deployment" = "clicks"
    "provision:address"    = "aws_security_group.server"
  }
}

resource "aws_security_group" "transformer" {
  name        = "clicks-transformer"
  description = "Connections of transformer"
  vpc_id      = aws_vpc.main.id

  tags = {
    "Name"                 = "clicks-transformer"
    "provision:deployment" = "clicks"
    "provision:address"    = "aws_security_group.transformer"
  }
}

resource "aws_security_group" "transformer_balancer" {
  name        = "clicks-transformer-balancer"
  description = "Connections of transformer-balancer"
  vpc_id      = aws_vpc.main.id

  tags = {
    "Name"                 = "clicks-transformer-balancer"
    "provision:deployment" = "clicks"
    "provision:address"    = "aws_security_group.transformer_balancer"
  }
}

resource "aws_security_group" "database" {
  name        = "clicks-database"
  description = "Connections of database"
  vpc_id      = aws_vpc.main.id

  tags = {
    "Name"                 = "clicks-database"
    "provision:deployment" = "clicks"
    "provision:address"    = "aws_security_group.database"
  }
}

resource "aws_security_group" "monitoring" {
  name        = "clicks-monitoring"
  description = "Connections of monitoring"
  vpc_id      = aws_vpc.main.id

  tags = {
    "Name"                 = "clicks-monitoring"
    "provision:deployment" = "clicks"
    "provision:address"    = "aws_security_group.monitoring"
  }
}

# In

resource "aws_vpc_security_group_ingress_rule" "server_from_load_balancer_8080" {
  security_group_id            = aws_security_group.server.id
  description                  = "gateway"
  referenced_security_group_id = aws_security_group.load_balancer.id
  ip_protocol                  = "tcp"
  from_port                    = 8080
  to_port                      = 8080

  tags = {
    "Name"                 = "clicks-server-from-load-balancer-8080"
    "provision:deployment" = "clicks"
    "provision:address"    = "aws_vpc_security_group_ingress_rule.server_from_load_balancer_8080"
  }
}

resource "aws_vpc_security_group_ingress_rule" "database_from_server_5432" {
  security_group_id            = aws_security_group.database.id
  description                  = "server to database"
  referenced_security_group_id = aws_security_group.server.id
  ip_protocol                  = "tcp"
  from_port                    = 5432
  to_port                      = 5432

  tags = {
    "Name"                 = "clicks-database-from-server-5432"
    "provision:deployment" = "clicks"
    "provision:address"    = "aws_vpc_security_group_ingress_rule.database_from_server_5432"
  }
}

resource "aws_vpc_security_group_ingress_rule" "transformer_balancer_from_server_9090" {
  security_group_id            = aws_security_group.transformer_balancer.id
  description                  = "transformer"
  referenced_security_group_id = aws_security_group.server.id
  ip_protocol                  = "tcp"
  from_port                    = 9090
  to_port                      = 9090

  tags = {
    "Name"                 = "clicks-transformer-balancer-from-server-9090"
    "provision:deployment" = "clicks"
    "provision:address"    = "aws_vpc_security_group_ingress_rule.transformer_balancer_from_server_9090"
  }
}

resource "aws_vpc_security_group_ingress_rule" "transformer_from_transformer_balancer_9090" {
  security_group_id            = aws_security_group.transformer.id
  description                  = "transformer"
  referenced_security_group_id = aws_security_group.transformer_balancer.id
  ip_protocol                  = "tcp"
  from_port                    = 9090
  to_port                      = 9090

  tags = {
    "Name"                 = "clicks-transformer-from-transformer-balancer-9090"
    "provision:deployment" = "clicks"
    "provision:address"    = "aws_vpc_security_group_ingress_rule.transformer_from_transformer_balancer_9090"
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
    "Name"                 = "clicks-load-balancer-from-clients-80"
    "provision:deployment" = "clicks"
    "provision:address"    = "aws_vpc_security_group_ingress_rule.load_balancer_from_clients_80"
  }
}

resource "aws_vpc_security_group_ingress_rule" "server_from_monitoring_9100" {
  security_group_id            = aws_security_group.server.id
  description                  = "the machines' own metrics"
  referenced_security_group_id = aws_security_group.monitoring.id
  ip_protocol                  = "tcp"
  from_port                    = 9100
  to_port                      = 9100

  tags = {
    "Name"                 = "clicks-server-from-monitoring-9100"
    "provision:deployment" = "clicks"
    "provision:address"    = "aws_vpc_security_group_ingress_rule.server_from_monitoring_9100"
  }
}

resource "aws_vpc_security_group_ingress_rule" "server_from_monitoring_8080" {
  security_group_id            = aws_security_group.server.id
  description                  = "health checks"
  referenced_security_group_id = aws_security_group.monitoring.id
  ip_protocol                  = "tcp"
  from_port                    = 8080
  to_port                      = 8080

  tags = {
    "Name"                 = "clicks-server-from-monitoring-8080"
    "provision:deployment" = "clicks"
    "provision:address"    = "aws_vpc_security_group_ingress_rule.server_from_monitoring_8080"
  }
}

resource "aws_vpc_security_group_ingress_rule" "server_from_monitoring_9102" {
  security_group_id            = aws_security_group.server.id
  description                  = "the component's metrics"
  referenced_security_group_id = aws_security_group.monitoring.id
  ip_protocol                  = "tcp"
  from_port                    = 9102
  to_port                      = 9102

  tags = {
    "Name"                 = "clicks-server-from-monitoring-9102"
    "provision:deployment" = "clicks"
    "provision:address"    = "aws_vpc_security_group_ingress_rule.server_from_monitoring_9102"
  }
}

resource "aws_vpc_security_group_ingress_rule" "transformer_from_monitoring_9100" {
  security_group_id            = aws_security_group.transformer.id
  description                  = "the machines' own metrics"
  referenced_security_group_id = aws_security_group.monitoring.id
  ip_protocol                  = "tcp"
  from_port                    = 9100
  to_port                      = 9100

  tags = {
    "Name"                 = "clicks-transformer-from-monitoring-9100"
    "provision:deployment" = "clicks"
    "provision:address"    = "aws_vpc_security_group_ingress_rule.transformer_from_monitoring_9100"
  }
}

resource "aws_vpc_security_group_ingress_rule" "transformer_from_monitoring_9090" {
  security_group_id            = aws_security_group.transformer.id
  description                  = "health checks"
  referenced_security_group_id = aws_security_group.monitoring.id
  ip_protocol                  = "tcp"
  from_port                    = 9090
  to_port                      = 9090

  tags = {
    "Name"                 = "clicks-transformer-from-monitoring-9090"
    "provision:deployment" = "clicks"
    "provision:address"    = "aws_vpc_security_group_ingress_rule.transformer_from_monitoring_9090"
  }
}

resource "aws_vpc_security_group_ingress_rule" "database_from_monitoring_5432" {
  security_group_id            = aws_security_group.database.id
  description                  = "whether it answers"
  referenced_security_group_id = aws_security_group.monitoring.id
  ip_protocol                  = "tcp"
  from_port                    = 5432
  to_port                      = 5432

  tags = {
    "Name"                 = "clicks-database-from-monitoring-5432"
    "provision:deployment" = "clicks"
    "provision:address"    = "aws_vpc_security_group_ingress_rule.database_from_monitoring_5432"
  }
}

resource "aws_vpc_security_group_ingress_rule" "monitoring_from_monitoring_9100" {
  security_group_id            = aws_security_group.monitoring.id
  description                  = "the machines' own metrics"
  referenced_security_group_id = aws_security_group.monitoring.id
  ip_protocol                  = "tcp"
  from_port                    = 9100
  to_port                      = 9100

  tags = {
    "Name"                 = "clicks-monitoring-from-monitoring-9100"
    "provision:deployment" = "clicks"
    "provision:address"    = "aws_vpc_security_group_ingress_rule.monitoring_from_monitoring_9100"
  }
}

resource "aws_vpc_security_group_ingress_rule" "monitoring_from_monitoring_9090" {
  security_group_id            = aws_security_group.monitoring.id
  description                  = "each watches the other"
  referenced_security_group_id = aws_security_group.monitoring.id
  ip_protocol                  = "tcp"
  from_port                    = 9090
  to_port                      = 9090

  tags = {
    "Name"                 = "clicks-monitoring-from-monitoring-9090"
    "provision:deployment" = "clicks"
    "provision:address"    = "aws_vpc_security_group_ingress_rule.monitoring_from_monitoring_9090"
  }
}

resource "aws_vpc_security_group_ingress_rule" "monitoring_from_monitoring_9093" {
  security_group_id            = aws_security_group.monitoring.id
  description                  = "alerts go to both"
  referenced_security_group_id = aws_security_group.monitoring.id
  ip_protocol                  = "tcp"
  from_port                    = 9093
  to_port                      = 9093

  tags = {
    "Name"                 = "clicks-monitoring-from-monitoring-9093"
    "provision:deployment" = "clicks"
    "provision:address"    = "aws_vpc_security_group_ingress_rule.monitoring_from_monitoring_9093"
  }
}

resource "aws_vpc_security_group_ingress_rule" "monitoring_from_monitoring_9094" {
  security_group_id            = aws_security_group.monitoring.id
  description                  = "so that an alert is sent once"
  referenced_security_group_id = aws_security_group.monitoring.id
  ip_protocol                  = "tcp"
  from_port                    = 9094
  to_port                      = 9094

  tags = {
    "Name"                 = "clicks-monitoring-from-monitoring-9094"
    "provision:deployment" = "clicks"
    "provision:address"    = "aws_vpc_security_group_ingress_rule.monitoring_from_monitoring_9094"
  }
}

# Out

resource "aws_vpc_security_group_egress_rule" "load_balancer_to_server_8080" {
  security_group_id            = aws_security_group.load_balancer.id
  description                  = "gateway"
  referenced_security_group_id = aws_security_group.server.id
  ip_protocol                  = "tcp"
  from_port                    = 8080
  to_port                      = 8080

  tags = {
    "Name"                 = "clicks-load-balancer-to-server-8080"
    "provision:deployment" = "clicks"
    "provision:address"    = "aws_vpc_security_group_egress_rule.load_balancer_to_server_8080"
  }
}

resource "aws_vpc_security_group_egress_rule" "server_to_database_5432" {
  security_group_id            = aws_security_group.server.id
  description                  = "server to database"
  referenced_security_group_id = aws_security_group.database.id
  ip_protocol                  = "tcp"
  from_port                    = 5432
  to_port                      = 5432

  tags = {
    "Name"                 = "clicks-server-to-database-5432"
    "provision:deployment" = "clicks"
    "provision:address"    = "aws_vpc_security_group_egress_rule.server_to_database_5432"
  }
}

resource "aws_vpc_security_group_egress_rule" "server_to_transformer_balancer_9090" {
  security_group_id            = aws_security_group.server.id
  description                  = "transformer"
  referenced_security_group_id = aws_security_group.transformer_balancer.id
  ip_protocol                  = "tcp"
  from_port                    = 9090
  to_port                      = 9090

  tags = {
    "Name"                 = "clicks-server-to-transformer-balancer-9090"
    "provision:deployment" = "clicks"
    "provision:address"    = "aws_vpc_security_group_egress_rule.server_to_transformer_balancer_9090"
  }
}

resource "aws_vpc_security_group_egress_rule" "transformer_balancer_to_transformer_9090" {
  security_group_id            = aws_security_group.transformer_balancer.id
  description                  = "transformer"
  referenced_security_group_id = aws_security_group.transformer.id
  ip_protocol                  = "tcp"
  from_port                    = 9090
  to_port                      = 9090

  tags = {
    "Name"                 = "clicks-transformer-balancer-to-transformer-9090"
    "provision:deployment" = "clicks"
    "provision:address"    = "aws_vpc_security_group_egress_rule.transformer_balancer_to_transformer_9090"
  }
}

resource "aws_vpc_security_group_egress_rule" "server_to_anywhere_all" {
  security_group_id = aws_security_group.server.id
  description       = "events go to whatever destinations are set up"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "-1"

  tags = {
    "Name"                 = "clicks-server-to-anywhere-all"
    "provision:deployment" = "clicks"
    "provision:address"    = "aws_vpc_security_group_egress_rule.server_to_anywhere_all"
  }
}

resource "aws_vpc_security_group_egress_rule" "transformer_to_anywhere_443" {
  security_group_id = aws_security_group.transformer.id
  description       = "the image registry and the cloud's own services"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443

  tags = {
    "Name"                 = "clicks-transformer-to-anywhere-443"
    "provision:deployment" = "clicks"
    "provision:address"    = "aws_vpc_security_group_egress_rule.transformer_to_anywhere_443"
  }
}

resource "aws_vpc_security_group_egress_rule" "monitoring_to_server_9100" {
  security_group_id            = aws_security_group.monitoring.id
  description                  = "the machines' own metrics"
  referenced_security_group_id = aws_security_group.server.id
  ip_protocol                  = "tcp"
  from_port                    = 9100
  to_port                      = 9100

  tags = {
    "Name"                 = "clicks-monitoring-to-server-9100"
    "provision:deployment" = "clicks"
    "provision:address"    = "aws_vpc_security_group_egress_rule.monitoring_to_server_9100"
  }
}

resource "aws_vpc_security_group_egress_rule" "monitoring_to_server_8080" {
  security_group_id            = aws_security_group.monitoring.id
  description                  = "health checks"
  referenced_security_group_id = aws_security_group.server.id
  ip_protocol                  = "tcp"
  from_port                    = 8080
  to_port                      = 8080

  tags = {
    "Name"                 = "clicks-monitoring-to-server-8080"
    "provision:deployment" = "clicks"
    "provision:address"    = "aws_vpc_security_group_egress_rule.monitoring_to_server_8080"
  }
}

resource "aws_vpc_security_group_egress_rule" "monitoring_to_server_9102" {
  security_group_id            = aws_security_group.monitoring.id
  description                  = "the component's metrics"
  referenced_security_group_id = aws_security_group.server.id
  ip_protocol                  = "tcp"
  from_port                    = 9102
  to_port                      = 9102

  tags = {
    "Name"                 = "clicks-monitoring-to-server-9102"
    "provision:deployment" = "clicks"
    "provision:address"    = "aws_vpc_security_group_egress_rule.monitoring_to_server_9102"
  }
}

resource "aws_vpc_security_group_egress_rule" "monitoring_to_transformer_9100" {
  security_group_id            = aws_security_group.monitoring.id
  description                  = "the machines' own metrics"
  referenced_security_group_id = aws_security_group.transformer.id
  ip_protocol                  = "tcp"
  from_port                    = 9100
  to_port                      = 9100

  tags = {
    "Name"                 = "clicks-monitoring-to-transformer-9100"
    "provision:deployment" = "clicks"
    "provision:address"    = "aws_vpc_security_group_egress_rule.monitoring_to_transformer_9100"
  }
}

resource "aws_vpc_security_group_egress_rule" "monitoring_to_transformer_9090" {
  security_group_id            = aws_security_group.monitoring.id
  description                  = "health checks"
  referenced_security_group_id = aws_security_group.transformer.id
  ip_protocol                  = "tcp"
  from_port                    = 9090
  to_port                      = 9090

  tags = {
    "Name"                 = "clicks-monitoring-to-transformer-9090"
    "provision:deployment" = "clicks"
    "provision:address"    = "aws_vpc_security_group_egress_rule.monitoring_to_transformer_9090"
  }
}

resource "aws_vpc_security_group_egress_rule" "monitoring_to_database_5432" {
  security_group_id            = aws_security_group.monitoring.id
  description                  = "whether it answers"
  referenced_security_group_id = aws_security_group.database.id
  ip_protocol                  = "tcp"
  from_port                    = 5432
  to_port                      = 5432

  tags = {
    "Name"                 = "clicks-monitoring-to-database-5432"
    "provision:deployment" = "clicks"
    "provision:address"    = "aws_vpc_security_group_egress_rule.monitoring_to_database_5432"
  }
}

resource "aws_vpc_security_group_egress_rule" "monitoring_to_monitoring_9100" {
  security_group_id            = aws_security_group.monitoring.id
  description                  = "the machines' own metrics"
  referenced_security_group_id = aws_security_group.monitoring.id
  ip_protocol                  = "tcp"
  from_port                    = 9100
  to_port                      = 9100

  tags = {
    "Name"                 = "clicks-monitoring-to-monitoring-9100"
    "provision:deployment" = "clicks"
    "provision:address"    = "aws_vpc_security_group_egress_rule.monitoring_to_monitoring_9100"
  }
}

resource "aws_vpc_security_group_egress_rule" "monitoring_to_monitoring_9090" {
  security_group_id            = aws_security_group.monitoring.id
  description                  = "each watches the other"
  referenced_security_group_id = aws_security_group.monitoring.id
  ip_protocol                  = "tcp"
  from_port                    = 9090
  to_port                      = 9090

  tags = {
    "Name"                 = "clicks-monitoring-to-monitoring-9090"
    "provision:deployment" = "clicks"
    "provision:address"    = "aws_vpc_security_group_egress_rule.monitoring_to_monitoring_9090"
  }
}

resource "aws_vpc_security_group_egress_rule" "monitoring_to_monitoring_9093" {
  security_group_id            = aws_security_group.monitoring.id
  description                  = "alerts go to both"
  referenced_security_group_id = aws_security_group.monitoring.id
  ip_protocol                  = "tcp"
  from_port                    = 9093
  to_port                      = 9093

  tags = {
    "Name"                 = "clicks-monitoring-to-monitoring-9093"
    "provision:deployment" = "clicks"
    "provision:address"    = "aws_vpc_security_group_egress_rule.monitoring_to_monitoring_9093"
  }
}

resource "aws_vpc_security_group_egress_rule" "monitoring_to_monitoring_9094" {
  security_group_id            = aws_security_group.monitoring.id
  description                  = "so that an alert is sent once"
  referenced_security_group_id = aws_security_group.monitoring.id
  ip_protocol                  = "tcp"
  from_port                    = 9094
  to_port                      = 9094

  tags = {
    "Name"                 = "clicks-monitoring-to-monitoring-9094"
    "provision:deployment" = "clicks"
    "provision:address"    = "aws_vpc_security_group_egress_rule.monitoring_to_monitoring_9094"
  }
}

resource "aws_vpc_security_group_egress_rule" "monitoring_to_anywhere_443" {
  security_group_id = aws_security_group.monitoring.id
  description       = "the image registry, the cloud's own services, who is told"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443

  tags = {
    "Name"                 = "clicks-monitoring-to-anywhere-443"
    "provision:deployment" = "clicks"
    "provision:address"    = "aws_vpc_security_group_egress_rule.monitoring_to_anywhere_443"
  }
}

resource "aws_vpc_security_group_egress_rule" "monitoring_to_anywhere_587" {
  security_group_id = aws_security_group.monitoring.id
  description       = "mail"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = 587
  to_port           = 587

  tags = {
    "Name"                 = "clicks-monitoring-to-anywhere-587"
    "provision:deployment" = "clicks"
    "provision:address"    = "aws_vpc_security_group_egress_rule.monitoring_to_anywhere_587"
  }
}
