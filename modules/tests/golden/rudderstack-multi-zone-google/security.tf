# Who may connect to whom. A port is open only because somebody needs it: each rule says who. Both ends are named by
# the identity of their machines, so that an address alone opens nothing.

# In

resource "google_compute_firewall" "server_from_load_balancer_8080" {
  name                    = "clicks-server-from-load-balancer-8080"
  network                 = google_compute_network.main.id
  description             = "gateway"
  direction               = "INGRESS"
  target_service_accounts = [google_service_account.server.email]
  source_ranges           = ["35.191.0.0/16", "130.211.0.0/22"]

  allow {
    protocol = "tcp"
    ports    = ["8080"]
  }
}

resource "google_compute_firewall" "transformer_from_server_9090" {
  name                    = "clicks-transformer-from-server-9090"
  network                 = google_compute_network.main.id
  description             = "transformer"
  direction               = "INGRESS"
  target_service_accounts = [google_service_account.transformer.email]
  source_service_accounts = [google_service_account.server.email]

  allow {
    protocol = "tcp"
    ports    = ["9090"]
  }
}

resource "google_compute_firewall" "server_from_monitoring_9100" {
  name                    = "clicks-server-from-monitoring-9100"
  network                 = google_compute_network.main.id
  description             = "the machines' own metrics"
  direction               = "INGRESS"
  target_service_accounts = [google_service_account.server.email]
  source_service_accounts = [google_service_account.monitoring.email]

  allow {
    protocol = "tcp"
    ports    = ["9100"]
  }
}

resource "google_compute_firewall" "server_from_monitoring_8080" {
  name                    = "clicks-server-from-monitoring-8080"
  network                 = google_compute_network.main.id
  description             = "health checks"
  direction               = "INGRESS"
  target_service_accounts = [google_service_account.server.email]
  source_service_accounts = [google_service_account.monitoring.email]

  allow {
    protocol = "tcp"
    ports    = ["8080"]
  }
}

resource "google_compute_firewall" "server_from_monitoring_9102" {
  name                    = "clicks-server-from-monitoring-9102"
  network                 = google_compute_network.main.id
  description             = "the component's metrics"
  direction               = "INGRESS"
  target_service_accounts = [google_service_account.server.email]
  source_service_accounts = [google_service_account.monitoring.email]

  allow {
    protocol = "tcp"
    ports    = ["9102"]
  }
}

resource "google_compute_firewall" "transformer_from_monitoring_9100" {
  name                    = "clicks-transformer-from-monitoring-9100"
  network                 = google_compute_network.main.id
  description             = "the machines' own metrics"
  direction               = "INGRESS"
  target_service_accounts = [google_service_account.transformer.email]
  source_service_accounts = [google_service_account.monitoring.email]

  allow {
    protocol = "tcp"
    ports    = ["9100"]
  }
}

resource "google_compute_firewall" "transformer_from_monitoring_9090" {
  name                    = "clicks-transformer-from-monitoring-9090"
  network                 = google_compute_network.main.id
  description             = "health checks"
  direction               = "INGRESS"
  target_service_accounts = [google_service_account.transformer.email]
  source_service_accounts = [google_service_account.monitoring.email]

  allow {
    protocol = "tcp"
    ports    = ["9090"]
  }
}

