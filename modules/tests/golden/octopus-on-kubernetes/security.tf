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

resource "aws_security_group" "components_nodes" {
  name        = "releases-components-nodes"
  description = "Connections of components-nodes"
  vpc_id      = aws_vpc.main.id

  tags = {
    "Name"                 = "releases-components-nodes"
    "provision:deployment" = "releases"
    "provision:address"    = "aws_security_group.components_nodes"
  }
}

resource "aws_security_group" "control_plane" {
  name        = "releases-control-plane"
  description = "Connections of control-plane"
  vpc_id      = aws_vpc.main.id

  tags = {
    "Name"                 = "releases-control-plane"
    "provision:deployment" = "releases"
    "provision:address"    = "aws_security_group.control_plane"
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

# In

resource "aws_vpc_security_group_ingress_rule" "database_from_components_nodes_1433" {
  security_group_id            = aws_security_group.database.id
  description                  = "server to database"
  referenced_security_group_id = aws_security_group.components_nodes.id
  ip_protocol                  = "tcp"
  from_port                    = 1433
  to_port                      = 1433

  tags = {
    "Name"                 = "releases-database-from-components-nodes-1433"
    "provision:deployment" = "releases"
    "provision:address"    = "aws_vpc_security_group_ingress_rule.database_from_components_nodes_1433"
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

resource "aws_vpc_security_group_ingress_rule" "control_plane_from_components_nodes_443" {
  security_group_id            = aws_security_group.control_plane.id
  description                  = "the cluster's interface"
  referenced_security_group_id = aws_security_group.components_nodes.id
  ip_protocol                  = "tcp"
  from_port                    = 443
  to_port                      = 443

  tags = {
    "Name"                 = "releases-control-plane-from-components-nodes-443"
    "provision:deployment" = "releases"
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
    "Name"                 = "releases-components-nodes-from-control-plane-10250"
    "provision:deployment" = "releases"
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
    "Name"                 = "releases-components-nodes-from-control-plane-10251"
    "provision:deployment" = "releases"
    "provision:address"    = "aws_vpc_security_group_ingress_rule.components_nodes_from_control_plane_10251"
  }
}

resource "aws_vpc_security_group_ingress_rule" "components_nodes_from_components_nodes_all" {
  security_group_id            = aws_security_group.components_nodes.id
  description                  = "pods; who may connect to whom stands in the cluster's network policies"
  referenced_security_group_id = aws_security_group.components_nodes.id
  ip_protocol                  = "-1"

  tags = {
    "Name"                 = "releases-components-nodes-from-components-nodes-all"
    "provision:deployment" = "releases"
    "provision:address"    = "aws_vpc_security_group_ingress_rule.components_nodes_from_components_nodes_all"
  }
}

resource "aws_vpc_security_group_ingress_rule" "components_nodes_from_load_balancer_30080" {
  security_group_id            = aws_security_group.components_nodes.id
  description                  = "web"
  referenced_security_group_id = aws_security_group.load_balancer.id
  ip_protocol                  = "tcp"
  from_port                    = 30080
  to_port                      = 30080

  tags = {
    "Name"                 = "releases-components-nodes-from-load-balancer-30080"
    "provision:deployment" = "releases"
    "provision:address"    = "aws_vpc_security_group_ingress_rule.components_nodes_from_load_balancer_30080"
  }
}

resource "aws_vpc_security_group_ingress_rule" "shared_files_from_components_nodes_2049" {
  security_group_id            = aws_security_group.shared_files.id
  description                  = "the shared files"
  referenced_security_group_id = aws_security_group.components_nodes.id
  ip_protocol                  = "tcp"
  from_port                    = 2049
  to_port                      = 2049

  tags = {
    "Name"                 = "releases-shared-files-from-components-nodes-2049"
    "provision:deployment" = "releases"
    "provision:address"    = "aws_vpc_security_group_ingress_rule.shared_files_from_components_nodes_2049"
  }
}

# Out

resource "aws_vpc_security_group_egress_rule" "components_nodes_to_database_1433" {
  security_group_id            = aws_security_group.components_nodes.id
  description                  = "server to database"
  referenced_security_group_id = aws_security_group.database.id
  ip_protocol                  = "tcp"
  from_port                    = 1433
  to_port                      = 1433

  tags = {
    "Name"                 = "releases-components-nodes-to-database-1433"
    "provision:deployment" = "releases"
    "provision:address"    = "aws_vpc_security_group_egress_rule.components_nodes_to_database_1433"
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
    "Name"                 = "releases-components-nodes-to-control-plane-443"
    "provision:deployment" = "releases"
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
    "Name"                 = "releases-control-plane-to-components-nodes-10250"
    "provision:deployment" = "releases"
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
    "Name"                 = "releases-control-plane-to-components-nodes-10251"
    "provision:deployment" = "releases"
    "provision:address"    = "aws_vpc_security_group_egress_rule.control_plane_to_components_nodes_10251"
  }
}

resource "aws_vpc_security_group_egress_rule" "components_nodes_to_components_nodes_all" {
  security_group_id            = aws_security_group.components_nodes.id
  description                  = "pods; who may connect to whom stands in the cluster's network policies"
  referenced_security_group_id = aws_security_group.components_nodes.id
  ip_protocol                  = "-1"

  tags = {
    "Name"                 = "releases-components-nodes-to-components-nodes-all"
    "provision:deployment" = "releases"
    "provision:address"    = "aws_vpc_security_group_egress_rule.components_nodes_to_components_nodes_all"
  }
}

resource "aws_vpc_security_group_egress_rule" "load_balancer_to_components_nodes_30080" {
  security_group_id            = aws_security_group.load_balancer.id
  description                  = "web"
  referenced_security_group_id = aws_security_group.components_nodes.id
  ip_protocol                  = "tcp"
  from_port                    = 30080
  to_port                      = 30080

  tags = {
    "Name"                 = "releases-load-balancer-to-components-nodes-30080"
    "provision:deployment" = "releases"
    "provision:address"    = "aws_vpc_security_group_egress_rule.load_balancer_to_components_nodes_30080"
  }
}

resource "aws_vpc_security_group_egress_rule" "components_nodes_to_shared_files_2049" {
  security_group_id            = aws_security_group.components_nodes.id
  description                  = "the shared files"
  referenced_security_group_id = aws_security_group.shared_files.id
  ip_protocol                  = "tcp"
  from_port                    = 2049
  to_port                      = 2049

  tags = {
    "Name"                 = "releases-components-nodes-to-shared-files-2049"
    "provision:deployment" = "releases"
    "provision:address"    = "aws_vpc_security_group_egress_rule.components_nodes_to_shared_files_2049"
  }
}

resource "aws_vpc_security_group_egress_rule" "components_nodes_to_anywhere_all" {
  security_group_id = aws_security_group.components_nodes.id
  description       = "deployments reach their targets on ports of the targets' choice"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "-1"

  tags = {
    "Name"                 = "releases-components-nodes-to-anywhere-all"
    "provision:deployment" = "releases"
    "provision:address"    = "aws_vpc_security_group_egress_rule.components_nodes_to_anywhere_all"
  }
}
