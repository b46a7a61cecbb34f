# How the network's users reach the deployment: a load balancer of the region, in all of its zones.

resource "google_compute_address" "main" {
  name         = "orders"
  address_type = "INTERNAL"
  subnetwork   = google_compute_subnetwork.private.id

  labels = {
    "provision-deployment" = "orders"
  }
}

# webserver: ui

resource "google_compute_region_health_check" "webserver_ui" {
  name                = "orders-webserver-ui"
  check_interval_sec  = 5
  timeout_sec         = 5
  healthy_threshold   = 2
  unhealthy_threshold = 3

  http_health_check {
    # Not the port that users reach: health has one of its own.
    port         = 8081
    request_path = "/health"
  }
}

resource "google_compute_region_backend_service" "webserver_ui" {
  name                  = "orders-webserver-ui"
  load_balancing_scheme = "INTERNAL_MANAGED"
  protocol              = "HTTP"
  port_name             = "ui"
  health_checks         = [google_compute_region_health_check.webserver_ui.id]
  # As long as the product's own server allows, so that the load balancer is not the one that hangs up.
  timeout_sec = 3600
  # A machine that leaves gets nothing new for so long, and the group waits before it deletes it.
  connection_draining_timeout_sec = 390

  backend {
    group           = google_compute_region_instance_group_manager.webserver.instance_group
    balancing_mode  = "UTILIZATION"
    capacity_scaler = 1
    max_utilization = 0.8
  }

  # Who asked for what.
  log_config {
    enable      = true
    sample_rate = 1
  }
}

# Port 80

resource "google_compute_region_url_map" "port_80" {
  name            = "orders-port-80"
  default_service = google_compute_region_backend_service.webserver_ui.id
}

resource "google_compute_region_target_http_proxy" "port_80" {
  name    = "orders-port-80"
  url_map = google_compute_region_url_map.port_80.id
}

resource "google_compute_forwarding_rule" "port_80" {
  name                  = "orders-port-80"
  load_balancing_scheme = "INTERNAL_MANAGED"
  ip_protocol           = "TCP"
  ip_address            = google_compute_address.main.id
  port_range            = "80"
  target                = google_compute_region_target_http_proxy.port_80.id
  network               = google_compute_network.main.id
  subnetwork            = google_compute_subnetwork.private.id

  labels = {
    "provision-deployment" = "orders"
  }

  # Nothing refers to the subnet that it connects from, and yet it has to be there first.
  depends_on = [google_compute_subnetwork.proxies]
}
