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

resource "aws_security_group" "webserver" {
  name        = "orders-webserver"
  description = "Connections of webserver"
  vpc_id      = aws_vpc.main.id

  tags = {
    "Name"                 = "orders-webserver"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_security_group.webserver"
  }
}

resource "aws_security_group" "executor" {
  name        = "orders-executor"
  description = "Connections of executor"
  vpc_id      = aws_vpc.main.id

  tags = {
    "Name"                 = "orders-executor"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_security_group.executor"
  }
}

resource "aws_security_group" "scheduler" {
  name        = "orders-scheduler"
  description = "Connections of scheduler"
  vpc_id      = aws_vpc.main.id

  tags = {
    "Name"                 = "orders-scheduler"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_security_group.scheduler"
  }
}

resource "aws_security_group" "worker" {
  name        = "orders-worker"
  description = "Connections of worker"
  vpc_id      = aws_vpc.main.id

  tags = {
    "Name"                 = "orders-worker"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_security_group.worker"
  }
}

resource "aws_security_group" "indexer" {
  name        = "orders-indexer"
  description = "Connections of indexer"
  vpc_id      = aws_vpc.main.id

  tags = {
    "Name"                 = "orders-indexer"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_security_group.indexer"
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

resource "aws_vpc_security_group_ingress_rule" "webserver_from_load_balancer_8080" {
  security_group_id            = aws_security_group.webserver.id
  description                  = "ui"
  referenced_security_group_id = aws_security_group.load_balancer.id
  ip_protocol                  = "tcp"
  from_port                    = 8080
  to_port                      = 8080

  tags = {
    "Name"                 = "orders-webserver-from-load-balancer-8080"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_vpc_security_group_ingress_rule.webserver_from_load_balancer_8080"
  }
}

resource "aws_vpc_security_group_ingress_rule" "webserver_from_load_balancer_8081" {
  security_group_id            = aws_security_group.webserver.id
  description                  = "management"
  referenced_security_group_id = aws_security_group.load_balancer.id
  ip_protocol                  = "tcp"
  from_port                    = 8081
  to_port                      = 8081

  tags = {
    "Name"                 = "orders-webserver-from-load-balancer-8081"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_vpc_security_group_ingress_rule.webserver_from_load_balancer_8081"
  }
}

resource "aws_vpc_security_group_ingress_rule" "kafka_from_webserver_9094" {
  security_group_id            = aws_security_group.kafka.id
  description                  = "webserver to queue"
  referenced_security_group_id = aws_security_group.webserver.id
  ip_protocol                  = "tcp"
  from_port                    = 9094
  to_port                      = 9094

  tags = {
    "Name"                 = "orders-kafka-from-webserver-9094"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_vpc_security_group_ingress_rule.kafka_from_webserver_9094"
  }
}

resource "aws_vpc_security_group_ingress_rule" "search_from_webserver_443" {
  security_group_id            = aws_security_group.search.id
  description                  = "webserver to search"
  referenced_security_group_id = aws_security_group.webserver.id
  ip_protocol                  = "tcp"
  from_port                    = 443
  to_port                      = 443

  tags = {
    "Name"                 = "orders-search-from-webserver-443"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_vpc_security_group_ingress_rule.search_from_webserver_443"
  }
}

resource "aws_vpc_security_group_ingress_rule" "kafka_from_executor_9094" {
  security_group_id            = aws_security_group.kafka.id
  description                  = "executor to queue"
  referenced_security_group_id = aws_security_group.executor.id
  ip_protocol                  = "tcp"
  from_port                    = 9094
  to_port                      = 9094

  tags = {
    "Name"                 = "orders-kafka-from-executor-9094"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_vpc_security_group_ingress_rule.kafka_from_executor_9094"
  }
}

resource "aws_vpc_security_group_ingress_rule" "kafka_from_scheduler_9094" {
  security_group_id            = aws_security_group.kafka.id
  description                  = "scheduler to queue"
  referenced_security_group_id = aws_security_group.scheduler.id
  ip_protocol                  = "tcp"
  from_port                    = 9094
  to_port                      = 9094

  tags = {
    "Name"                 = "orders-kafka-from-scheduler-9094"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_vpc_security_group_ingress_rule.kafka_from_scheduler_9094"
  }
}

resource "aws_vpc_security_group_ingress_rule" "kafka_from_worker_9094" {
  security_group_id            = aws_security_group.kafka.id
  description                  = "worker to queue"
  referenced_security_group_id = aws_security_group.worker.id
  ip_protocol                  = "tcp"
  from_port                    = 9094
  to_port                      = 9094

  tags = {
    "Name"                 = "orders-kafka-from-worker-9094"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_vpc_security_group_ingress_rule.kafka_from_worker_9094"
  }
}

resource "aws_vpc_security_group_ingress_rule" "kafka_from_indexer_9094" {
  security_group_id            = aws_security_group.kafka.id
  description                  = "indexer to queue"
  referenced_security_group_id = aws_security_group.indexer.id
  ip_protocol                  = "tcp"
  from_port                    = 9094
  to_port                      = 9094

  tags = {
    "Name"                 = "orders-kafka-from-indexer-9094"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_vpc_security_group_ingress_rule.kafka_from_indexer_9094"
  }
}

resource "aws_vpc_security_group_ingress_rule" "search_from_indexer_443" {
  security_group_id            = aws_security_group.search.id
  description                  = "indexer to search"
  referenced_security_group_id = aws_security_group.indexer.id
  ip_protocol                  = "tcp"
  from_port                    = 443
  to_port                      = 443

  tags = {
    "Name"                 = "orders-search-from-indexer-443"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_vpc_security_group_ingress_rule.search_from_indexer_443"
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

# Out

resource "aws_vpc_security_group_egress_rule" "load_balancer_to_webserver_8080" {
  security_group_id            = aws_security_group.load_balancer.id
  description                  = "ui"
  referenced_security_group_id = aws_security_group.webserver.id
  ip_protocol                  = "tcp"
  from_port                    = 8080
  to_port                      = 8080

  tags = {
    "Name"                 = "orders-load-balancer-to-webserver-8080"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_vpc_security_group_egress_rule.load_balancer_to_webserver_8080"
  }
}

resource "aws_vpc_security_group_egress_rule" "load_balancer_to_webserver_8081" {
  security_group_id            = aws_security_group.load_balancer.id
  description                  = "management"
  referenced_security_group_id = aws_security_group.webserver.id
  ip_protocol                  = "tcp"
  from_port                    = 8081
  to_port                      = 8081

  tags = {
    "Name"                 = "orders-load-balancer-to-webserver-8081"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_vpc_security_group_egress_rule.load_balancer_to_webserver_8081"
  }
}

resource "aws_vpc_security_group_egress_rule" "webserver_to_kafka_9094" {
  security_group_id            = aws_security_group.webserver.id
  description                  = "webserver to queue"
  referenced_security_group_id = aws_security_group.kafka.id
  ip_protocol                  = "tcp"
  from_port                    = 9094
  to_port                      = 9094

  tags = {
    "Name"                 = "orders-webserver-to-kafka-9094"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_vpc_security_group_egress_rule.webserver_to_kafka_9094"
  }
}

resource "aws_vpc_security_group_egress_rule" "webserver_to_search_443" {
  security_group_id            = aws_security_group.webserver.id
  description                  = "webserver to search"
  referenced_security_group_id = aws_security_group.search.id
  ip_protocol                  = "tcp"
  from_port                    = 443
  to_port                      = 443

  tags = {
    "Name"                 = "orders-webserver-to-search-443"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_vpc_security_group_egress_rule.webserver_to_search_443"
  }
}

resource "aws_vpc_security_group_egress_rule" "executor_to_kafka_9094" {
  security_group_id            = aws_security_group.executor.id
  description                  = "executor to queue"
  referenced_security_group_id = aws_security_group.kafka.id
  ip_protocol                  = "tcp"
  from_port                    = 9094
  to_port                      = 9094

  tags = {
    "Name"                 = "orders-executor-to-kafka-9094"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_vpc_security_group_egress_rule.executor_to_kafka_9094"
  }
}

resource "aws_vpc_security_group_egress_rule" "scheduler_to_kafka_9094" {
  security_group_id            = aws_security_group.scheduler.id
  description                  = "scheduler to queue"
  referenced_security_group_id = aws_security_group.kafka.id
  ip_protocol                  = "tcp"
  from_port                    = 9094
  to_port                      = 9094

  tags = {
    "Name"                 = "orders-scheduler-to-kafka-9094"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_vpc_security_group_egress_rule.scheduler_to_kafka_9094"
  }
}

resource "aws_vpc_security_group_egress_rule" "worker_to_kafka_9094" {
  security_group_id            = aws_security_group.worker.id
  description                  = "worker to queue"
  referenced_security_group_id = aws_security_group.kafka.id
  ip_protocol                  = "tcp"
  from_port                    = 9094
  to_port                      = 9094

  tags = {
    "Name"                 = "orders-worker-to-kafka-9094"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_vpc_security_group_egress_rule.worker_to_kafka_9094"
  }
}

resource "aws_vpc_security_group_egress_rule" "indexer_to_kafka_9094" {
  security_group_id            = aws_security_group.indexer.id
  description                  = "indexer to queue"
  referenced_security_group_id = aws_security_group.kafka.id
  ip_protocol                  = "tcp"
  from_port                    = 9094
  to_port                      = 9094

  tags = {
    "Name"                 = "orders-indexer-to-kafka-9094"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_vpc_security_group_egress_rule.indexer_to_kafka_9094"
  }
}

resource "aws_vpc_security_group_egress_rule" "indexer_to_search_443" {
  security_group_id            = aws_security_group.indexer.id
  description                  = "indexer to search"
  referenced_security_group_id = aws_security_group.search.id
  ip_protocol                  = "tcp"
  from_port                    = 443
  to_port                      = 443

  tags = {
    "Name"                 = "orders-indexer-to-search-443"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_vpc_security_group_egress_rule.indexer_to_search_443"
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

resource "aws_vpc_security_group_egress_rule" "webserver_to_anywhere_443" {
  security_group_id = aws_security_group.webserver.id
  description       = "the image registry and the cloud's own services"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443

  tags = {
    "Name"                 = "orders-webserver-to-anywhere-443"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_vpc_security_group_egress_rule.webserver_to_anywhere_443"
  }
}

resource "aws_vpc_security_group_egress_rule" "executor_to_anywhere_443" {
  security_group_id = aws_security_group.executor.id
  description       = "the image registry and the cloud's own services"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443

  tags = {
    "Name"                 = "orders-executor-to-anywhere-443"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_vpc_security_group_egress_rule.executor_to_anywhere_443"
  }
}

resource "aws_vpc_security_group_egress_rule" "scheduler_to_anywhere_443" {
  security_group_id = aws_security_group.scheduler.id
  description       = "the image registry and the cloud's own services"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443

  tags = {
    "Name"                 = "orders-scheduler-to-anywhere-443"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_vpc_security_group_egress_rule.scheduler_to_anywhere_443"
  }
}

resource "aws_vpc_security_group_egress_rule" "worker_to_anywhere_all" {
  security_group_id = aws_security_group.worker.id
  description       = "tasks reach whatever system they are written for"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "-1"

  tags = {
    "Name"                 = "orders-worker-to-anywhere-all"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_vpc_security_group_egress_rule.worker_to_anywhere_all"
  }
}

resource "aws_vpc_security_group_egress_rule" "indexer_to_anywhere_443" {
  security_group_id = aws_security_group.indexer.id
  description       = "the image registry and the cloud's own services"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443

  tags = {
    "Name"                 = "orders-indexer-to-anywhere-443"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_vpc_security_group_egress_rule.indexer_to_anywhere_443"
  }
}