resource "google_compute_firewall" "monitoring_from_monitoring_9100" {
  name                    = "clicks-monitoring-from-monitoring-9100"
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
  name                    = "clicks-monitoring-from-monitoring-9090"
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
  name                    = "clicks-monitoring-from-monitoring-9093"
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
  name                    = "clicks-monitoring-from-monitoring-9094"
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

resource "google_compute_firewall" "server_from_health_checks_8080" {
  name                    = "clicks-server-from-health-checks-8080"
  network                 = google_compute_network.main.id
  description             = "health checks"
  direction               = "INGRESS"
  target_service_accounts = [google_service_account.server.email]
  source_ranges           = ["35.191.0.0/16", "130.211.0.0/22"]

  allow {
    protocol = "tcp"
    ports    = ["8080"]
  }
}

resource "google_compute_firewall" "transformer_from_health_checks_9090" {
  name                    = "clicks-transformer-from-health-checks-9090"
  network                 = google_compute_network.main.id
  description             = "health checks"
  direction               = "INGRESS"
  target_service_accounts = [google_service_account.transformer.email]
  source_ranges           = ["35.191.0.0/16", "130.211.0.0/22"]

  allow {
    protocol = "tcp"
    ports    = ["9090"]
  }
}

# A shell for operators, by Identity-Aware Proxy: who may open it is decided there, and nobody else comes from here.
resource "google_compute_firewall" "operators" {
  name                    = "clicks-operators"
  network                 = google_compute_network.main.id
  description             = "operators, by Identity-Aware Proxy"
  direction               = "INGRESS"
  target_service_accounts = [google_service_account.server.email, google_service_account.transformer.email, google_service_account.monitoring.email]
  source_ranges           = ["35.235.240.0/20"]

  allow {
    protocol = "tcp"
    ports    = ["22"]
  }
}

# Out

resource "google_compute_firewall" "server_to_database_5432" {
  name                    = "clicks-server-to-database-5432"
  network                 = google_compute_network.main.id
  description             = "server to database"
  direction               = "EGRESS"
  target_service_accounts = [google_service_account.server.email]
  destination_ranges      = ["10.0.160.0/19"]

  allow {
    protocol = "tcp"
    ports    = ["5432"]
  }
}

resource "google_compute_firewall" "server_to_transformer_balancer_9090" {
  name                    = "clicks-server-to-transformer-balancer-9090"
  network                 = google_compute_network.main.id
  description             = "transformer"
  direction               = "EGRESS"
  target_service_accounts = [google_service_account.server.email]
  destination_ranges      = ["10.0.0.0/17"]

  allow {
    protocol = "tcp"
    ports    = ["9090"]
  }
}

resource "google_compute_firewall" "server_to_anywhere_all" {
  name                    = "clicks-server-to-anywhere-all"
  network                 = google_compute_network.main.id
  description             = "events go to whatever destinations are set up"
  direction               = "EGRESS"
  target_service_accounts = [google_service_account.server.email]
  destination_ranges      = ["0.0.0.0/0"]

  allow {
    protocol = "all"
  }
}

resource "google_compute_firewall" "transformer_to_anywhere_443" {
  name                    = "clicks-transformer-to-anywhere-443"
  network                 = google_compute_network.main.id
  description             = "the image registry and the cloud's own services"
  direction               = "EGRESS"
  target_service_accounts = [google_service_account.transformer.email]
  destination_ranges      = ["0.0.0.0/0"]

  allow {
    protocol = "tcp"
    ports    = ["443"]
  }
}

resource "google_compute_firewall" "monitoring_to_server_9100" {
  name                    = "clicks-monitoring-to-server-9100"
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

resource "google_compute_firewall" "monitoring_to_server_8080" {
  name                    = "clicks-monitoring-to-server-8080"
  network                 = google_compute_network.main.id
  description             = "health checks"
  direction               = "EGRESS"
  target_service_accounts = [google_service_account.monitoring.email]
  destination_ranges      = ["10.0.0.0/17"]

  allow {
    protocol = "tcp"
    ports    = ["8080"]
  }
}

resource "google_compute_firewall" "monitoring_to_server_9102" {
  name                    = "clicks-monitoring-to-server-9102"
  network                 = google_compute_network.main.id
  description             = "the component's metrics"
  direction               = "EGRESS"
  target_service_accounts = [google_service_account.monitoring.email]
  destination_ranges      = ["10.0.0.0/17"]

  allow {
    protocol = "tcp"
    ports    = ["9102"]
  }
}

resource "google_compute_firewall" "monitoring_to_transformer_9100" {
  name                    = "clicks-monitoring-to-transformer-9100"
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

resource "google_compute_firewall" "monitoring_to_transformer_9090" {
  name                    = "clicks-monitoring-to-transformer-9090"
  network                 = google_compute_network.main.id
  description             = "health checks"
  direction               = "EGRESS"
  target_service_accounts = [google_service_account.monitoring.email]
  destination_ranges      = ["10.0.0.0/17"]

  allow {
    protocol = "tcp"
    ports    = ["9090"]
  }
}

resource "google_compute_firewall" "monitoring_to_database_5432" {
  name                    = "clicks-monitoring-to-database-5432"
  network                 = google_compute_network.main.id
  description             = "whether it answers"
  direction               = "EGRESS"
  target_service_accounts = [google_service_account.monitoring.email]
  destination_ranges      = ["10.0.160.0/19"]

  allow {
    protocol = "tcp"
    ports    = ["5432"]
  }
}

resource "google_compute_firewall" "monitoring_to_monitoring_9100" {
  name                    = "clicks-monitoring-to-monitoring-9100"
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
  name                    = "clicks-monitoring-to-monitoring-9090"
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
  name                    = "clicks-monitoring-to-monitoring-9093"
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
  name                    = "clicks-monitoring-to-monitoring-9094"
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
  name                    = "clicks-monitoring-to-anywhere-443"
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

resource "google_compute_firewall" "monitoring_to_anywhere_587" {
  name                    = "clicks-monitoring-to-anywhere-587"
  network                 = google_compute_network.main.id
  description             = "mail"
  direction               = "EGRESS"
  target_service_accounts = [google_service_account.monitoring.email]
  destination_ranges      = ["0.0.0.0/0"]

  allow {
    protocol = "tcp"
    ports    = ["587"]
  }
}

# The cloud lets out whatever no rule names. These come last and refuse it.

resource "google_compute_firewall" "server_to_anywhere_else" {
  name                    = "clicks-server-to-anywhere-else"
  network                 = google_compute_network.main.id
  description             = "what no other rule allows"
  direction               = "EGRESS"
  priority                = 65000
  target_service_accounts = [google_service_account.server.email]
  destination_ranges      = ["0.0.0.0/0"]

  deny {
    protocol = "all"
  }
}

resource "google_compute_firewall" "transformer_to_anywhere_else" {
  name                    = "clicks-transformer-to-anywhere-else"
  network                 = google_compute_network.main.id
  description             = "what no other rule allows"
  direction               = "EGRESS"
  priority                = 65000
  target_service_accounts = [google_service_account.transformer.email]
  destination_ranges      = ["0.0.0.0/0"]

  deny {
    protocol = "all"
  }
}

resource "google_compute_firewall" "monitoring_to_anywhere_else" {
  name                    = "clicks-monitoring-to-anywhere-else"
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
