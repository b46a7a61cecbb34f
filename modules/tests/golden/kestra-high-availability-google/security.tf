# Who may connect to whom. A port is open only because somebody needs it: each rule says who. Both ends are named by
# the identity of their machines, so that an address alone opens nothing.

# In

resource "google_compute_firewall" "webserver_from_load_balancer_8080" {
  name                    = "orders-webserver-from-load-balancer-8080"
  network                 = google_compute_network.main.id
  description             = "ui"
  direction               = "INGRESS"
  target_service_accounts = [google_service_account.webserver.email]
  source_ranges           = ["10.0.128.0/19"]

  allow {
    protocol = "tcp"
    ports    = ["8080"]
  }
}

resource "google_compute_firewall" "webserver_from_load_balancer_8081" {
  name                    = "orders-webserver-from-load-balancer-8081"
  network                 = google_compute_network.main.id
  description             = "management"
  direction               = "INGRESS"
  target_service_accounts = [google_service_account.webserver.email]
  source_ranges           = ["10.0.128.0/19"]

  allow {
    protocol = "tcp"
    ports    = ["8081"]
  }
}

resource "google_compute_firewall" "kafka_from_webserver_9092" {
  name                    = "orders-kafka-from-webserver-9092"
  network                 = google_compute_network.main.id
  description             = "webserver to queue"
  direction               = "INGRESS"
  target_service_accounts = [google_service_account.kafka_broker.email, google_service_account.kafka_controller.email]
  source_service_accounts = [google_service_account.webserver.email]

  allow {
    protocol = "tcp"
    ports    = ["9092"]
  }
}

resource "google_compute_firewall" "search_from_webserver_9200" {
  name                    = "orders-search-from-webserver-9200"
  network                 = google_compute_network.main.id
  description             = "webserver to search"
  direction               = "INGRESS"
  target_service_accounts = [google_service_account.search_data.email, google_service_account.search_master.email]
  source_service_accounts = [google_service_account.webserver.email]

  allow {
    protocol = "tcp"
    ports    = ["9200"]
  }
}

resource "google_compute_firewall" "kafka_from_executor_9092" {
  name                    = "orders-kafka-from-executor-9092"
  network                 = google_compute_network.main.id
  description             = "executor to queue"
  direction               = "INGRESS"
  target_service_accounts = [google_service_account.kafka_broker.email, google_service_account.kafka_controller.email]
  source_service_accounts = [google_service_account.executor.email]

  allow {
    protocol = "tcp"
    ports    = ["9092"]
  }
}

resource "google_compute_firewall" "kafka_from_scheduler_9092" {
  name                    = "orders-kafka-from-scheduler-9092"
  network                 = google_compute_network.main.id
  description             = "scheduler to queue"
  direction               = "INGRESS"
  target_service_accounts = [google_service_account.kafka_broker.email, google_service_account.kafka_controller.email]
  source_service_accounts = [google_service_account.scheduler.email]

  allow {
    protocol = "tcp"
    ports    = ["9092"]
  }
}

resource "google_compute_firewall" "kafka_from_worker_9092" {
  name                    = "orders-kafka-from-worker-9092"
  network                 = google_compute_network.main.id
  description             = "worker to queue"
  direction               = "INGRESS"
  target_service_accounts = [google_service_account.kafka_broker.email, google_service_account.kafka_controller.email]
  source_service_accounts = [google_service_account.worker.email]

  allow {
    protocol = "tcp"
    ports    = ["9092"]
  }
}

resource "google_compute_firewall" "kafka_from_indexer_9092" {
  name                    = "orders-kafka-from-indexer-9092"
  network                 = google_compute_network.main.id
  description             = "indexer to queue"
  direction               = "INGRESS"
  target_service_accounts = [google_service_account.kafka_broker.email, google_service_account.kafka_controller.email]
  source_service_accounts = [google_service_account.indexer.email]

  allow {
    protocol = "tcp"
    ports    = ["9092"]
  }
}

resource "google_compute_firewall" "search_from_indexer_9200" {
  name                    = "orders-search-from-indexer-9200"
  network                 = google_compute_network.main.id
  description             = "indexer to search"
  direction               = "INGRESS"
  target_service_accounts = [google_service_account.search_data.email, google_service_account.search_master.email]
  source_service_accounts = [google_service_account.indexer.email]

  allow {
    protocol = "tcp"
    ports    = ["9200"]
  }
}

resource "google_compute_firewall" "kafka_from_kafka_9092" {
  name                    = "orders-kafka-from-kafka-9092"
  network                 = google_compute_network.main.id
  description             = "brokers and controllers"
  direction               = "INGRESS"
  target_service_accounts = [google_service_account.kafka_broker.email, google_service_account.kafka_controller.email]
  source_service_accounts = [google_service_account.kafka_broker.email, google_service_account.kafka_controller.email]

  allow {
    protocol = "tcp"
    ports    = ["9092"]
  }
}

