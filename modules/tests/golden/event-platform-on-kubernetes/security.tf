# Who may connect to whom. A port is open only because somebody needs it: each rule says who.

resource "aws_security_group" "components_nodes" {
  name        = "events-components-nodes"
  description = "Connections of components-nodes"
  vpc_id      = aws_vpc.main.id

  tags = {
    "Name"                 = "events-components-nodes"
    "provision:deployment" = "events"
    "provision:address"    = "aws_security_group.components_nodes"
  }
}

resource "aws_security_group" "jobs_nodes" {
  name        = "events-jobs-nodes"
  description = "Connections of jobs-nodes"
  vpc_id      = aws_vpc.main.id

  tags = {
    "Name"                 = "events-jobs-nodes"
    "provision:deployment" = "events"
    "provision:address"    = "aws_security_group.jobs_nodes"
  }
}

resource "aws_security_group" "control_plane" {
  name        = "events-control-plane"
  description = "Connections of control-plane"
  vpc_id      = aws_vpc.main.id

  tags = {
    "Name"                 = "events-control-plane"
    "provision:deployment" = "events"
    "provision:address"    = "aws_security_group.control_plane"
  }
}

resource "aws_security_group" "kafka" {
  name        = "events-kafka"
  description = "Connections of kafka"
  vpc_id      = aws_vpc.main.id

  tags = {
    "Name"                 = "events-kafka"
    "provision:deployment" = "events"
    "provision:address"    = "aws_security_group.kafka"
  }
}

# In

resource "aws_vpc_security_group_ingress_rule" "kafka_from_components_nodes_9094" {
  security_group_id            = aws_security_group.kafka.id
  description                  = "execution to queue"
  referenced_security_group_id = aws_security_group.components_nodes.id
  ip_protocol                  = "tcp"
  from_port                    = 9094
  to_port                      = 9094

  tags = {
    "Name"                 = "events-kafka-from-components-nodes-9094"
    "provision:deployment" = "events"
    "provision:address"    = "aws_vpc_security_group_ingress_rule.kafka_from_components_nodes_9094"
  }
}

resource "aws_vpc_security_group_ingress_rule" "kafka_from_jobs_nodes_9094" {
  security_group_id            = aws_security_group.kafka.id
  description                  = "job to queue"
  referenced_security_group_id = aws_security_group.jobs_nodes.id
  ip_protocol                  = "tcp"
  from_port                    = 9094
  to_port                      = 9094

  tags = {
    "Name"                 = "events-kafka-from-jobs-nodes-9094"
    "provision:deployment" = "events"
    "provision:address"    = "aws_vpc_security_group_ingress_rule.kafka_from_jobs_nodes_9094"
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
    "Name"                 = "events-control-plane-from-components-nodes-443"
    "provision:deployment" = "events"
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
    "Name"                 = "events-components-nodes-from-control-plane-10250"
    "provision:deployment" = "events"
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
    "Name"                 = "events-components-nodes-from-control-plane-10251"
    "provision:deployment" = "events"
    "provision:address"    = "aws_vpc_security_group_ingress_rule.components_nodes_from_control_plane_10251"
  }
}

resource "aws_vpc_security_group_ingress_rule" "components_nodes_from_components_nodes_all" {
  security_group_id            = aws_security_group.components_nodes.id
  description                  = "pods; who may connect to whom stands in the cluster's network policies"
  referenced_security_group_id = aws_security_group.components_nodes.id
  ip_protocol                  = "-1"

  tags = {
    "Name"                 = "events-components-nodes-from-components-nodes-all"
    "provision:deployment" = "events"
    "provision:address"    = "aws_vpc_security_group_ingress_rule.components_nodes_from_components_nodes_all"
  }
}

resource "aws_vpc_security_group_ingress_rule" "jobs_nodes_from_components_nodes_all" {
  security_group_id            = aws_security_group.jobs_nodes.id
  description                  = "pods; who may connect to whom stands in the cluster's network policies"
  referenced_security_group_id = aws_security_group.components_nodes.id
  ip_protocol                  = "-1"

  tags = {
    "Name"                 = "events-jobs-nodes-from-components-nodes-all"
    "provision:deployment" = "events"
    "provision:address"    = "aws_vpc_security_group_ingress_rule.jobs_nodes_from_components_nodes_all"
  }
}

resource "aws_vpc_security_group_ingress_rule" "control_plane_from_jobs_nodes_443" {
  security_group_id            = aws_security_group.control_plane.id
  description                  = "the cluster's interface"
  referenced_security_group_id = aws_security_group.jobs_nodes.id
  ip_protocol                  = "tcp"
  from_port                    = 443
  to_port                      = 443

  tags = {
    "Name"                 = "events-control-plane-from-jobs-nodes-443"
    "provision:deployment" = "events"
    "provision:address"    = "aws_vpc_security_group_ingress_rule.control_plane_from_jobs_nodes_443"
  }
}

