# Who may connect to whom. A port is open only because somebody needs it: each rule says who.

resource "aws_security_group" "execution" {
  name        = "events-execution"
  description = "Connections of execution"
  vpc_id      = aws_vpc.main.id

  tags = {
    "Name"                 = "events-execution"
    "provision:deployment" = "events"
    "provision:address"    = "aws_security_group.execution"
  }
}

resource "aws_security_group" "job" {
  name        = "events-job"
  description = "Connections of job"
  vpc_id      = aws_vpc.main.id

  tags = {
    "Name"                 = "events-job"
    "provision:deployment" = "events"
    "provision:address"    = "aws_security_group.job"
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

resource "aws_security_group" "monitoring" {
  name        = "events-monitoring"
  description = "Connections of monitoring"
  vpc_id      = aws_vpc.main.id

  tags = {
    "Name"                 = "events-monitoring"
    "provision:deployment" = "events"
    "provision:address"    = "aws_security_group.monitoring"
  }
}

# In

resource "aws_vpc_security_group_ingress_rule" "kafka_from_execution_9094" {
  security_group_id            = aws_security_group.kafka.id
  description                  = "execution to queue"
  referenced_security_group_id = aws_security_group.execution.id
  ip_protocol                  = "tcp"
  from_port                    = 9094
  to_port                      = 9094

  tags = {
    "Name"                 = "events-kafka-from-execution-9094"
    "provision:deployment" = "events"
    "provision:address"    = "aws_vpc_security_group_ingress_rule.kafka_from_execution_9094"
  }
}

resource "aws_vpc_security_group_ingress_rule" "kafka_from_job_9094" {
  security_group_id            = aws_security_group.kafka.id
  description                  = "job to queue"
  referenced_security_group_id = aws_security_group.job.id
  ip_protocol                  = "tcp"
  from_port                    = 9094
  to_port                      = 9094

  tags = {
    "Name"                 = "events-kafka-from-job-9094"
    "provision:deployment" = "events"
    "provision:address"    = "aws_vpc_security_group_ingress_rule.kafka_from_job_9094"
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

resource "aws_vpc_security_group_ingress_rule" "execution_from_monitoring_9100" {
  security_group_id            = aws_security_group.execution.id
  description                  = "the machines' own metrics"
  referenced_security_group_id = aws_security_group.monitoring.id
  ip_protocol                  = "tcp"
  from_port                    = 9100
  to_port                      = 9100

  tags = {
    "Name"                 = "events-execution-from-monitoring-9100"
    "provision:deployment" = "events"
    "provision:address"    = "aws_vpc_security_group_ingress_rule.execution_from_monitoring_9100"
  }
}

resource "aws_vpc_security_group_ingress_rule" "job_from_monitoring_9100" {
  security_group_id            = aws_security_group.job.id
  description                  = "the machines' own metrics"
  referenced_security_group_id = aws_security_group.monitoring.id
  ip_protocol                  = "tcp"
  from_port                    = 9100
  to_port                      = 9100

  tags = {
    "Name"                 = "events-job-from-monitoring-9100"
    "provision:deployment" = "events"
    "provision:address"    = "aws_vpc_security_group_ingress_rule.job_from_monitoring_9100"
  }
}

resource "aws_vpc_security_group_ingress_rule" "kafka_from_monitoring_9094" {
  security_group_id            = aws_security_group.kafka.id
  description                  = "copies and backlog of each topic"
  referenced_security_group_id = aws_security_group.monitoring.id
  ip_protocol                  = "tcp"
  from_port                    = 9094
  to_port                      = 9094

  tags = {
    "Name"                 = "events-kafka-from-monitoring-9094"
    "provision:deployment" = "events"
    "provision:address"    = "aws_vpc_security_group_ingress_rule.kafka_from_monitoring_9094"
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
    "Name"                 = "events-monitoring-from-monitoring-9100"
    "provision:deployment" = "events"
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
    "Name"                 = "events-monitoring-from-monitoring-9090"
    "provision:deployment" = "events"
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
    "Name"                 = "events-monitoring-from-monitoring-9093"
    "provision:deployment" = "events"
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
    "Name"                 = "events-monitoring-from-monitoring-9094"
    "provision:deployment" = "events"
    "provision:address"    = "aws_vpc_security_group_ingress_rule.monitoring_from_monitoring_9094"
  }
}

# Out

resource "aws_vpc_security_group_egress_rule" "execution_to_kafka_9094" {
  security_group_id            = aws_security_group.execution.id
  description                  = "execution to queue"
  referenced_security_group_id = aws_security_group.kafka.id
  ip_protocol                  = "tcp"
  from_port                    = 9094
  to_port                      = 9094

  tags = {
    "Name"                 = "events-execution-to-kafka-9094"
    "provision:deployment" = "events"
    "provision:address"    = "aws_vpc_security_group_egress_rule.execution_to_kafka_9094"
  }
}

resource "aws_vpc_security_group_egress_rule" "job_to_kafka_9094" {
  security_group_id            = aws_security_group.job.id
  description                  = "job to queue"
  referenced_security_group_id = aws_security_group.kafka.id
  ip_protocol                  = "tcp"
  from_port                    = 9094
  to_port                      = 9094

  tags = {
    "Name"                 = "events-job-to-kafka-9094"
    "provision:deployment" = "events"
    "provision:address"    = "aws_vpc_security_group_egress_rule.job_to_kafka_9094"
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

resource "aws_vpc_security_group_egress_rule" "execution_to_anywhere_443" {
  security_group_id = aws_security_group.execution.id
  description       = "the image registry and the cloud's own services"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443

  tags = {
    "Name"                 = "events-execution-to-anywhere-443"
    "provision:deployment" = "events"
    "provision:address"    = "aws_vpc_security_group_egress_rule.execution_to_anywhere_443"
  }
}

resource "aws_vpc_security_group_egress_rule" "job_to_anywhere_all" {
  security_group_id = aws_security_group.job.id
  description       = "jobs reach whatever system they are written for"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "-1"

  tags = {
    "Name"                 = "events-job-to-anywhere-all"
    "provision:deployment" = "events"
    "provision:address"    = "aws_vpc_security_group_egress_rule.job_to_anywhere_all"
  }
}

resource "aws_vpc_security_group_egress_rule" "monitoring_to_execution_9100" {
  security_group_id            = aws_security_group.monitoring.id
  description                  = "the machines' own metrics"
  referenced_security_group_id = aws_security_group.execution.id
  ip_protocol                  = "tcp"
  from_port                    = 9100
  to_port                      = 9100

  tags = {
    "Name"                 = "events-monitoring-to-execution-9100"
    "provision:deployment" = "events"
    "provision:address"    = "aws_vpc_security_group_egress_rule.monitoring_to_execution_9100"
  }
}

resource "aws_vpc_security_group_egress_rule" "monitoring_to_job_9100" {
  security_group_id            = aws_security_group.monitoring.id
  description                  = "the machines' own metrics"
  referenced_security_group_id = aws_security_group.job.id
  ip_protocol                  = "tcp"
  from_port                    = 9100
  to_port                      = 9100

  tags = {
    "Name"                 = "events-monitoring-to-job-9100"
    "provision:deployment" = "events"
    "provision:address"    = "aws_vpc_security_group_egress_rule.monitoring_to_job_9100"
  }
}

resource "aws_vpc_security_group_egress_rule" "monitoring_to_kafka_9094" {
  security_group_id            = aws_security_group.monitoring.id
  description                  = "copies and backlog of each topic"
  referenced_security_group_id = aws_security_group.kafka.id
  ip_protocol                  = "tcp"
  from_port                    = 9094
  to_port                      = 9094

  tags = {
    "Name"                 = "events-monitoring-to-kafka-9094"
    "provision:deployment" = "events"
    "provision:address"    = "aws_vpc_security_group_egress_rule.monitoring_to_kafka_9094"
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
    "Name"                 = "events-monitoring-to-monitoring-9100"
    "provision:deployment" = "events"
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
    "Name"                 = "events-monitoring-to-monitoring-9090"
    "provision:deployment" = "events"
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
    "Name"                 = "events-monitoring-to-monitoring-9093"
    "provision:deployment" = "events"
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
    "Name"                 = "events-monitoring-to-monitoring-9094"
    "provision:deployment" = "events"
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
    "Name"                 = "events-monitoring-to-anywhere-443"
    "provision:deployment" = "events"
    "provision:address"    = "aws_vpc_security_group_egress_rule.monitoring_to_anywhere_443"
  }
}
