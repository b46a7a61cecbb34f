# Who may connect to whom. A port is open only because somebody needs it: each rule says who. Both ends are named by
# the identity of their machines, so that an address alone opens nothing.

# In

resource "google_compute_firewall" "kafka_from_components_nodes_9092" {
  name                    = "orders-kafka-from-components-nodes-9092"
  network                 = google_compute_network.main.id
  description             = "webserver to queue"
  direction               = "INGRESS"
  target_service_accounts = [google_service_account.kafka_broker.email, google_service_account.kafka_controller.email]
  source_service_accounts = [google_service_account.components_nodes.email]
  source_ranges           = ["10.0.192.0/19"]

  allow {
    protocol = "tcp"
    ports    = ["9092"]
  }
}

resource "google_compute_firewall" "search_from_components_nodes_9200" {
  name                    = "orders-search-from-components-nodes-9200"
  network                 = google_compute_network.main.id
  description             = "webserver to search"
  direction               = "INGRESS"
  target_service_accounts = [google_service_account.search_data.email, google_service_account.search_master.email]
  source_service_accounts = [google_service_account.components_nodes.email]
  source_ranges           = ["10.0.192.0/19"]

  allow {
    protocol = "tcp"
    ports    = ["9200"]
  }
}

resource "google_compute_firewall" "components_nodes_from_components_nodes_all" {
  name                    = "orders-components-nodes-from-components-nodes-all"
  network                 = google_compute_network.main.id
  description             = "pods; who may connect to whom stands in the cluster's network policies"
  direction               = "INGRESS"
  target_service_accounts = [google_service_account.components_nodes.email]
  source_service_accounts = [google_service_account.components_nodes.email]
  source_ranges           = ["10.0.192.0/19"]

  allow {
    protocol = "tcp"
  }
}

resource "google_compute_firewall" "components_nodes_from_load_balancer_30080" {
  name                    = "orders-components-nodes-from-load-balancer-30080"
  network                 = google_compute_network.main.id
  description             = "ui"
  direction               = "INGRESS"
  target_service_accounts = [google_service_account.components_nodes.email]
  source_ranges           = ["10.0.128.0/19"]

  allow {
    protocol = "tcp"
    ports    = ["30080"]
  }
}

resource "google_compute_firewall" "components_nodes_from_load_balancer_30081" {
  name                    = "orders-components-nodes-from-load-balancer-30081"
  network                 = google_compute_network.main.id
  description             = "health checks"
  direction               = "INGRESS"
  target_service_accounts = [google_service_account.components_nodes.email]
  source_ranges           = ["10.0.128.0/19"]

  allow {
    protocol = "tcp"
    ports    = ["30081"]
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

resource "google_compute_firewall" "components_nodes_from_health_checks_30081" {
  name                    = "orders-components-nodes-from-health-checks-30081"
  network                 = google_compute_network.main.id
  description             = "health checks"
  direction               = "INGRESS"
  target_service_accounts = [google_service_account.components_nodes.email]
  source_ranges           = ["35.191.0.0/16", "130.211.0.0/22"]

  allow {
    protocol = "tcp"
    ports    = ["30081"]
  }
}

# A shell for operators, by Identity-Aware Proxy: who may open it is decided there, and nobody else comes from here.
resource "google_compute_firewall" "operators" {
  name                    = "orders-operators"
  network                 = google_compute_network.main.id
  description             = "operators, by Identity-Aware Proxy"
  direction               = "INGRESS"
  target_service_accounts = [google_service_account.kafka_broker.email, google_service_account.kafka_controller.email, google_service_account.search_data.email, google_service_account.search_master.email, google_service_account.components_nodes.email]
  source_ranges           = ["35.235.240.0/20"]

  allow {
    protocol = "tcp"
    ports    = ["22"]
  }
}

# Out

resource "google_compute_firewall" "components_nodes_to_kafka_9092" {
  name                    = "orders-components-nodes-to-kafka-9092"
  network                 = google_compute_network.main.id
  description             = "webserver to queue"
  direction               = "EGRESS"
  target_service_accounts = [google_service_account.components_nodes.email]
  destination_ranges      = ["10.0.0.0/17"]

  allow {
    protocol = "tcp"
    ports    = ["9092"]
  }
}

resource "google_compute_firewall" "components_nodes_to_search_9200" {
  name                    = "orders-components-nodes-to-search-9200"
  network                 = google_compute_network.main.id
  description             = "webserver to search"
  direction               = "EGRESS"
  target_service_accounts = [google_service_account.components_nodes.email]
  destination_ranges      = ["10.0.0.0/17"]

  allow {
    protocol = "tcp"
    ports    = ["9200"]
  }
}

resource "google_compute_firewall" "components_nodes_to_control_plane_443" {
  name                    = "orders-components-nodes-to-control-plane-443"
  network                 = google_compute_network.main.id
  description             = "the cluster's interface"
  direction               = "EGRESS"
  target_service_accounts = [google_service_account.components_nodes.email]
  destination_ranges      = ["10.0.0.0/17"]

  allow {
    protocol = "tcp"
    ports    = ["443", "8132"]
  }
}

resource "google_compute_firewall" "components_nodes_to_components_nodes_all" {
  name                    = "orders-components-nodes-to-components-nodes-all"
  network                 = google_compute_network.main.id
  description             = "pods; who may connect to whom stands in the cluster's network policies"
  direction               = "EGRESS"
  target_service_accounts = [google_service_account.components_nodes.email]
  destination_ranges      = ["10.0.0.0/17", "10.0.192.0/19"]

  allow {
    protocol = "all"
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

resource "google_compute_firewall" "components_nodes_to_anywhere_443" {
  name                    = "orders-components-nodes-to-anywhere-443"
  network                 = google_compute_network.main.id
  description             = "the image registry and the cloud's own services"
  direction               = "EGRESS"
  target_service_accounts = [google_service_account.components_nodes.email]
  destination_ranges      = ["0.0.0.0/0"]

  allow {
    protocol = "tcp"
    ports    = ["443"]
  }
}

resource "google_compute_firewall" "components_nodes_to_anywhere_all" {
  name                    = "orders-components-nodes-to-anywhere-all"
  network                 = google_compute_network.main.id
  description             = "tasks reach whatever system they are written for"
  direction               = "EGRESS"
  target_service_accounts = [google_service_account.components_nodes.email]
  destination_ranges      = ["0.0.0.0/0"]

  allow {
    protocol = "all"
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

# The cloud lets out whatever no rule names. These come last and refuse it.

resource "google_compute_firewall" "components_nodes_to_anywhere_else" {
  name                    = "orders-components-nodes-to-anywhere-else"
  network                 = google_compute_network.main.id
  description             = "what no other rule allows"
  direction               = "EGRESS"
  priority                = 65000
  target_service_accounts = [google_service_account.components_nodes.email]
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
