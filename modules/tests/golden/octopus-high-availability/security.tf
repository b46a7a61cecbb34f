# Who may connect to whom. A port is open only because somebody needs it: each rule says who.

resource "aws_security_group" "load_balancer" {
  name        = "releases-load-balancer"
  description = "Connections of load-balancer"
  vpc_id      = aws_vpc.main.id

  tags = {
    "Name"                 = "releases-load-balancer"
    "provision:deployment" = "releases"
    "provision:address"    = "aws_security_group.load_balancer"
  }
}

resource "aws_security_group" "server" {
  name        = "releases-server"
  description = "Connections of server"
  vpc_id      = aws_vpc.main.id

  tags = {
    "Name"                 = "releases-server"
    "provision:deployment" = "releases"
    "provision:address"    = "aws_security_group.server"
  }
}

resource "aws_security_group" "database" {
  name        = "releases-database"
  description = "Connections of database"
  vpc_id      = aws_vpc.main.id

  tags = {
    "Name"                 = "releases-database"
    "provision:deployment" = "releases"
    "provision:address"    = "aws_security_group.database"
  }
}

resource "aws_security_group" "shared_files" {
  name        = "releases-shared-files"
  description = "Connections of shared-files"
  vpc_id      = aws_vpc.main.id

  tags = {
    "Name"                 = "releases-shared-files"
    "provision:deployment" = "releases"
    "provision:address"    = "aws_security_group.shared_files"
  }
}

resource "aws_security_group" "monitoring" {
  name        = "releases-monitoring"
  description = "Connections of monitoring"
  vpc_id      = aws_vpc.main.id

  tags = {
    "Name"                 = "releases-monitoring"
    "provision:deployment" = "releases"
    "provision:address"    = "aws_security_group.monitoring"
  }
}

# In

resource "aws_vpc_security_group_ingress_rule" "server_from_load_balancer_8080" {
  security_group_id            = aws_security_group.server.id
  description                  = "web"
  referenced_security_group_id = aws_security_group.load_balancer.id
  ip_protocol                  = "tcp"
  from_port                    = 8080
  to_port                      = 8080

  tags = {
    "Name"                 = "releases-server-from-load-balancer-8080"
    "provision:deployment" = "releases"
    "provision:address"    = "aws_vpc_security_group_ingress_rule.server_from_load_balancer_8080"
  }
}

resource "aws_vpc_security_group_ingress_rule" "database_from_server_1433" {
  security_group_id            = aws_security_group.database.id
  description                  = "server to database"
  referenced_security_group_id = aws_security_group.server.id
  ip_protocol                  = "tcp"
  from_port                    = 1433
  to_port                      = 1433

  tags = {
    "Name"                 = "releases-database-from-server-1433"
    "provision:deployment" = "releases"
    "provision:address"    = "aws_vpc_security_group_ingress_rule.database_from_server_1433"
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
    "Name"                 = "releases-load-balancer-from-clients-80"
    "provision:deployment" = "releases"
    "provision:address"    = "aws_vpc_security_group_ingress_rule.load_balancer_from_clients_80"
  }
}

resource "aws_vpc_security_group_ingress_rule" "shared_files_from_server_2049" {
  security_group_id            = aws_security_group.shared_files.id
  description                  = "the shared files"
  referenced_security_group_id = aws_security_group.server.id
  ip_protocol                  = "tcp"
  from_port                    = 2049
  to_port                      = 2049

  tags = {
    "Name"                 = "releases-shared-files-from-server-2049"
    "provision:deployment" = "releases"
    "provision:address"    = "aws_vpc_security_group_ingress_rule.shared_files_from_server_2049"
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
    "Name"                 = "releases-server-from-monitoring-9100"
    "provision:deployment" = "releases"
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
    "Name"                 = "releases-server-from-monitoring-8080"
    "provision:deployment" = "releases"
    "provision:address"    = "aws_vpc_security_group_ingress_rule.server_from_monitoring_8080"
  }
}

