# How users reach the deployment: a load balancer that belongs to no region, let alone a zone.

resource "google_compute_global_address" "main" {
  name = "clicks"

  labels = {
    "provision-deployment" = "clicks"
  }
}

# Who may come at all. The network's own rules don't see them: the cloud's front ends come in between.
resource "google_compute_security_policy" "clients" {
  name        = "clicks-clients"
  description = "Who may reach the load balancer"

  rule {
    action      = "allow"
    priority    = 1000
    description = "clients"

    match {
      versioned_expr = "SRC_IPS_V1"

      config {
        src_ip_ranges = [var.client_range]
      }
    }
  }

  rule {
    action      = "deny(403)"
    priority    = 2147483647
    description = "everybody else"

    match {
      versioned_expr = "SRC_IPS_V1"

      config {
        src_ip_ranges = ["*"]
      }
    }
  }
}

# server: gateway

resource "google_compute_health_check" "server_gateway" {
  name                = "clicks-server-gateway"
  check_interval_sec  = 10
  timeout_sec         = 5
  healthy_threshold   = 2
  unhealthy_threshold = 3

  http_health_check {
    port         = 8080
    request_path = "/health"
  }
}

resource "google_compute_backend_service" "server_gateway" {
  name                  = "clicks-server-gateway"
  load_balancing_scheme = "EXTERNAL_MANAGED"
  protocol              = "HTTP"
  port_name             = "gateway"
  health_checks         = [google_compute_health_check.server_gateway.id]
  # As long as the product's own server allows, so that the load balancer is not the one that hangs up.
  timeout_sec = 60
  # A machine that leaves gets nothing new for so long, and the group waits before it deletes it.
  connection_draining_timeout_sec = 90
  security_policy                 = google_compute_security_policy.clients.id

  backend {
    group           = google_compute_region_instance_group_manager.server_0.instance_group
    balancing_mode  = "UTILIZATION"
    capacity_scaler = 1
    max_utilization = 0.8
  }

  backend {
    group           = google_compute_region_instance_group_manager.server_1.instance_group
    balancing_mode  = "UTILIZATION"
    capacity_scaler = 1
    max_utilization = 0.8
  }

  backend {
    group           = google_compute_region_instance_group_manager.server_2.instance_group
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

resource "google_compute_ssl_policy" "main" {
  name            = "clicks"
  profile         = "MODERN"
  min_tls_version = "TLS_1_2"
}

# Port 443

resource "google_compute_url_map" "port_443" {
  name            = "clicks-port-443"
  default_service = google_compute_backend_service.server_gateway.id
}

resource "google_compute_target_https_proxy" "port_443" {
  name             = "clicks-port-443"
  url_map          = google_compute_url_map.port_443.id
  ssl_certificates = ["projects/clicks/global/sslCertificates/clicks"]
  ssl_policy       = google_compute_ssl_policy.main.id
}

resource "google_compute_global_forwarding_rule" "port_443" {
  name                  = "clicks-port-443"
  load_balancing_scheme = "EXTERNAL_MANAGED"
  ip_protocol           = "TCP"
  ip_address            = google_compute_global_address.main.id
  port_range            = "443"
  target                = google_compute_target_https_proxy.port_443.id

  labels = {
    "provision-deployment" = "clicks"
  }
}

# Port 80

resource "google_compute_url_map" "port_80" {
  name = "clicks-port-80"

  # To the same address over TLS.
  default_url_redirect {
    https_redirect         = true
    strip_query            = false
    redirect_response_code = "MOVED_PERMANENTLY_DEFAULT"
  }
}

resource "google_compute_target_http_proxy" "port_80" {
  name    = "clicks-port-80"
  url_map = google_compute_url_map.port_80.id
}

resource "google_compute_global_forwarding_rule" "port_80" {
  name                  = "clicks-port-80"
  load_balancing_scheme = "EXTERNAL_MANAGED"
  ip_protocol           = "TCP"
  ip_address            = google_compute_global_address.main.id
  port_range            = "80"
  target                = google_compute_target_http_proxy.port_80.id

  labels = {
    "provision-deployment" = "clicks"
  }
}

resource "google_dns_record_set" "main" {
  managed_zone = "example-com"
  name         = "clicks.example.com."
  type         = "A"
  ttl          = 60
  rrdatas      = [google_compute_global_address.main.address]
}
