# Who may connect to whom. A port is open only because somebody needs it: each rule says who. Both ends are named by
# the identity of their machines, so that an address alone opens nothing.

# In

resource "google_compute_firewall" "server_from_load_balancer_8080" {
  name                    = "releases-server-from-load-balancer-8080"
  network                 = google_compute_network.main.id
  description             = "web"
  direction               = "INGRESS"
  target_service_accounts = [google_service_account.server.email]
  source_ranges           = ["10.0.128.0/19"]

  allow {
    protocol = "tcp"
    ports    = ["8080"]
  }
}

resource "google_compute_firewall" "server_from_health_checks_8080" {
  name                    = "releases-server-from-health-checks-8080"
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

resource "google_compute_firewall" "server_from_health_checks_9099" {
  name                    = "releases-server-from-health-checks-9099"
  network                 = google_compute_network.main.id
  description             = "health checks"
  direction               = "INGRESS"
  target_service_accounts = [google_service_account.server.email]
  source_ranges           = ["35.191.0.0/16", "130.211.0.0/22"]

  allow {
    protocol = "tcp"
    ports    = ["9099"]
  }
}

# A shell for operators, by Identity-Aware Proxy: who may open it is decided there, and nobody else comes from here.
resource "google_compute_firewall" "operators" {
  name                    = "releases-operators"
  network                 = google_compute_network.main.id
  description             = "operators, by Identity-Aware Proxy"
  direction               = "INGRESS"
  target_service_accounts = [google_service_account.server.email]
  source_ranges           = ["35.235.240.0/20"]

  allow {
    protocol = "tcp"
    ports    = ["22"]
  }
}

# Out

resource "google_compute_firewall" "server_to_database_1433" {
  name                    = "releases-server-to-database-1433"
  network                 = google_compute_network.main.id
  description             = "server to database"
  direction               = "EGRESS"
  target_service_accounts = [google_service_account.server.email]
  destination_ranges      = ["10.0.160.0/19"]

  allow {
    protocol = "tcp"
    ports    = ["1433"]
  }
}

resource "google_compute_firewall" "server_to_shared_files_2049" {
  name                    = "releases-server-to-shared-files-2049"
  network                 = google_compute_network.main.id
  description             = "the shared files"
  direction               = "EGRESS"
  target_service_accounts = [google_service_account.server.email]
  destination_ranges      = ["10.0.160.0/19"]

  allow {
    protocol = "tcp"
    ports    = ["111", "2046", "2049", "2050", "4045"]
  }
}

resource "google_compute_firewall" "server_to_anywhere_all" {
  name                    = "releases-server-to-anywhere-all"
  network                 = google_compute_network.main.id
  description             = "deployments reach their targets on ports of the targets' choice"
  direction               = "EGRESS"
  target_service_accounts = [google_service_account.server.email]
  destination_ranges      = ["0.0.0.0/0"]

  allow {
    protocol = "all"
  }
}

# The cloud lets out whatever no rule names. These come last and refuse it.

resource "google_compute_firewall" "server_to_anywhere_else" {
  name                    = "releases-server-to-anywhere-else"
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