resource "aws_vpc_security_group_ingress_rule" "database_from_monitoring_1433" {
  security_group_id            = aws_security_group.database.id
  description                  = "whether it answers"
  referenced_security_group_id = aws_security_group.monitoring.id
  ip_protocol                  = "tcp"
  from_port                    = 1433
  to_port                      = 1433

  tags = {
    "Name"                 = "releases-database-from-monitoring-1433"
    "provision:deployment" = "releases"
    "provision:address"    = "aws_vpc_security_group_ingress_rule.database_from_monitoring_1433"
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
    "Name"                 = "releases-monitoring-from-monitoring-9100"
    "provision:deployment" = "releases"
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
    "Name"                 = "releases-monitoring-from-monitoring-9090"
    "provision:deployment" = "releases"
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
    "Name"                 = "releases-monitoring-from-monitoring-9093"
    "provision:deployment" = "releases"
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
    "Name"                 = "releases-monitoring-from-monitoring-9094"
    "provision:deployment" = "releases"
    "provision:address"    = "aws_vpc_security_group_ingress_rule.monitoring_from_monitoring_9094"
  }
}

# Out

resource "aws_vpc_security_group_egress_rule" "load_balancer_to_server_8080" {
  security_group_id            = aws_security_group.load_balancer.id
  description                  = "web"
  referenced_security_group_id = aws_security_group.server.id
  ip_protocol                  = "tcp"
  from_port                    = 8080
  to_port                      = 8080

  tags = {
    "Name"                 = "releases-load-balancer-to-server-8080"
    "provision:deployment" = "releases"
    "provision:address"    = "aws_vpc_security_group_egress_rule.load_balancer_to_server_8080"
  }
}

resource "aws_vpc_security_group_egress_rule" "server_to_database_1433" {
  security_group_id            = aws_security_group.server.id
  description                  = "server to database"
  referenced_security_group_id = aws_security_group.database.id
  ip_protocol                  = "tcp"
  from_port                    = 1433
  to_port                      = 1433

  tags = {
    "Name"                 = "releases-server-to-database-1433"
    "provision:deployment" = "releases"
    "provision:address"    = "aws_vpc_security_group_egress_rule.server_to_database_1433"
  }
}

resource "aws_vpc_security_group_egress_rule" "server_to_shared_files_2049" {
  security_group_id            = aws_security_group.server.id
  description                  = "the shared files"
  referenced_security_group_id = aws_security_group.shared_files.id
  ip_protocol                  = "tcp"
  from_port                    = 2049
  to_port                      = 2049

  tags = {
    "Name"                 = "releases-server-to-shared-files-2049"
    "provision:deployment" = "releases"
    "provision:address"    = "aws_vpc_security_group_egress_rule.server_to_shared_files_2049"
  }
}

resource "aws_vpc_security_group_egress_rule" "server_to_anywhere_all" {
  security_group_id = aws_security_group.server.id
  description       = "deployments reach their targets on ports of the targets' choice"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "-1"

  tags = {
    "Name"                 = "releases-server-to-anywhere-all"
    "provision:deployment" = "releases"
    "provision:address"    = "aws_vpc_security_group_egress_rule.server_to_anywhere_all"
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
    "Name"                 = "releases-monitoring-to-server-9100"
    "provision:deployment" = "releases"
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
    "Name"                 = "releases-monitoring-to-server-8080"
    "provision:deployment" = "releases"
    "provision:address"    = "aws_vpc_security_group_egress_rule.monitoring_to_server_8080"
  }
}

resource "aws_vpc_security_group_egress_rule" "monitoring_to_database_1433" {
  security_group_id            = aws_security_group.monitoring.id
  description                  = "whether it answers"
  referenced_security_group_id = aws_security_group.database.id
  ip_protocol                  = "tcp"
  from_port                    = 1433
  to_port                      = 1433

  tags = {
    "Name"                 = "releases-monitoring-to-database-1433"
    "provision:deployment" = "releases"
    "provision:address"    = "aws_vpc_security_group_egress_rule.monitoring_to_database_1433"
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
    "Name"                 = "releases-monitoring-to-monitoring-9100"
    "provision:deployment" = "releases"
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
    "Name"                 = "releases-monitoring-to-monitoring-9090"
    "provision:deployment" = "releases"
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
    "Name"                 = "releases-monitoring-to-monitoring-9093"
    "provision:deployment" = "releases"
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
    "Name"                 = "releases-monitoring-to-monitoring-9094"
    "provision:deployment" = "releases"
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
    "Name"                 = "releases-monitoring-to-anywhere-443"
    "provision:deployment" = "releases"
    "provision:address"    = "aws_vpc_security_group_egress_rule.monitoring_to_anywhere_443"
  }
}