resource "google_compute_firewall" "kafka_from_kafka_9093" {
  name                    = "orders-kafka-from-kafka-9093"
  network                 = google_compute_network.main.id
  description             = "brokers and controllers"
  direction               = "INGRESS"
  target_service_accounts = [google_service_account.kafka_broker.email, google_service_account.kafka_controller.email]
  source_service_accounts = [google_service_account.kafka_broker.email, google_service_account.kafka_controller.email]

  allow {
    protocol = "tcp"
    ports    = ["9093"]
  }
}

resource "google_compute_firewall" "search_from_search_9200" {
  name                    = "orders-search-from-search-9200"
  network                 = google_compute_network.main.id
  description             = "nodes of the cluster"
  direction               = "INGRESS"
  target_service_accounts = [google_service_account.search_data.email, google_service_account.search_master.email]
  source_service_accounts = [google_service_account.search_data.email, google_service_account.search_master.email]

  allow {
    protocol = "tcp"
    ports    = ["9200"]
  }
}

resource "google_compute_firewall" "search_from_search_9300" {
  name                    = "orders-search-from-search-9300"
  network                 = google_compute_network.main.id
  description             = "nodes of the cluster"
  direction               = "INGRESS"
  target_service_accounts = [google_service_account.search_data.email, google_service_account.search_master.email]
  source_service_accounts = [google_service_account.search_data.email, google_service_account.search_master.email]

  allow {
    protocol = "tcp"
    ports    = ["9300"]
  }
}

resource "google_compute_firewall" "webserver_from_monitoring_9100" {
  name                    = "orders-webserver-from-monitoring-9100"
  network                 = google_compute_network.main.id
  description             = "the machines' own metrics"
  direction               = "INGRESS"
  target_service_accounts = [google_service_account.webserver.email]
  source_service_accounts = [google_service_account.monitoring.email]

  allow {
    protocol = "tcp"
    ports    = ["9100"]
  }
}

resource "google_compute_firewall" "webserver_from_monitoring_8081" {
  name                    = "orders-webserver-from-monitoring-8081"
  network                 = google_compute_network.main.id
  description             = "health checks"
  direction               = "INGRESS"
  target_service_accounts = [google_service_account.webserver.email]
  source_service_accounts = [google_service_account.monitoring.email]

  allow {
    protocol = "tcp"
    ports    = ["8081"]
  }
}

resource "google_compute_firewall" "executor_from_monitoring_9100" {
  name                    = "orders-executor-from-monitoring-9100"
  network                 = google_compute_network.main.id
  description             = "the machines' own metrics"
  direction               = "INGRESS"
  target_service_accounts = [google_service_account.executor.email]
  source_service_accounts = [google_service_account.monitoring.email]

  allow {
    protocol = "tcp"
    ports    = ["9100"]
  }
}

resource "google_compute_firewall" "executor_from_monitoring_8081" {
  name                    = "orders-executor-from-monitoring-8081"
  network                 = google_compute_network.main.id
  description             = "health checks"
  direction               = "INGRESS"
  target_service_accounts = [google_service_account.executor.email]
  source_service_accounts = [google_service_account.monitoring.email]

  allow {
    protocol = "tcp"
    ports    = ["8081"]
  }
}

resource "google_compute_firewall" "scheduler_from_monitoring_9100" {
  name                    = "orders-scheduler-from-monitoring-9100"
  network                 = google_compute_network.main.id
  description             = "the machines' own metrics"
  direction               = "INGRESS"
  target_service_accounts = [google_service_account.scheduler.email]
  source_service_accounts = [google_service_account.monitoring.email]

  allow {
    protocol = "tcp"
    ports    = ["9100"]
  }
}

resource "google_compute_firewall" "scheduler_from_monitoring_8081" {
  name                    = "orders-scheduler-from-monitoring-8081"
  network                 = google_compute_network.main.id
  description             = "health checks"
  direction               = "INGRESS"
  target_service_accounts = [google_service_account.scheduler.email]
  source_service_accounts = [google_service_account.monitoring.email]

  allow {
    protocol = "tcp"
    ports    = ["8081"]
  }
}

resource "google_compute_firewall" "worker_from_monitoring_9100" {
  name                    = "orders-worker-from-monitoring-9100"
  network                 = google_compute_network.main.id
  description             = "the machines' own metrics"
  direction               = "INGRESS"
  target_service_accounts = [google_service_account.worker.email]
  source_service_accounts = [google_service_account.monitoring.email]

  allow {
    protocol = "tcp"
    ports    = ["9100"]
  }
}