resource "aws_vpc_security_group_ingress_rule" "jobs_nodes_from_control_plane_10250" {
  security_group_id            = aws_security_group.jobs_nodes.id
  description                  = "kubelet and admission"
  referenced_security_group_id = aws_security_group.control_plane.id
  ip_protocol                  = "tcp"
  from_port                    = 10250
  to_port                      = 10250

  tags = {
    "Name"                 = "events-jobs-nodes-from-control-plane-10250"
    "provision:deployment" = "events"
    "provision:address"    = "aws_vpc_security_group_ingress_rule.jobs_nodes_from_control_plane_10250"
  }
}

resource "aws_vpc_security_group_ingress_rule" "jobs_nodes_from_control_plane_10251" {
  security_group_id            = aws_security_group.jobs_nodes.id
  description                  = "the pods' load"
  referenced_security_group_id = aws_security_group.control_plane.id
  ip_protocol                  = "tcp"
  from_port                    = 10251
  to_port                      = 10251

  tags = {
    "Name"                 = "events-jobs-nodes-from-control-plane-10251"
    "provision:deployment" = "events"
    "provision:address"    = "aws_vpc_security_group_ingress_rule.jobs_nodes_from_control_plane_10251"
  }
}

resource "aws_vpc_security_group_ingress_rule" "components_nodes_from_jobs_nodes_all" {
  security_group_id            = aws_security_group.components_nodes.id
  description                  = "pods; who may connect to whom stands in the cluster's network policies"
  referenced_security_group_id = aws_security_group.jobs_nodes.id
  ip_protocol                  = "-1"

  tags = {
    "Name"                 = "events-components-nodes-from-jobs-nodes-all"
    "provision:deployment" = "events"
    "provision:address"    = "aws_vpc_security_group_ingress_rule.components_nodes_from_jobs_nodes_all"
  }
}

resource "aws_vpc_security_group_ingress_rule" "jobs_nodes_from_jobs_nodes_all" {
  security_group_id            = aws_security_group.jobs_nodes.id
  description                  = "pods; who may connect to whom stands in the cluster's network policies"
  referenced_security_group_id = aws_security_group.jobs_nodes.id
  ip_protocol                  = "-1"

  tags = {
    "Name"                 = "events-jobs-nodes-from-jobs-nodes-all"
    "provision:deployment" = "events"
    "provision:address"    = "aws_vpc_security_group_ingress_rule.jobs_nodes_from_jobs_nodes_all"
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
    "Name"                 = "events-kafka-from-kafka-9094"
    "provision:deployment" = "events"
    "provision:address"    = "aws_vpc_security_group_ingress_rule.kafka_from_kafka_9094"
  }
}

# Out

resource "aws_vpc_security_group_egress_rule" "components_nodes_to_kafka_9094" {
  security_group_id            = aws_security_group.components_nodes.id
  description                  = "execution to queue"
  referenced_security_group_id = aws_security_group.kafka.id
  ip_protocol                  = "tcp"
  from_port                    = 9094
  to_port                      = 9094

  tags = {
    "Name"                 = "events-components-nodes-to-kafka-9094"
    "provision:deployment" = "events"
    "provision:address"    = "aws_vpc_security_group_egress_rule.components_nodes_to_kafka_9094"
  }
}

resource "aws_vpc_security_group_egress_rule" "jobs_nodes_to_kafka_9094" {
  security_group_id            = aws_security_group.jobs_nodes.id
  description                  = "job to queue"
  referenced_security_group_id = aws_security_group.kafka.id
  ip_protocol                  = "tcp"
  from_port                    = 9094
  to_port                      = 9094

  tags = {
    "Name"                 = "events-jobs-nodes-to-kafka-9094"
    "provision:deployment" = "events"
    "provision:address"    = "aws_vpc_security_group_egress_rule.jobs_nodes_to_kafka_9094"
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
    "Name"                 = "events-components-nodes-to-control-plane-443"
    "provision:deployment" = "events"
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
    "Name"                 = "events-control-plane-to-components-nodes-10250"
    "provision:deployment" = "events"
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
    "Name"                 = "events-control-plane-to-components-nodes-10251"
    "provision:deployment" = "events"
    "provision:address"    = "aws_vpc_security_group_egress_rule.control_plane_to_components_nodes_10251"
  }
}

resource "aws_vpc_security_group_egress_rule" "components_nodes_to_components_nodes_all" {
  security_group_id            = aws_security_group.components_nodes.id
  description                  = "pods; who may connect to whom stands in the cluster's network policies"
  referenced_security_group_id = aws_security_group.components_nodes.id
  ip_protocol                  = "-1"

  tags = {
    "Name"                 = "events-components-nodes-to-components-nodes-all"
    "provision:deployment" = "events"
    "provision:address"    = "aws_vpc_security_group_egress_rule.components_nodes_to_components_nodes_all"
  }
}

