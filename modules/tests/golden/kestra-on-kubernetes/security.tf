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

resource "aws_security_group" "components_nodes" {
  name        = "orders-components-nodes"
  description = "Connections of components-nodes"
  vpc_id      = aws_vpc.main.id

  tags = {
    "Name"                 = "orders-components-nodes"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_security_group.components_nodes"
  }
}

resource "aws_security_group" "control_plane" {
  name        = "orders-control-plane"
  description = "Connections of control-plane"
  vpc_id      = aws_vpc.main.id

  tags = {
    "Name"                 = "orders-control-plane"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_security_group.control_plane"
  }
}

resource "aws_security_group" "kafka" {
  name        = "orders-kafka"
  description = "Connections of kafka"
  vpc_id      = aws_vpc.main.id

  tags = {
    "Name"                 = "orders-kafka"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_security_group.kafka"
  }
}

resource "aws_security_group" "search" {
  name        = "orders-search"
  description = "Connections of search"
  vpc_id      = aws_vpc.main.id

  tags = {
    "Name"                 = "orders-search"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_security_group.search"
  }
}

# In

resource "aws_vpc_security_group_ingress_rule" "kafka_from_components_nodes_9094" {
  security_group_id            = aws_security_group.kafka.id
  description                  = "webserver to queue"
  referenced_security_group_id = aws_security_group.components_nodes.id
  ip_protocol                  = "tcp"
  from_port                    = 9094
  to_port                      = 9094

  tags = {
    "Name"                 = "orders-kafka-from-components-nodes-9094"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_vpc_security_group_ingress_rule.kafka_from_components_nodes_9094"
  }
}