resource "google_compute_firewall" "worker_from_monitoring_8081" {
  name                    = "orders-worker-from-monitoring-8081"
  network                 = google_compute_network.main.id
  description             = "health checks"
  direction               = "INGRESS"
  target_service_accounts = [google_service_account.worker.email]
  source_service_accounts = [google_service_account.monitoring.email]

  allow {
    protocol = "tcp"
    ports    = ["8081"]
  }
}

resource "google_compute_firewall" "indexer_from_monitoring_9100" {
  name                    = "orders-indexer-from-monitoring-9100"
  network                 = google_compute_network.main.id
  description             = "the machines' own metrics"
  direction               = "INGRESS"
  target_service_accounts = [google_service_account.indexer.email]
  source_service_accounts = [google_service_account.monitoring.email]

  allow {
    protocol = "tcp"
    ports    = ["9100"]
  }
}

resource "google_compute_firewall" "indexer_from_monitoring_8081" {
  name                    = "orders-indexer-from-monitoring-8081"
  network                 = google_compute_network.main.id
  description             = "health checks"
  direction               = "INGRESS"
  target_service_accounts = [google_service_account.indexer.email]
  source_service_accounts = [google_service_account.monitoring.email]

  allow {
    protocol = "tcp"
    ports    = ["8081"]
  }
}

resource "google_compute_firewall" "kafka_from_monitoring_9092" {
  name                    = "orders-kafka-from-monitoring-9092"
  network                 = google_compute_network.main.id
  description             = "copies and backlog of each topic"
  direction               = "INGRESS"
  target_service_accounts = [google_service_account.kafka_broker.email, google_service_account.kafka_controller.email]
  source_service_accounts = [google_service_account.monitoring.email]

  allow {
    protocol = "tcp"
    ports    = ["9092"]
  }
}

resource "google_compute_firewall" "kafka_from_monitoring_9100" {
  name                    = "orders-kafka-from-monitoring-9100"
  network                 = google_compute_network.main.id
  description             = "the machines' own metrics"
  direction               = "INGRESS"
  target_service_accounts = [google_service_account.kafka_broker.email, google_service_account.kafka_controller.email]
  source_service_accounts = [google_service_account.monitoring.email]

  allow {
    protocol = "tcp"
    ports    = ["9100"]
  }
}

resource "google_compute_firewall" "search_from_monitoring_9200" {
  name                    = "orders-search-from-monitoring-9200"
  network                 = google_compute_network.main.id
  description             = "the cluster's health"
  direction               = "INGRESS"
  target_service_accounts = [google_service_account.search_data.email, google_service_account.search_master.email]
  source_service_accounts = [google_service_account.monitoring.email]

  allow {
    protocol = "tcp"
    ports    = ["9200"]
  }
}

resource "google_compute_firewall" "search_from_monitoring_9100" {
  name                    = "orders-search-from-monitoring-9100"
  network                 = google_compute_network.main.id
  description             = "the machines' own metrics"
  direction               = "INGRESS"
  target_service_accounts = [google_service_account.search_data.email, google_service_account.search_master.email]
  source_service_accounts = [google_service_account.monitoring.email]

  allow {
    protocol = "tcp"
    ports    = ["9100"]
  }
}

resource "google_compute_firewall" "monitoring_from_monitoring_9100" {
  name                    = "orders-monitoring-from-monitoring-9100"
  network                 = google_compute_network.main.id
  description             = "the machines' own metrics"
  direction               = "INGRESS"
  target_service_accounts = [google_service_account.monitoring.email]
  source_service_accounts = [google_service_account.monitoring.email]

  allow {
    protocol = "tcp"
    ports    = ["9100"]
  }
}

resource "google_compute_firewall" "monitoring_from_monitoring_9090" {
  name                    = "orders-monitoring-from-monitoring-9090"
  network                 = google_compute_network.main.id
  description             = "each watches the other"
  direction               = "INGRESS"
  target_service_accounts = [google_service_account.monitoring.email]
  source_service_accounts = [google_service_account.monitoring.email]

  allow {
    protocol = "tcp"
    ports    = ["9090"]
  }
}

resource "google_compute_firewall" "monitoring_from_monitoring_9093" {
  name                    = "orders-monitoring-from-monitoring-9093"
  network                 = google_compute_network.main.id
  description             = "alerts go to both"
  direction               = "INGRESS"
  target_service_accounts = [google_service_account.monitoring.email]
  source_service_accounts = [google_service_account.monitoring.email]

  allow {
    protocol = "tcp"
    ports    = ["9093"]
  }
}

