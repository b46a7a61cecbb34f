# How components reach each other: one address for all machines of a component, of which only those answer that are well.

resource "google_compute_address" "transformer" {
  name         = "clicks-transformer"
  address_type = "INTERNAL"
  subnetwork   = google_compute_subnetwork.private.id

  labels = {
    "provision-deployment" = "clicks"
  }
}

resource "google_compute_region_health_check" "transformer" {
  name                = "clicks-transformer"
  check_interval_sec  = 10
  timeout_sec         = 5
  healthy_threshold   = 2
  unhealthy_threshold = 3

  http_health_check {
    port         = 9090
    request_path = "/health"
  }
}

resource "google_compute_region_backend_service" "transformer" {
  name                            = "clicks-transformer"
  load_balancing_scheme           = "INTERNAL"
  protocol                        = "TCP"
  network                         = google_compute_network.main.id
  health_checks                   = [google_compute_region_health_check.transformer.id]
  connection_draining_timeout_sec = 60

  backend {
    group          = google_compute_region_instance_group_manager.transformer.instance_group
    balancing_mode = "CONNECTION"
  }
}

resource "google_compute_forwarding_rule" "transformer" {
  name                  = "clicks-transformer"
  load_balancing_scheme = "INTERNAL"
  ip_protocol           = "TCP"
  ip_address            = google_compute_address.transformer.id
  ports                 = ["9090"]
  backend_service       = google_compute_region_backend_service.transformer.id
  network               = google_compute_network.main.id
  subnetwork            = google_compute_subnetwork.private.id

  labels = {
    "provision-deployment" = "clicks"
  }
}