resource "aws_vpc_security_group_ingress_rule" "search_from_components_nodes_9200" {
  security_group_id            = aws_security_group.search.id
  description                  = "webserver to search"
  referenced_security_group_id = aws_security_group.components_nodes.id
  ip_protocol                  = "tcp"
  from_port                    = 9200
  to_port                      = 9200

  tags = {
    "Name"                 = "orders-search-from-components-nodes-9200"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_vpc_security_group_ingress_rule.search_from_components_nodes_9200"
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

resource "aws_vpc_security_group_ingress_rule" "control_plane_from_components_nodes_443" {
  security_group_id            = aws_security_group.control_plane.id
  description                  = "the cluster's interface"
  referenced_security_group_id = aws_security_group.components_nodes.id
  ip_protocol                  = "tcp"
  from_port                    = 443
  to_port                      = 443

  tags = {
    "Name"                 = "orders-control-plane-from-components-nodes-443"
    "provision:deployment" = "orders"
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
    "Name"                 = "orders-components-nodes-from-control-plane-10250"
    "provision:deployment" = "orders"
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
    "Name"                 = "orders-components-nodes-from-control-plane-10251"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_vpc_security_group_ingress_rule.components_nodes_from_control_plane_10251"
  }
}

resource "aws_vpc_security_group_ingress_rule" "components_nodes_from_components_nodes_all" {
  security_group_id            = aws_security_group.components_nodes.id
  description                  = "pods; who may connect to whom stands in the cluster's network policies"
  referenced_security_group_id = aws_security_group.components_nodes.id
  ip_protocol                  = "-1"

  tags = {
    "Name"                 = "orders-components-nodes-from-components-nodes-all"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_vpc_security_group_ingress_rule.components_nodes_from_components_nodes_all"
  }
}

resource "aws_vpc_security_group_ingress_rule" "components_nodes_from_load_balancer_30080" {
  security_group_id            = aws_security_group.components_nodes.id
  description                  = "ui"
  referenced_security_group_id = aws_security_group.load_balancer.id
  ip_protocol                  = "tcp"
  from_port                    = 30080
  to_port                      = 30080

  tags = {
    "Name"                 = "orders-components-nodes-from-load-balancer-30080"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_vpc_security_group_ingress_rule.components_nodes_from_load_balancer_30080"
  }
}

resource "aws_vpc_security_group_ingress_rule" "components_nodes_from_load_balancer_30081" {
  security_group_id            = aws_security_group.components_nodes.id
  description                  = "health checks"
  referenced_security_group_id = aws_security_group.load_balancer.id
  ip_protocol                  = "tcp"
  from_port                    = 30081
  to_port                      = 30081

  tags = {
    "Name"                 = "orders-components-nodes-from-load-balancer-30081"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_vpc_security_group_ingress_rule.components_nodes_from_load_balancer_30081"
  }
}

resource "aws_vpc_security_group_ingress_rule" "kafka_from_kafka_9094" {
  security_group_id            = aws_security_group.kafka.id
  description                  = "brokers and controllers"
  referenced_security_group_id = aws_security_group.kafka.id
  ip_protocol                  = "tcp"
  from_port                    = 9094
  to_port                      = 9094

  tags = {
    "Name"                 = "orders-kafka-from-kafka-9094"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_vpc_security_group_ingress_rule.kafka_from_kafka_9094"
  }
}

resource "aws_vpc_security_group_ingress_rule" "search_from_search_9200" {
  security_group_id            = aws_security_group.search.id
  description                  = "nodes of the cluster"
  referenced_security_group_id = aws_security_group.search.id
  ip_protocol                  = "tcp"
  from_port                    = 9200
  to_port                      = 9200

  tags = {
    "Name"                 = "orders-search-from-search-9200"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_vpc_security_group_ingress_rule.search_from_search_9200"
  }
}

resource "aws_vpc_security_group_ingress_rule" "search_from_search_9300" {
  security_group_id            = aws_security_group.search.id
  description                  = "nodes of the cluster"
  referenced_security_group_id = aws_security_group.search.id
  ip_protocol                  = "tcp"
  from_port                    = 9300
  to_port                      = 9300

  tags = {
    "Name"                 = "orders-search-from-search-9300"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_vpc_security_group_ingress_rule.search_from_search_9300"
  }
}

# Out

resource "aws_vpc_security_group_egress_rule" "components_nodes_to_kafka_9094" {
  security_group_id            = aws_security_group.components_nodes.id
  description                  = "webserver to queue"
  referenced_security_group_id = aws_security_group.kafka.id
  ip_protocol                  = "tcp"
  from_port                    = 9094
  to_port                      = 9094

  tags = {
    "Name"                 = "orders-components-nodes-to-kafka-9094"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_vpc_security_group_egress_rule.components_nodes_to_kafka_9094"
  }
}

resource "aws_vpc_security_group_egress_rule" "components_nodes_to_search_9200" {
  security_group_id            = aws_security_group.components_nodes.id
  description                  = "webserver to search"
  referenced_security_group_id = aws_security_group.search.id
  ip_protocol                  = "tcp"
  from_port                    = 9200
  to_port                      = 9200

  tags = {
    "Name"                 = "orders-components-nodes-to-search-9200"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_vpc_security_group_egress_rule.components_nodes_to_search_9200"
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
    "Name"                 = "orders-components-nodes-to-control-plane-443"
    "provision:deployment" = "orders"
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
    "Name"                 = "orders-control-plane-to-components-nodes-10250"
    "provision:deployment" = "orders"
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
    "Name"                 = "orders-control-plane-to-components-nodes-10251"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_vpc_security_group_egress_rule.control_plane_to_components_nodes_10251"
  }
}

resource "aws_vpc_security_group_egress_rule" "components_nodes_to_components_nodes_all" {
  security_group_id            = aws_security_group.components_nodes.id
  description                  = "pods; who may connect to whom stands in the cluster's network policies"
  referenced_security_group_id = aws_security_group.components_nodes.id
  ip_protocol                  = "-1"

  tags = {
    "Name"                 = "orders-components-nodes-to-components-nodes-all"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_vpc_security_group_egress_rule.components_nodes_to_components_nodes_all"
  }
}

resource "aws_vpc_security_group_egress_rule" "load_balancer_to_components_nodes_30080" {
  security_group_id            = aws_security_group.load_balancer.id
  description                  = "ui"
  referenced_security_group_id = aws_security_group.components_nodes.id
  ip_protocol                  = "tcp"
  from_port                    = 30080
  to_port                      = 30080

  tags = {
    "Name"                 = "orders-load-balancer-to-components-nodes-30080"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_vpc_security_group_egress_rule.load_balancer_to_components_nodes_30080"
  }
}

resource "aws_vpc_security_group_egress_rule" "load_balancer_to_components_nodes_30081" {
  security_group_id            = aws_security_group.load_balancer.id
  description                  = "health checks"
  referenced_security_group_id = aws_security_group.components_nodes.id
  ip_protocol                  = "tcp"
  from_port                    = 30081
  to_port                      = 30081

  tags = {
    "Name"                 = "orders-load-balancer-to-components-nodes-30081"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_vpc_security_group_egress_rule.load_balancer_to_components_nodes_30081"
  }
}

resource "aws_vpc_security_group_egress_rule" "kafka_to_kafka_9094" {
  security_group_id            = aws_security_group.kafka.id
  description                  = "brokers and controllers"
  referenced_security_group_id = aws_security_group.kafka.id
  ip_protocol                  = "tcp"
  from_port                    = 9094
  to_port                      = 9094

  tags = {
    "Name"                 = "orders-kafka-to-kafka-9094"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_vpc_security_group_egress_rule.kafka_to_kafka_9094"
  }
}

resource "aws_vpc_security_group_egress_rule" "search_to_search_9200" {
  security_group_id            = aws_security_group.search.id
  description                  = "nodes of the cluster"
  referenced_security_group_id = aws_security_group.search.id
  ip_protocol                  = "tcp"
  from_port                    = 9200
  to_port                      = 9200

  tags = {
    "Name"                 = "orders-search-to-search-9200"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_vpc_security_group_egress_rule.search_to_search_9200"
  }
}

resource "aws_vpc_security_group_egress_rule" "search_to_search_9300" {
  security_group_id            = aws_security_group.search.id
  description                  = "nodes of the cluster"
  referenced_security_group_id = aws_security_group.search.id
  ip_protocol                  = "tcp"
  from_port                    = 9300
  to_port                      = 9300

  tags = {
    "Name"                 = "orders-search-to-search-9300"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_vpc_security_group_egress_rule.search_to_search_9300"
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
    "Name"                 = "orders-components-nodes-to-anywhere-443"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_vpc_security_group_egress_rule.components_nodes_to_anywhere_443"
  }
}

resource "aws_vpc_security_group_egress_rule" "components_nodes_to_anywhere_all" {
  security_group_id = aws_security_group.components_nodes.id
  description       = "tasks reach whatever system they are written for"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "-1"

  tags = {
    "Name"                 = "orders-components-nodes-to-anywhere-all"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_vpc_security_group_egress_rule.components_nodes_to_anywhere_all"
  }
}

resource "aws_vpc_security_group_egress_rule" "search_to_anywhere_443" {
  security_group_id = aws_security_group.search.id
  description       = "the image registry and the cloud's own services"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443

  tags = {
    "Name"                 = "orders-search-to-anywhere-443"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_vpc_security_group_egress_rule.search_to_anywhere_443"
  }
}