resource "google_compute_firewall" "monitoring_from_monitoring_9094" {
  name                    = "orders-monitoring-from-monitoring-9094"
  network                 = google_compute_network.main.id
  description             = "so that an alert is sent once"
  direction               = "INGRESS"
  target_service_accounts = [google_service_account.monitoring.email]
  source_service_accounts = [google_service_account.monitoring.email]

  allow {
    protocol = "tcp"
    ports    = ["9094"]
  }
}

resource "google_compute_firewall" "webserver_from_health_checks_8081" {
  name                    = "orders-webserver-from-health-checks-8081"
  network                 = google_compute_network.main.id
  description             = "health checks"
  direction               = "INGRESS"
  target_service_accounts = [google_service_account.webserver.email]
  source_ranges           = ["35.191.0.0/16", "130.211.0.0/22"]

  allow {
    protocol = "tcp"
    ports    = ["8081"]
  }
}

resource "google_compute_firewall" "executor_from_health_checks_9099" {
  name                    = "orders-executor-from-health-checks-9099"
  network                 = google_compute_network.main.id
  description             = "health checks"
  direction               = "INGRESS"
  target_service_accounts = [google_service_account.executor.email]
  source_ranges           = ["35.191.0.0/16", "130.211.0.0/22"]

  allow {
    protocol = "tcp"
    ports    = ["9099"]
  }
}

resource "google_compute_firewall" "scheduler_from_health_checks_9099" {
  name                    = "orders-scheduler-from-health-checks-9099"
  network                 = google_compute_network.main.id
  description             = "health checks"
  direction               = "INGRESS"
  target_service_accounts = [google_service_account.scheduler.email]
  source_ranges           = ["35.191.0.0/16", "130.211.0.0/22"]

  allow {
    protocol = "tcp"
    ports    = ["9099"]
  }
}

resource "google_compute_firewall" "worker_from_health_checks_9099" {
  name                    = "orders-worker-from-health-checks-9099"
  network                 = google_compute_network.main.id
  description             = "health checks"
  direction               = "INGRESS"
  target_service_accounts = [google_service_account.worker.email]
  source_ranges           = ["35.191.0.0/16", "130.211.0.0/22"]

  allow {
    protocol = "tcp"
    ports    = ["9099"]
  }
}

resource "google_compute_firewall" "indexer_from_health_checks_9099" {
  name                    = "orders-indexer-from-health-checks-9099"
  network                 = google_compute_network.main.id
  description             = "health checks"
  direction               = "INGRESS"
  target_service_accounts = [google_service_account.indexer.email]
  source_ranges           = ["35.191.0.0/16", "130.211.0.0/22"]

  allow {
    protocol = "tcp"
    ports    = ["9099"]
  }
}

# A shell for operators, by Identity-Aware Proxy: who may open it is decided there, and nobody else comes from here.
resource "google_compute_firewall" "operators" {
  name                    = "orders-operators"
  network                 = google_compute_network.main.id
  description             = "operators, by Identity-Aware Proxy"
  direction               = "INGRESS"
  target_service_accounts = [google_service_account.webserver.email, google_service_account.executor.email, google_service_account.scheduler.email, google_service_account.worker.email, google_service_account.indexer.email, google_service_account.kafka_broker.email, google_service_account.kafka_controller.email, google_service_account.search_data.email, google_service_account.search_master.email, google_service_account.monitoring.email]
  source_ranges           = ["35.235.240.0/20"]

  allow {
    protocol = "tcp"
    ports    = ["22"]
  }
}

# Out

resource "google_compute_firewall" "webserver_to_kafka_9092" {
  name                    = "orders-webserver-to-kafka-9092"
  network                 = google_compute_network.main.id
  description             = "webserver to queue"
  direction               = "EGRESS"
  target_service_accounts = [google_service_account.webserver.email]
  destination_ranges      = ["10.0.0.0/17"]

  allow {
    protocol = "tcp"
    ports    = ["9092"]
  }
}

resource "google_compute_firewall" "webserver_to_search_9200" {
  name                    = "orders-webserver-to-search-9200"
  network                 = google_compute_network.main.id
  description             = "webserver to search"
  direction               = "EGRESS"
  target_service_accounts = [google_service_account.webserver.email]
  destination_ranges      = ["10.0.0.0/17"]

  allow {
    protocol = "tcp"
    ports    = ["9200"]
  }
}

resource "google_compute_firewall" "executor_to_kafka_9092" {
  name                    = "orders-executor-to-kafka-9092"
  network                 = google_compute_network.main.id
  description             = "executor to queue"
  direction               = "EGRESS"
  target_service_accounts = [google_service_account.executor.email]
  destination_ranges      = ["10.0.0.0/17"]

  allow {
    protocol = "tcp"
    ports    = ["9092"]
  }
}

