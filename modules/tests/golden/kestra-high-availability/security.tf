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

resource "aws_security_group" "monitoring" {
  name        = "orders-monitoring"
  description = "Connections of monitoring"
  vpc_id      = aws_vpc.main.id

  tags = {
    "Name"                 = "orders-monitoring"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_security_group.monitoring"
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

resource "aws_vpc_security_group_ingress_rule" "search_from_webserver_9200" {
  security_group_id            = aws_security_group.search.id
  description                  = "webserver to search"
  referenced_security_group_id = aws_security_group.webserver.id
  ip_protocol                  = "tcp"
  from_port                    = 9200
  to_port                      = 9200

  tags = {
    "Name"                 = "orders-search-from-webserver-9200"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_vpc_security_group_ingress_rule.search_from_webserver_9200"
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

resource "aws_vpc_security_group_ingress_rule" "search_from_indexer_9200" {
  security_group_id            = aws_security_group.search.id
  description                  = "indexer to search"
  referenced_security_group_id = aws_security_group.indexer.id
  ip_protocol                  = "tcp"
  from_port                    = 9200
  to_port                      = 9200

  tags = {
    "Name"                 = "orders-search-from-indexer-9200"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_vpc_security_group_ingress_rule.search_from_indexer_9200"
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

resource "aws_vpc_security_group_ingress_rule" "webserver_from_monitoring_9100" {
  security_group_id            = aws_security_group.webserver.id
  description                  = "the machines' own metrics"
  referenced_security_group_id = aws_security_group.monitoring.id
  ip_protocol                  = "tcp"
  from_port                    = 9100
  to_port                      = 9100

  tags = {
    "Name"                 = "orders-webserver-from-monitoring-9100"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_vpc_security_group_ingress_rule.webserver_from_monitoring_9100"
  }
}

resource "aws_vpc_security_group_ingress_rule" "webserver_from_monitoring_8081" {
  security_group_id            = aws_security_group.webserver.id
  description                  = "health checks"
  referenced_security_group_id = aws_security_group.monitoring.id
  ip_protocol                  = "tcp"
  from_port                    = 8081
  to_port                      = 8081

  tags = {
    "Name"                 = "orders-webserver-from-monitoring-8081"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_vpc_security_group_ingress_rule.webserver_from_monitoring_8081"
  }
}

resource "aws_vpc_security_group_ingress_rule" "executor_from_monitoring_9100" {
  security_group_id            = aws_security_group.executor.id
  description                  = "the machines' own metrics"
  referenced_security_group_id = aws_security_group.monitoring.id
  ip_protocol                  = "tcp"
  from_port                    = 9100
  to_port                      = 9100

  tags = {
    "Name"                 = "orders-executor-from-monitoring-9100"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_vpc_security_group_ingress_rule.executor_from_monitoring_9100"
  }
}

resource "aws_vpc_security_group_ingress_rule" "executor_from_monitoring_8081" {
  security_group_id            = aws_security_group.executor.id
  description                  = "health checks"
  referenced_security_group_id = aws_security_group.monitoring.id
  ip_protocol                  = "tcp"
  from_port                    = 8081
  to_port                      = 8081

  tags = {
    "Name"                 = "orders-executor-from-monitoring-8081"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_vpc_security_group_ingress_rule.executor_from_monitoring_8081"
  }
}

resource "aws_vpc_security_group_ingress_rule" "scheduler_from_monitoring_9100" {
  security_group_id            = aws_security_group.scheduler.id
  description                  = "the machines' own metrics"
  referenced_security_group_id = aws_security_group.monitoring.id
  ip_protocol                  = "tcp"
  from_port                    = 9100
  to_port                      = 9100

  tags = {
    "Name"                 = "orders-scheduler-from-monitoring-9100"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_vpc_security_group_ingress_rule.scheduler_from_monitoring_9100"
  }
}

resource "aws_vpc_security_group_ingress_rule" "scheduler_from_monitoring_8081" {
  security_group_id            = aws_security_group.scheduler.id
  description                  = "health checks"
  referenced_security_group_id = aws_security_group.monitoring.id
  ip_protocol                  = "tcp"
  from_port                    = 8081
  to_port                      = 8081

  tags = {
    "Name"                 = "orders-scheduler-from-monitoring-8081"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_vpc_security_group_ingress_rule.scheduler_from_monitoring_8081"
  }
}

resource "aws_vpc_security_group_ingress_rule" "worker_from_monitoring_9100" {
  security_group_id            = aws_security_group.worker.id
  description                  = "the machines' own metrics"
  referenced_security_group_id = aws_security_group.monitoring.id
  ip_protocol                  = "tcp"
  from_port                    = 9100
  to_port                      = 9100

  tags = {
    "Name"                 = "orders-worker-from-monitoring-9100"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_vpc_security_group_ingress_rule.worker_from_monitoring_9100"
  }
}

resource "aws_vpc_security_group_ingress_rule" "worker_from_monitoring_8081" {
  security_group_id            = aws_security_group.worker.id
  description                  = "health checks"
  referenced_security_group_id = aws_security_group.monitoring.id
  ip_protocol                  = "tcp"
  from_port                    = 8081
  to_port                      = 8081

  tags = {
    "Name"                 = "orders-worker-from-monitoring-8081"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_vpc_security_group_ingress_rule.worker_from_monitoring_8081"
  }
}

resource "aws_vpc_security_group_ingress_rule" "indexer_from_monitoring_9100" {
  security_group_id            = aws_security_group.indexer.id
  description                  = "the machines' own metrics"
  referenced_security_group_id = aws_security_group.monitoring.id
  ip_protocol                  = "tcp"
  from_port                    = 9100
  to_port                      = 9100

  tags = {
    "Name"                 = "orders-indexer-from-monitoring-9100"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_vpc_security_group_ingress_rule.indexer_from_monitoring_9100"
  }
}

resource "aws_vpc_security_group_ingress_rule" "indexer_from_monitoring_8081" {
  security_group_id            = aws_security_group.indexer.id
  description                  = "health checks"
  referenced_security_group_id = aws_security_group.monitoring.id
  ip_protocol                  = "tcp"
  from_port                    = 8081
  to_port                      = 8081

  tags = {
    "Name"                 = "orders-indexer-from-monitoring-8081"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_vpc_security_group_ingress_rule.indexer_from_monitoring_8081"
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
    "Name"                 = "orders-kafka-from-monitoring-9094"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_vpc_security_group_ingress_rule.kafka_from_monitoring_9094"
  }
}

resource "aws_vpc_security_group_ingress_rule" "search_from_monitoring_9200" {
  security_group_id            = aws_security_group.search.id
  description                  = "the cluster's health"
  referenced_security_group_id = aws_security_group.monitoring.id
  ip_protocol                  = "tcp"
  from_port                    = 9200
  to_port                      = 9200

  tags = {
    "Name"                 = "orders-search-from-monitoring-9200"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_vpc_security_group_ingress_rule.search_from_monitoring_9200"
  }
}

resource "aws_vpc_security_group_ingress_rule" "search_from_monitoring_9100" {
  security_group_id            = aws_security_group.search.id
  description                  = "the machines' own metrics"
  referenced_security_group_id = aws_security_group.monitoring.id
  ip_protocol                  = "tcp"
  from_port                    = 9100
  to_port                      = 9100

  tags = {
    "Name"                 = "orders-search-from-monitoring-9100"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_vpc_security_group_ingress_rule.search_from_monitoring_9100"
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
    "Name"                 = "orders-monitoring-from-monitoring-9100"
    "provision:deployment" = "orders"
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
    "Name"                 = "orders-monitoring-from-monitoring-9090"
    "provision:deployment" = "orders"
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
    "Name"                 = "orders-monitoring-from-monitoring-9093"
    "provision:deployment" = "orders"
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
    "Name"                 = "orders-monitoring-from-monitoring-9094"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_vpc_security_group_ingress_rule.monitoring_from_monitoring_9094"
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

resource "aws_vpc_security_group_egress_rule" "webserver_to_search_9200" {
  security_group_id            = aws_security_group.webserver.id
  description                  = "webserver to search"
  referenced_security_group_id = aws_security_group.search.id
  ip_protocol                  = "tcp"
  from_port                    = 9200
  to_port                      = 9200

  tags = {
    "Name"                 = "orders-webserver-to-search-9200"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_vpc_security_group_egress_rule.webserver_to_search_9200"
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

resource "aws_vpc_security_group_egress_rule" "indexer_to_search_9200" {
  security_group_id            = aws_security_group.indexer.id
  description                  = "indexer to search"
  referenced_security_group_id = aws_security_group.search.id
  ip_protocol                  = "tcp"
  from_port                    = 9200
  to_port                      = 9200

  tags = {
    "Name"                 = "orders-indexer-to-search-9200"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_vpc_security_group_egress_rule.indexer_to_search_9200"
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

resource "aws_vpc_security_group_egress_rule" "monitoring_to_webserver_9100" {
  security_group_id            = aws_security_group.monitoring.id
  description                  = "the machines' own metrics"
  referenced_security_group_id = aws_security_group.webserver.id
  ip_protocol                  = "tcp"
  from_port                    = 9100
  to_port                      = 9100

  tags = {
    "Name"                 = "orders-monitoring-to-webserver-9100"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_vpc_security_group_egress_rule.monitoring_to_webserver_9100"
  }
}

resource "aws_vpc_security_group_egress_rule" "monitoring_to_webserver_8081" {
  security_group_id            = aws_security_group.monitoring.id
  description                  = "health checks"
  referenced_security_group_id = aws_security_group.webserver.id
  ip_protocol                  = "tcp"
  from_port                    = 8081
  to_port                      = 8081

  tags = {
    "Name"                 = "orders-monitoring-to-webserver-8081"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_vpc_security_group_egress_rule.monitoring_to_webserver_8081"
  }
}

resource "aws_vpc_security_group_egress_rule" "monitoring_to_executor_9100" {
  security_group_id            = aws_security_group.monitoring.id
  description                  = "the machines' own metrics"
  referenced_security_group_id = aws_security_group.executor.id
  ip_protocol                  = "tcp"
  from_port                    = 9100
  to_port                      = 9100

  tags = {
    "Name"                 = "orders-monitoring-to-executor-9100"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_vpc_security_group_egress_rule.monitoring_to_executor_9100"
  }
}

resource "aws_vpc_security_group_egress_rule" "monitoring_to_executor_8081" {
  security_group_id            = aws_security_group.monitoring.id
  description                  = "health checks"
  referenced_security_group_id = aws_security_group.executor.id
  ip_protocol                  = "tcp"
  from_port                    = 8081
  to_port                      = 8081

  tags = {
    "Name"                 = "orders-monitoring-to-executor-8081"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_vpc_security_group_egress_rule.monitoring_to_executor_8081"
  }
}

resource "aws_vpc_security_group_egress_rule" "monitoring_to_scheduler_9100" {
  security_group_id            = aws_security_group.monitoring.id
  description                  = "the machines' own metrics"
  referenced_security_group_id = aws_security_group.scheduler.id
  ip_protocol                  = "tcp"
  from_port                    = 9100
  to_port                      = 9100

  tags = {
    "Name"                 = "orders-monitoring-to-scheduler-9100"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_vpc_security_group_egress_rule.monitoring_to_scheduler_9100"
  }
}

resource "aws_vpc_security_group_egress_rule" "monitoring_to_scheduler_8081" {
  security_group_id            = aws_security_group.monitoring.id
  description                  = "health checks"
  referenced_security_group_id = aws_security_group.scheduler.id
  ip_protocol                  = "tcp"
  from_port                    = 8081
  to_port                      = 8081

  tags = {
    "Name"                 = "orders-monitoring-to-scheduler-8081"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_vpc_security_group_egress_rule.monitoring_to_scheduler_8081"
  }
}

resource "aws_vpc_security_group_egress_rule" "monitoring_to_worker_9100" {
  security_group_id            = aws_security_group.monitoring.id
  description                  = "the machines' own metrics"
  referenced_security_group_id = aws_security_group.worker.id
  ip_protocol                  = "tcp"
  from_port                    = 9100
  to_port                      = 9100

  tags = {
    "Name"                 = "orders-monitoring-to-worker-9100"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_vpc_security_group_egress_rule.monitoring_to_worker_9100"
  }
}

resource "aws_vpc_security_group_egress_rule" "monitoring_to_worker_8081" {
  security_group_id            = aws_security_group.monitoring.id
  description                  = "health checks"
  referenced_security_group_id = aws_security_group.worker.id
  ip_protocol                  = "tcp"
  from_port                    = 8081
  to_port                      = 8081

  tags = {
    "Name"                 = "orders-monitoring-to-worker-8081"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_vpc_security_group_egress_rule.monitoring_to_worker_8081"
  }
}

resource "aws_vpc_security_group_egress_rule" "monitoring_to_indexer_9100" {
  security_group_id            = aws_security_group.monitoring.id
  description                  = "the machines' own metrics"
  referenced_security_group_id = aws_security_group.indexer.id
  ip_protocol                  = "tcp"
  from_port                    = 9100
  to_port                      = 9100

  tags = {
    "Name"                 = "orders-monitoring-to-indexer-9100"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_vpc_security_group_egress_rule.monitoring_to_indexer_9100"
  }
}

resource "aws_vpc_security_group_egress_rule" "monitoring_to_indexer_8081" {
  security_group_id            = aws_security_group.monitoring.id
  description                  = "health checks"
  referenced_security_group_id = aws_security_group.indexer.id
  ip_protocol                  = "tcp"
  from_port                    = 8081
  to_port                      = 8081

  tags = {
    "Name"                 = "orders-monitoring-to-indexer-8081"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_vpc_security_group_egress_rule.monitoring_to_indexer_8081"
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
    "Name"                 = "orders-monitoring-to-kafka-9094"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_vpc_security_group_egress_rule.monitoring_to_kafka_9094"
  }
}

resource "aws_vpc_security_group_egress_rule" "monitoring_to_search_9200" {
  security_group_id            = aws_security_group.monitoring.id
  description                  = "the cluster's health"
  referenced_security_group_id = aws_security_group.search.id
  ip_protocol                  = "tcp"
  from_port                    = 9200
  to_port                      = 9200

  tags = {
    "Name"                 = "orders-monitoring-to-search-9200"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_vpc_security_group_egress_rule.monitoring_to_search_9200"
  }
}

resource "aws_vpc_security_group_egress_rule" "monitoring_to_search_9100" {
  security_group_id            = aws_security_group.monitoring.id
  description                  = "the machines' own metrics"
  referenced_security_group_id = aws_security_group.search.id
  ip_protocol                  = "tcp"
  from_port                    = 9100
  to_port                      = 9100

  tags = {
    "Name"                 = "orders-monitoring-to-search-9100"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_vpc_security_group_egress_rule.monitoring_to_search_9100"
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
    "Name"                 = "orders-monitoring-to-monitoring-9100"
    "provision:deployment" = "orders"
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
    "Name"                 = "orders-monitoring-to-monitoring-9090"
    "provision:deployment" = "orders"
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
    "Name"                 = "orders-monitoring-to-monitoring-9093"
    "provision:deployment" = "orders"
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
    "Name"                 = "orders-monitoring-to-monitoring-9094"
    "provision:deployment" = "orders"
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
    "Name"                 = "orders-monitoring-to-anywhere-443"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_vpc_security_group_egress_rule.monitoring_to_anywhere_443"
  }
}
