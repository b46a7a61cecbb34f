# Who may connect to whom. A port is open only because somebody needs it: each rule says who. Both ends are named by
# the identity of their machines, so that an address alone opens nothing.

# In

resource "google_compute_firewall" "kafka_from_execution_9092" {
  name                    = "events-kafka-from-execution-9092"
  network                 = google_compute_network.main.id
  description             = "execution to queue"
  direction               = "INGRESS"
  target_service_accounts = [google_service_account.kafka_broker.email, google_service_account.kafka_controller.email]
  source_service_accounts = [google_service_account.execution.email]

  allow {
    protocol = "tcp"
    ports    = ["9092"]
  }
}

resource "google_compute_firewall" "kafka_from_job_9092" {
  name                    = "events-kafka-from-job-9092"
  network                 = google_compute_network.main.id
  description             = "job to queue"
  direction               = "INGRESS"
  target_service_accounts = [google_service_account.kafka_broker.email, google_service_account.kafka_controller.email]
  source_service_accounts = [google_service_account.job.email]

  allow {
    protocol = "tcp"
    ports    = ["9092"]
  }
}

resource "google_compute_firewall" "kafka_from_kafka_9092" {
  name                    = "events-kafka-from-kafka-9092"
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
  name                    = "events-kafka-from-kafka-9093"
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

resource "google_compute_firewall" "execution_from_health_checks_9099" {
  name                    = "events-execution-from-health-checks-9099"
  network                 = google_compute_network.main.id
  description             = "health checks"
  direction               = "INGRESS"
  target_service_accounts = [google_service_account.execution.email]
  source_ranges           = ["35.191.0.0/16", "130.211.0.0/22"]

  allow {
    protocol = "tcp"
    ports    = ["9099"]
  }
}

resource "google_compute_firewall" "job_from_health_checks_9099" {
  name                    = "events-job-from-health-checks-9099"
  network                 = google_compute_network.main.id
  description             = "health checks"
  direction               = "INGRESS"
  target_service_accounts = [google_service_account.job.email]
  source_ranges           = ["35.191.0.0/16", "130.211.0.0/22"]

  allow {
    protocol = "tcp"
    ports    = ["9099"]
  }
}

# A shell for operators, by Identity-Aware Proxy: who may open it is decided there, and nobody else comes from here.
resource "google_compute_firewall" "operators" {
  name                    = "events-operators"
  network                 = google_compute_network.main.id
  description             = "operators, by Identity-Aware Proxy"
  direction               = "INGRESS"
  target_service_accounts = [google_service_account.execution.email, google_service_account.job.email, google_service_account.kafka_broker.email, google_service_account.kafka_controller.email]
  source_ranges           = ["35.235.240.0/20"]

  allow {
    protocol = "tcp"
    ports    = ["22"]
  }
}

# Out

resource "google_compute_firewall" "execution_to_kafka_9092" {
  name                    = "events-execution-to-kafka-9092"
  network                 = google_compute_network.main.id
  description             = "execution to queue"
  direction               = "EGRESS"
  target_service_accounts = [google_service_account.execution.email]
  destination_ranges      = ["10.0.0.0/17"]

  allow {
    protocol = "tcp"
    ports    = ["9092"]
  }
}

resource "google_compute_firewall" "job_to_kafka_9092" {
  name                    = "events-job-to-kafka-9092"
  network                 = google_compute_network.main.id
  description             = "job to queue"
  direction               = "EGRESS"
  target_service_accounts = [google_service_account.job.email]
  destination_ranges      = ["10.0.0.0/17"]

  allow {
    protocol = "tcp"
    ports    = ["9092"]
  }
}

resource "google_compute_firewall" "kafka_to_kafka_9092" {
  name                    = "events-kafka-to-kafka-9092"
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
  name                    = "events-kafka-to-kafka-9093"
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

resource "google_compute_firewall" "execution_to_anywhere_443" {
  name                    = "events-execution-to-anywhere-443"
  network                 = google_compute_network.main.id
  description             = "the image registry and the cloud's own services"
  direction               = "EGRESS"
  target_service_accounts = [google_service_account.execution.email]
  destination_ranges      = ["0.0.0.0/0"]

  allow {
    protocol = "tcp"
    ports    = ["443"]
  }
}

resource "google_compute_firewall" "job_to_anywhere_all" {
  name                    = "events-job-to-anywhere-all"
  network                 = google_compute_network.main.id
  description             = "jobs reach whatever system they are written for"
  direction               = "EGRESS"
  target_service_accounts = [google_service_account.job.email]
  destination_ranges      = ["0.0.0.0/0"]

  allow {
    protocol = "all"
  }
}

resource "google_compute_firewall" "kafka_to_anywhere_443" {
  name                    = "events-kafka-to-anywhere-443"
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

# The cloud lets out whatever no rule names. These come last and refuse it.

resource "google_compute_firewall" "execution_to_anywhere_else" {
  name                    = "events-execution-to-anywhere-else"
  network                 = google_compute_network.main.id
  description             = "what no other rule allows"
  direction               = "EGRESS"
  priority                = 65000
  target_service_accounts = [google_service_account.execution.email]
  destination_ranges      = ["0.0.0.0/0"]

  deny {
    protocol = "all"
  }
}

resource "google_compute_firewall" "job_to_anywhere_else" {
  name                    = "events-job-to-anywhere-else"
  network                 = google_compute_network.main.id
  description             = "what no other rule allows"
  direction               = "EGRESS"
  priority                = 65000
  target_service_accounts = [google_service_account.job.email]
  destination_ranges      = ["0.0.0.0/0"]

  deny {
    protocol = "all"
  }
}

resource "google_compute_firewall" "kafka_to_anywhere_else" {
  name                    = "events-kafka-to-anywhere-else"
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