resource "google_compute_firewall" "scheduler_to_kafka_9092" {
  name                    = "orders-scheduler-to-kafka-9092"
  network                 = google_compute_network.main.id
  description             = "scheduler to queue"
  direction               = "EGRESS"
  target_service_accounts = [google_service_account.scheduler.email]
  destination_ranges      = ["10.0.0.0/17"]

  allow {
    protocol = "tcp"
    ports    = ["9092"]
  }
}

resource "google_compute_firewall" "worker_to_kafka_9092" {
  name                    = "orders-worker-to-kafka-9092"
  network                 = google_compute_network.main.id
  description             = "worker to queue"
  direction               = "EGRESS"
  target_service_accounts = [google_service_account.worker.email]
  destination_ranges      = ["10.0.0.0/17"]

  allow {
    protocol = "tcp"
    ports    = ["9092"]
  }
}

resource "google_compute_firewall" "indexer_to_kafka_9092" {
  name                    = "orders-indexer-to-kafka-9092"
  network                 = google_compute_network.main.id
  description             = "indexer to queue"
  direction               = "EGRESS"
  target_service_accounts = [google_service_account.indexer.email]
  destination_ranges      = ["10.0.0.0/17"]

  allow {
    protocol = "tcp"
    ports    = ["9092"]
  }
}

resource "google_compute_firewall" "indexer_to_search_9200" {
  name                    = "orders-indexer-to-search-9200"
  network                 = google_compute_network.main.id
  description             = "indexer to search"
  direction               = "EGRESS"
  target_service_accounts = [google_service_account.indexer.email]
  destination_ranges      = ["10.0.0.0/17"]

  allow {
    protocol = "tcp"
    ports    = ["9200"]
  }
}

resource "google_compute_firewall" "kafka_to_kafka_9092" {
  name                    = "orders-kafka-to-kafka-9092"
  network                 = google_compute_network.main.id
  description             = "brokers and controllers"
  direction               = "EGRESS"
  target_service_accounts = [google_service_account.kafka_broker.email, google_service_account.kafka_controller.email]
  destination_ranges      = ["10.0.0.0/17"]

  allow {
    protocol = "tcp"
    ports    = ["9092"]
  }
}

resource "google_compute_firewall" "kafka_to_kafka_9093" {
  name                    = "orders-kafka-to-kafka-9093"
  network                 = google_compute_network.main.id
  description             = "brokers and controllers"
  direction               = "EGRESS"
  target_service_accounts = [google_service_account.kafka_broker.email, google_service_account.kafka_controller.email]
  destination_ranges      = ["10.0.0.0/17"]

  allow {
    protocol = "tcp"
    ports    = ["9093"]
  }
}

resource "google_compute_firewall" "search_to_search_9200" {
  name                    = "orders-search-to-search-9200"
  network                 = google_compute_network.main.id
  description             = "nodes of the cluster"
  direction               = "EGRESS"
  target_service_accounts = [google_service_account.search_data.email, google_service_account.search_master.email]
  destination_ranges      = ["10.0.0.0/17"]

  allow {
    protocol = "tcp"
    ports    = ["9200"]
  }
}

resource "google_compute_firewall" "search_to_search_9300" {
  name                    = "orders-search-to-search-9300"
  network                 = google_compute_network.main.id
  description             = "nodes of the cluster"
  direction               = "EGRESS"
  target_service_accounts = [google_service_account.search_data.email, google_service_account.search_master.email]
  destination_ranges      = ["10.0.0.0/17"]

  allow {
    protocol = "tcp"
    ports    = ["9300"]
  }
}

resource "google_compute_firewall" "webserver_to_anywhere_443" {
  name                    = "orders-webserver-to-anywhere-443"
  network                 = google_compute_network.main.id
  description             = "the image registry and the cloud's own services"
  direction               = "EGRESS"
  target_service_accounts = [google_service_account.webserver.email]
  destination_ranges      = ["0.0.0.0/0"]

  allow {
    protocol = "tcp"
    ports    = ["443"]
  }
}

resource "google_compute_firewall" "executor_to_anywhere_443" {
  name                    = "orders-executor-to-anywhere-443"
  network                 = google_compute_network.main.id
  description             = "the image registry and the cloud's own services"
  direction               = "EGRESS"
  target_service_accounts = [google_service_account.executor.email]
  destination_ranges      = ["0.0.0.0/0"]

  allow {
    protocol = "tcp"
    ports    = ["443"]
  }
}