resource "aws_vpc_security_group_egress_rule" "components_nodes_to_jobs_nodes_all" {
  security_group_id            = aws_security_group.components_nodes.id
  description                  = "pods; who may connect to whom stands in the cluster's network policies"
  referenced_security_group_id = aws_security_group.jobs_nodes.id
  ip_protocol                  = "-1"

  tags = {
    "Name"                 = "events-components-nodes-to-jobs-nodes-all"
    "provision:deployment" = "events"
    "provision:address"    = "aws_vpc_security_group_egress_rule.components_nodes_to_jobs_nodes_all"
  }
}

resource "aws_vpc_security_group_egress_rule" "jobs_nodes_to_control_plane_443" {
  security_group_id            = aws_security_group.jobs_nodes.id
  description                  = "the cluster's interface"
  referenced_security_group_id = aws_security_group.control_plane.id
  ip_protocol                  = "tcp"
  from_port                    = 443
  to_port                      = 443

  tags = {
    "Name"                 = "events-jobs-nodes-to-control-plane-443"
    "provision:deployment" = "events"
    "provision:address"    = "aws_vpc_security_group_egress_rule.jobs_nodes_to_control_plane_443"
  }
}

resource "aws_vpc_security_group_egress_rule" "control_plane_to_jobs_nodes_10250" {
  security_group_id            = aws_security_group.control_plane.id
  description                  = "kubelet and admission"
  referenced_security_group_id = aws_security_group.jobs_nodes.id
  ip_protocol                  = "tcp"
  from_port                    = 10250
  to_port                      = 10250

  tags = {
    "Name"                 = "events-control-plane-to-jobs-nodes-10250"
    "provision:deployment" = "events"
    "provision:address"    = "aws_vpc_security_group_egress_rule.control_plane_to_jobs_nodes_10250"
  }
}

resource "aws_vpc_security_group_egress_rule" "control_plane_to_jobs_nodes_10251" {
  security_group_id            = aws_security_group.control_plane.id
  description                  = "the pods' load"
  referenced_security_group_id = aws_security_group.jobs_nodes.id
  ip_protocol                  = "tcp"
  from_port                    = 10251
  to_port                      = 10251

  tags = {
    "Name"                 = "events-control-plane-to-jobs-nodes-10251"
    "provision:deployment" = "events"
    "provision:address"    = "aws_vpc_security_group_egress_rule.control_plane_to_jobs_nodes_10251"
  }
}

resource "aws_vpc_security_group_egress_rule" "jobs_nodes_to_components_nodes_all" {
  security_group_id            = aws_security_group.jobs_nodes.id
  description                  = "pods; who may connect to whom stands in the cluster's network policies"
  referenced_security_group_id = aws_security_group.components_nodes.id
  ip_protocol                  = "-1"

  tags = {
    "Name"                 = "events-jobs-nodes-to-components-nodes-all"
    "provision:deployment" = "events"
    "provision:address"    = "aws_vpc_security_group_egress_rule.jobs_nodes_to_components_nodes_all"
  }
}

resource "aws_vpc_security_group_egress_rule" "jobs_nodes_to_jobs_nodes_all" {
  security_group_id            = aws_security_group.jobs_nodes.id
  description                  = "pods; who may connect to whom stands in the cluster's network policies"
  referenced_security_group_id = aws_security_group.jobs_nodes.id
  ip_protocol                  = "-1"

  tags = {
    "Name"                 = "events-jobs-nodes-to-jobs-nodes-all"
    "provision:deployment" = "events"
    "provision:address"    = "aws_vpc_security_group_egress_rule.jobs_nodes_to_jobs_nodes_all"
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
    "Name"                 = "events-kafka-to-kafka-9094"
    "provision:deployment" = "events"
    "provision:address"    = "aws_vpc_security_group_egress_rule.kafka_to_kafka_9094"
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
    "Name"                 = "events-components-nodes-to-anywhere-443"
    "provision:deployment" = "events"
    "provision:address"    = "aws_vpc_security_group_egress_rule.components_nodes_to_anywhere_443"
  }
}

resource "aws_vpc_security_group_egress_rule" "jobs_nodes_to_anywhere_all" {
  security_group_id = aws_security_group.jobs_nodes.id
  description       = "jobs reach whatever system they are written for"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "-1"

  tags = {
    "Name"                 = "events-jobs-nodes-to-anywhere-all"
    "provision:deployment" = "events"
    "provision:address"    = "aws_vpc_security_group_egress_rule.jobs_nodes_to_anywhere_all"
  }
}
