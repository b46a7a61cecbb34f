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

resource "aws_security_group" "components_nodes" {
  name        = "clicks-components-nodes"
  description = "Connections of components-nodes"
  vpc_id      = aws_vpc.main.id

  tags = {
    "Name"                 = "clicks-components-nodes"
    "provision:deployment" = "clicks"
    "provision:address"    = "aws_security_group.components_nodes"
  }
}

resource "aws_security_group" "control_plane" {
  name        = "clicks-control-plane"
  description = "Connections of control-plane"
  vpc_id      = aws_vpc.main.id

  tags = {
    "Name"                 = "clicks-control-plane"
    "provision:deployment" = "clicks"
    "provision:address"    = "aws_security_group.control_plane"
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

# In

resource "aws_vpc_security_group_ingress_rule" "database_from_components_nodes_5432" {
  security_group_id            = aws_security_group.database.id
  description                  = "server to database"
  referenced_security_group_id = aws_security_group.components_nodes.id
  ip_protocol                  = "tcp"
  from_port                    = 5432
  to_port                      = 5432

  tags = {
    "Name"                 = "clicks-database-from-components-nodes-5432"
    "provision:deployment" = "clicks"
    "provision:address"    = "aws_vpc_security_group_ingress_rule.database_from_components_nodes_5432"
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

resource "aws_vpc_security_group_ingress_rule" "control_plane_from_components_nodes_443" {
  security_group_id            = aws_security_group.control_plane.id
  description                  = "the cluster's interface"
  referenced_security_group_id = aws_security_group.components_nodes.id
  ip_protocol                  = "tcp"
  from_port                    = 443
  to_port                      = 443

  tags = {
    "Name"                 = "clicks-control-plane-from-components-nodes-443"
    "provision:deployment" = "clicks"
    "provision:address"    = "aws_vpc_security_group_ingress_rule.control_plane_from_components_nodes_443"
  }
}

resource "aws_vpc_security_group_ingress_rule" "components_nodes_from_control_plane_10250" {
  security_group_id            = aws_security_group.components_nodes.id
  description                  = "kubelet and admission"
  referenced_security_group_id = aws_security_group.control_plane.id
  ip_protocol                  = "tcp"
  from_port                    = 10250
  to_port                      = 10250

  tags = {
    "Name"                 = "clicks-components-nodes-from-control-plane-10250"
    "provision:deployment" = "clicks"
    "provision:address"    = "aws_vpc_security_group_ingress_rule.components_nodes_from_control_plane_10250"
  }
}

resource "aws_vpc_security_group_ingress_rule" "components_nodes_from_control_plane_10251" {
  security_group_id            = aws_security_group.components_nodes.id
  description                  = "the pods' load"
  referenced_security_group_id = aws_security_group.control_plane.id
  ip_protocol                  = "tcp"
  from_port                    = 10251
  to_port                      = 10251

  tags = {
    "Name"                 = "clicks-components-nodes-from-control-plane-10251"
    "provision:deployment" = "clicks"
    "provision:address"    = "aws_vpc_security_group_ingress_rule.components_nodes_from_control_plane_10251"
  }
}

resource "aws_vpc_security_group_ingress_rule" "components_nodes_from_components_nodes_all" {
  security_group_id            = aws_security_group.components_nodes.id
  description                  = "pods; who may connect to whom stands in the cluster's network policies"
  referenced_security_group_id = aws_security_group.components_nodes.id
  ip_protocol                  = "-1"

  tags = {
    "Name"                 = "clicks-components-nodes-from-components-nodes-all"
    "provision:deployment" = "clicks"
    "provision:address"    = "aws_vpc_security_group_ingress_rule.components_nodes_from_components_nodes_all"
  }
}

resource "aws_vpc_security_group_ingress_rule" "components_nodes_from_load_balancer_30080" {
  security_group_id            = aws_security_group.components_nodes.id
  description                  = "gateway"
  referenced_security_group_id = aws_security_group.load_balancer.id
  ip_protocol                  = "tcp"
  from_port                    = 30080
  to_port                      = 30080

  tags = {
    "Name"                 = "clicks-components-nodes-from-load-balancer-30080"
    "provision:deployment" = "clicks"
    "provision:address"    = "aws_vpc_security_group_ingress_rule.components_nodes_from_load_balancer_30080"
  }
}

# Out

resource "aws_vpc_security_group_egress_rule" "components_nodes_to_database_5432" {
  security_group_id            = aws_security_group.components_nodes.id
  description                  = "server to database"
  referenced_security_group_id = aws_security_group.database.id
  ip_protocol                  = "tcp"
  from_port                    = 5432
  to_port                      = 5432

  tags = {
    "Name"                 = "clicks-components-nodes-to-database-5432"
    "provision:deployment" = "clicks"
    "provision:address"    = "aws_vpc_security_group_egress_rule.components_nodes_to_database_5432"
  }
}

resource "aws_vpc_security_group_egress_rule" "components_nodes_to_control_plane_443" {
  security_group_id            = aws_security_group.components_nodes.id
  description                  = "the cluster's interface"
  referenced_security_group_id = aws_security_group.control_plane.id
  ip_protocol                  = "tcp"
  from_port                    = 443
  to_port                      = 443

  tags = {
    "Name"                 = "clicks-components-nodes-to-control-plane-443"
    "provision:deployment" = "clicks"
    "provision:address"    = "aws_vpc_security_group_egress_rule.components_nodes_to_control_plane_443"
  }
}

resource "aws_vpc_security_group_egress_rule" "control_plane_to_components_nodes_10250" {
  security_group_id            = aws_security_group.control_plane.id
  description                  = "kubelet and admission"
  referenced_security_group_id = aws_security_group.components_nodes.id
  ip_protocol                  = "tcp"
  from_port                    = 10250
  to_port                      = 10250

  tags = {
    "Name"                 = "clicks-control-plane-to-components-nodes-10250"
    "provision:deployment" = "clicks"
    "provision:address"    = "aws_vpc_security_group_egress_rule.control_plane_to_components_nodes_10250"
  }
}

resource "aws_vpc_security_group_egress_rule" "control_plane_to_components_nodes_10251" {
  security_group_id            = aws_security_group.control_plane.id
  description                  = "the pods' load"
  referenced_security_group_id = aws_security_group.components_nodes.id
  ip_protocol                  = "tcp"
  from_port                    = 10251
  to_port                      = 10251

  tags = {
    "Name"                 = "clicks-control-plane-to-components-nodes-10251"
    "provision:deployment" = "clicks"
    "provision:address"    = "aws_vpc_security_group_egress_rule.control_plane_to_components_nodes_10251"
  }
}

resource "aws_vpc_security_group_egress_rule" "components_nodes_to_components_nodes_all" {
  security_group_id            = aws_security_group.components_nodes.id
  description                  = "pods; who may connect to whom stands in the cluster's network policies"
  referenced_security_group_id = aws_security_group.components_nodes.id
  ip_protocol                  = "-1"

  tags = {
    "Name"                 = "clicks-components-nodes-to-components-nodes-all"
    "provision:deployment" = "clicks"
    "provision:address"    = "aws_vpc_security_group_egress_rule.components_nodes_to_components_nodes_all"
  }
}

resource "aws_vpc_security_group_egress_rule" "load_balancer_to_components_nodes_30080" {
  security_group_id            = aws_security_group.load_balancer.id
  description                  = "gateway"
  referenced_security_group_id = aws_security_group.components_nodes.id
  ip_protocol                  = "tcp"
  from_port                    = 30080
  to_port                      = 30080

  tags = {
    "Name"                 = "clicks-load-balancer-to-components-nodes-30080"
    "provision:deployment" = "clicks"
    "provision:address"    = "aws_vpc_security_group_egress_rule.load_balancer_to_components_nodes_30080"
  }
}

resource "aws_vpc_security_group_egress_rule" "components_nodes_to_anywhere_all" {
  security_group_id = aws_security_group.components_nodes.id
  description       = "events go to whatever destinations are set up"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "-1"

  tags = {
    "Name"                 = "clicks-components-nodes-to-anywhere-all"
    "provision:deployment" = "clicks"
    "provision:address"    = "aws_vpc_security_group_egress_rule.components_nodes_to_anywhere_all"
  }
}

resource "aws_vpc_security_group_egress_rule" "components_nodes_to_anywhere_443" {
  security_group_id = aws_security_group.components_nodes.id
  description       = "the image registry and the cloud's own services"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443

  tags = {
    "Name"                 = "clicks-components-nodes-to-anywhere-443"
    "provision:deployment" = "clicks"
    "provision:address"    = "aws_vpc_security_group_egress_rule.components_nodes_to_anywhere_443"
  }
}

resource "aws_vpc_security_group_egress_rule" "components_nodes_to_anywhere_587" {
  security_group_id = aws_security_group.components_nodes.id
  description       = "mail"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = 587
  to_port           = 587

  tags = {
    "Name"                 = "clicks-components-nodes-to-anywhere-587"
    "provision:deployment" = "clicks"
    "provision:address"    = "aws_vpc_security_group_egress_rule.components_nodes_to_anywhere_587"
  }
}