resource "google_compute_firewall" "scheduler_to_anywhere_443" {
  name                    = "orders-scheduler-to-anywhere-443"
  network                 = google_compute_network.main.id
  description             = "the image registry and the cloud's own services"
  direction               = "EGRESS"
  target_service_accounts = [google_service_account.scheduler.email]
  destination_ranges      = ["0.0.0.0/0"]

  allow {
    protocol = "tcp"
    ports    = ["443"]
  }
}

resource "google_compute_firewall" "worker_to_anywhere_all" {
  name                    = "orders-worker-to-anywhere-all"
  network                 = google_compute_network.main.id
  description             = "tasks reach whatever system they are written for"
  direction               = "EGRESS"
  target_service_accounts = [google_service_account.worker.email]
  destination_ranges      = ["0.0.0.0/0"]

  allow {
    protocol = "all"
  }
}

resource "google_compute_firewall" "indexer_to_anywhere_443" {
  name                    = "orders-indexer-to-anywhere-443"
  network                 = google_compute_network.main.id
  description             = "the image registry and the cloud's own services"
  direction               = "EGRESS"
  target_service_accounts = [google_service_account.indexer.email]
  destination_ranges      = ["0.0.0.0/0"]

  allow {
    protocol = "tcp"
    ports    = ["443"]
  }
}

resource "google_compute_firewall" "kafka_to_anywhere_443" {
  name                    = "orders-kafka-to-anywhere-443"
  network                 = google_compute_network.main.id
  description             = "the image registry and the cloud's own services"
  direction               = "EGRESS"
  target_service_accounts = [google_service_account.kafka_broker.email, google_service_account.kafka_controller.email]
  destination_ranges      = ["0.0.0.0/0"]

  allow {
    protocol = "tcp"
    ports    = ["443"]
  }
}

resource "google_compute_firewall" "search_to_anywhere_443" {
  name                    = "orders-search-to-anywhere-443"
  network                 = google_compute_network.main.id
  description             = "the image registry and the cloud's own services"
  direction               = "EGRESS"
  target_service_accounts = [google_service_account.search_data.email, google_service_account.search_master.email]
  destination_ranges      = ["0.0.0.0/0"]

  allow {
    protocol = "tcp"
    ports    = ["443"]
  }
}

resource "google_compute_firewall" "monitoring_to_webserver_9100" {
  name                    = "orders-monitoring-to-webserver-9100"
  network                 = google_compute_network.main.id
  description             = "the machines' own metrics"
  direction               = "EGRESS"
  target_service_accounts = [google_service_account.monitoring.email]
  destination_ranges      = ["10.0.0.0/17"]

  allow {
    protocol = "tcp"
    ports    = ["9100"]
  }
}

resource "google_compute_firewall" "monitoring_to_webserver_8081" {
  name                    = "orders-monitoring-to-webserver-8081"
  network                 = google_compute_network.main.id
  description             = "health checks"
  direction               = "EGRESS"
  target_service_accounts = [google_service_account.monitoring.email]
  destination_ranges      = ["10.0.0.0/17"]

  allow {
    protocol = "tcp"
    ports    = ["8081"]
  }
}

resource "google_compute_firewall" "monitoring_to_executor_9100" {
  name                    = "orders-monitoring-to-executor-9100"
  network                 = google_compute_network.main.id
  description             = "the machines' own metrics"
  direction               = "EGRESS"
  target_service_accounts = [google_service_account.monitoring.email]
  destination_ranges      = ["10.0.0.0/17"]

  allow {
    protocol = "tcp"
    ports    = ["9100"]
  }
}

resource "google_compute_firewall" "monitoring_to_executor_8081" {
  name                    = "orders-monitoring-to-executor-8081"
  network                 = google_compute_network.main.id
  description             = "health checks"
  direction               = "EGRESS"
  target_service_accounts = [google_service_account.monitoring.email]
  destination_ranges      = ["10.0.0.0/17"]

  allow {
    protocol = "tcp"
    ports    = ["8081"]
  }
}

resource "google_compute_firewall" "monitoring_to_scheduler_9100" {
  name                    = "orders-monitoring-to-scheduler-9100"
  network                 = google_compute_network.main.id
  description             = "the machines' own metrics"
  direction               = "EGRESS"
  target_service_accounts = [google_service_account.monitoring.email]
  destination_ranges      = ["10.0.0.0/17"]

  allow {
    protocol = "tcp"
    ports    = ["9100"]
  }
}

resource "google_compute_firewall" "monitoring_to_scheduler_8081" {
  name                    = "orders-monitoring-to-scheduler-8081"
  network                 = google_compute_network.main.id
  description             = "health checks"
  direction               = "EGRESS"
  target_service_accounts = [google_service_account.monitoring.email]
  destination_ranges      = ["10.0.0.0/17"]

  allow {
    protocol = "tcp"
    ports    = ["8081"]
  }
}

