# How components reach each other: one address for all machines of a component, of which only those answer that are well.

{% for it in balancers %}
resource "google_compute_address" "{{ it.address.local }}" {
  name = "{{ it.address.name }}"
  address_type = "INTERNAL"
  subnetwork = {{ subnet }}

  labels = {{ it.address.tags }}
}

resource "google_compute_region_health_check" "{{ it.health_check.local }}" {
  name = "{{ it.health_check.name }}"
  check_interval_sec = {{ it.interval }}
  timeout_sec = {{ it.timeout }}
  healthy_threshold = 2
  unhealthy_threshold = {{ it.failures }}

  http_health_check {
    port = {{ it.health_port }}
    request_path = "{{ it.health_path }}"
  }
}

resource "google_compute_region_backend_service" "{{ it.service.local }}" {
  name = "{{ it.service.name }}"
  load_balancing_scheme = "INTERNAL"
  protocol = "TCP"
  network = {{ network }}
  health_checks = [google_compute_region_health_check.{{ it.health_check.local | ident }}.id]
  connection_draining_timeout_sec = 60

{% for group in it.groups %}
  backend {
    group = {{ group }}
    balancing_mode = "CONNECTION"
  }

{% endfor %}
}

resource "google_compute_forwarding_rule" "{{ it.rule.local }}" {
  name = "{{ it.rule.name }}"
  load_balancing_scheme = "INTERNAL"
  ip_protocol = "TCP"
  ip_address = google_compute_address.{{ it.address.local | ident }}.id
  ports = ["{{ it.port }}"]
  backend_service = google_compute_region_backend_service.{{ it.service.local | ident }}.id
  network = {{ network }}
  subnetwork = {{ subnet }}

  labels = {{ it.rule.tags }}
}

{% endfor %}