resource "google_compute_firewall" "monitoring_to_worker_9100" {
  name                    = "orders-monitoring-to-worker-9100"
  network                 = google_compute_network.main.id
  description             = "the machines' own metrics"
  direction               = "EGRESS"
  target_service_accounts = [google_service_account.monitoring.email]
  destination_ranges      = ["10.0.0.0/17"]

  allow {
    protocol = "tcp"
    ports    = ["9100"]
  }
}

resource "google_compute_firewall" "monitoring_to_worker_8081" {
  name                    = "orders-monitoring-to-worker-8081"
  network                 = google_compute_network.main.id
  description             = "health checks"
  direction               = "EGRESS"
  target_service_accounts = [google_service_account.monitoring.email]
  destination_ranges      = ["10.0.0.0/17"]

  allow {
    protocol = "tcp"
    ports    = ["8081"]
  }
}

resource "google_compute_firewall" "monitoring_to_indexer_9100" {
  name                    = "orders-monitoring-to-indexer-9100"
  network                 = google_compute_network.main.id
  description             = "the machines' own metrics"
  direction               = "EGRESS"
  target_service_accounts = [google_service_account.monitoring.email]
  destination_ranges      = ["10.0.0.0/17"]

  allow {
    protocol = "tcp"
    ports    = ["9100"]
  }
}

resource "google_compute_firewall" "monitoring_to_indexer_8081" {
  name                    = "orders-monitoring-to-indexer-8081"
  network                 = google_compute_network.main.id
  description             = "health checks"
  direction               = "EGRESS"
  target_service_accounts = [google_service_account.monitoring.email]
  destination_ranges      = ["10.0.0.0/17"]

  allow {
    protocol = "tcp"
    ports    = ["8081"]
  }
}

resource "google_compute_firewall" "monitoring_to_kafka_9092" {
  name                    = "orders-monitoring-to-kafka-9092"
  network                 = google_compute_network.main.id
  description             = "copies and backlog of each topic"
  direction               = "EGRESS"
  target_service_accounts = [google_service_account.monitoring.email]
  destination_ranges      = ["10.0.0.0/17"]

  allow {
    protocol = "tcp"
    ports    = ["9092"]
  }
}

resource "google_compute_firewall" "monitoring_to_kafka_9100" {
  name                    = "orders-monitoring-to-kafka-9100"
  network                 = google_compute_network.main.id
  description             = "the machines' own metrics"
  direction               = "EGRESS"
  target_service_accounts = [google_service_account.monitoring.email]
  destination_ranges      = ["10.0.0.0/17"]

  allow {
    protocol = "tcp"
    ports    = ["9100"]
  }
}

resource "google_compute_firewall" "monitoring_to_search_9200" {
  name                    = "orders-monitoring-to-search-9200"
  network                 = google_compute_network.main.id
  description             = "the cluster's health"
  direction               = "EGRESS"
  target_service_accounts = [google_service_account.monitoring.email]
  destination_ranges      = ["10.0.0.0/17"]

  allow {
    protocol = "tcp"
    ports    = ["9200"]
  }
}

resource "google_compute_firewall" "monitoring_to_search_9100" {
  name                    = "orders-monitoring-to-search-9100"
  network                 = google_compute_network.main.id
  description             = "the machines' own metrics"
  direction               = "EGRESS"
  target_service_accounts = [google_service_account.monitoring.email]
  destination_ranges      = ["10.0.0.0/17"]

  allow {
    protocol = "tcp"
    ports    = ["9100"]
  }
}

resource "google_compute_firewall" "monitoring_to_monitoring_9100" {
  name                    = "orders-monitoring-to-monitoring-9100"
  network                 = google_compute_network.main.id
  description             = "the machines' own metrics"
  direction               = "EGRESS"
  target_service_accounts = [google_service_account.monitoring.email]
  destination_ranges      = ["10.0.0.0/17"]

  allow {
    protocol = "tcp"
    ports    = ["9100"]
  }
}

resource "google_compute_firewall" "monitoring_to_monitoring_9090" {
  name                    = "orders-monitoring-to-monitoring-9090"
  network                 = google_compute_network.main.id
  description             = "each watches the other"
  direction               = "EGRESS"
  target_service_accounts = [google_service_account.monitoring.email]
  destination_ranges      = ["10.0.0.0/17"]

  allow {
    protocol = "tcp"
    ports    = ["9090"]
  }
}

resource "google_compute_firewall" "monitoring_to_monitoring_9093" {
  name                    = "orders-monitoring-to-monitoring-9093"
  network                 = google_compute_network.main.id
  description             = "alerts go to both"
  direction               = "EGRESS"
  target_service_accounts = [google_service_account.monitoring.email]
  destination_ranges      = ["10.0.0.0/17"]

  allow {
    protocol = "tcp"
    ports    = ["9093"]
  }
}

resource "google_compute_firewall" "monitoring_to_monitoring_9094" {
  name                    = "orders-monitoring-to-monitoring-9094"
  network                 = google_compute_network.main.id
  description             = "so that an alert is sent once"
  direction               = "EGRESS"
  target_service_accounts = [google_service_account.monitoring.email]
  destination_ranges      = ["10.0.0.0/17"]

  allow {
    protocol = "tcp"
    ports    = ["9094"]
  }
}

resource "google_compute_firewall" "monitoring_to_anywhere_443" {
  name                    = "orders-monitoring-to-anywhere-443"
  network                 = google_compute_network.main.id
  description             = "the image registry, the cloud's own services, who is told"
  direction               = "EGRESS"
  target_service_accounts = [google_service_account.monitoring.email]
  destination_ranges      = ["0.0.0.0/0"]

  allow {
    protocol = "tcp"
    ports    = ["443"]
  }
}

# The cloud lets out whatever no rule names. These come last and refuse it.

resource "google_compute_firewall" "webserver_to_anywhere_else" {
  name                    = "orders-webserver-to-anywhere-else"
  network                 = google_compute_network.main.id
  description             = "what no other rule allows"
  direction               = "EGRESS"
  priority                = 65000
  target_service_accounts = [google_service_account.webserver.email]
  destination_ranges      = ["0.0.0.0/0"]

  deny {
    protocol = "all"
  }
}

resource "google_compute_firewall" "executor_to_anywhere_else" {
  name                    = "orders-executor-to-anywhere-else"
  network                 = google_compute_network.main.id
  description             = "what no other rule allows"
  direction               = "EGRESS"
  priority                = 65000
  target_service_accounts = [google_service_account.executor.email]
  destination_ranges      = ["0.0.0.0/0"]

  deny {
    protocol = "all"
  }
}

resource "google_compute_firewall" "scheduler_to_anywhere_else" {
  name                    = "orders-scheduler-to-anywhere-else"
  network                 = google_compute_network.main.id
  description             = "what no other rule allows"
  direction               = "EGRESS"
  priority                = 65000
  target_service_accounts = [google_service_account.scheduler.email]
  destination_ranges      = ["0.0.0.0/0"]

  deny {
    protocol = "all"
  }
}

resource "google_compute_firewall" "worker_to_anywhere_else" {
  name                    = "orders-worker-to-anywhere-else"
  network                 = google_compute_network.main.id
  description             = "what no other rule allows"
  direction               = "EGRESS"
  priority                = 65000
  target_service_accounts = [google_service_account.worker.email]
  destination_ranges      = ["0.0.0.0/0"]

  deny {
    protocol = "all"
  }
}

resource "google_compute_firewall" "indexer_to_anywhere_else" {
  name                    = "orders-indexer-to-anywhere-else"
  network                 = google_compute_network.main.id
  description             = "what no other rule allows"
  direction               = "EGRESS"
  priority                = 65000
  target_service_accounts = [google_service_account.indexer.email]
  destination_ranges      = ["0.0.0.0/0"]

  deny {
    protocol = "all"
  }
}

resource "google_compute_firewall" "kafka_to_anywhere_else" {
  name                    = "orders-kafka-to-anywhere-else"
  network                 = google_compute_network.main.id
  description             = "what no other rule allows"
  direction               = "EGRESS"
  priority                = 65000
  target_service_accounts = [google_service_account.kafka_broker.email, google_service_account.kafka_controller.email]
  destination_ranges      = ["0.0.0.0/0"]

  deny {
    protocol = "all"
  }
}

resource "google_compute_firewall" "search_to_anywhere_else" {
  name                    = "orders-search-to-anywhere-else"
  network                 = google_compute_network.main.id
  description             = "what no other rule allows"
  direction               = "EGRESS"
  priority                = 65000
  target_service_accounts = [google_service_account.search_data.email, google_service_account.search_master.email]
  destination_ranges      = ["0.0.0.0/0"]

  deny {
    protocol = "all"
  }
}

resource "google_compute_firewall" "monitoring_to_anywhere_else" {
  name                    = "orders-monitoring-to-anywhere-else"
  network                 = google_compute_network.main.id
  description             = "what no other rule allows"
  direction               = "EGRESS"
  priority                = 65000
  target_service_accounts = [google_service_account.monitoring.email]
  destination_ranges      = ["0.0.0.0/0"]

  deny {
    protocol = "all"
  }
}
