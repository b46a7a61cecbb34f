{% if internal %}
# How the network's users reach the deployment: a load balancer of the region, in all of its zones.

resource "{{ kinds.address }}" "{{ address.local }}" {
  name = "{{ address.name }}"
  address_type = "INTERNAL"
  subnetwork = {{ subnet }}
{% if shares_address %}
  purpose = "SHARED_LOADBALANCER_VIP"
{% endif %}

  labels = {{ address.tags }}
}
{% else %}
# How users reach the deployment: a load balancer that belongs to no region, let alone a zone.

resource "{{ kinds.address }}" "{{ address.local }}" {
  name = "{{ address.name }}"

  labels = {{ address.tags }}
}

# Who may come at all. The network's own rules don't see them: the cloud's front ends come in between.
resource "google_compute_security_policy" "{{ policy.local }}" {
  name = "{{ policy.name }}"
  description = "Who may reach the load balancer"

  rule {
    action = "allow"
    priority = 1000
    description = "clients"

    match {
      versioned_expr = "SRC_IPS_V1"

      config {
        src_ip_ranges = [var.client_range]
      }
    }
  }

  rule {
    action = "deny(403)"
    priority = 2147483647
    description = "everybody else"

    match {
      versioned_expr = "SRC_IPS_V1"

      config {
        src_ip_ranges = ["*"]
      }
    }
  }
}
{% endif %}

{% for it in targets %}
# {{ it.component }}: {{ it.purpose }}

resource "{{ kinds.health_check }}" "{{ it.health_check.local }}" {
  name = "{{ it.health_check.name }}"
  check_interval_sec = {{ it.interval }}
  timeout_sec = {{ it.timeout }}
  healthy_threshold = 2
  unhealthy_threshold = {{ it.failures }}

{% if it.draining_status %}
  # A node that finishes its work answers {{ it.draining_status }}, which takes it out (OCT-15).
{% endif %}
  http_health_check {
{% if it.health_port != it.port %}
    # Not the port that users reach: health has one of its own.
{% endif %}
    port = {{ it.health_port }}
    request_path = "{{ it.health_path }}"
  }
}

resource "{{ kinds.service }}" "{{ it.service.local }}" {
  name = "{{ it.service.name }}"
  load_balancing_scheme = "{{ scheme }}"
{% if it.passes_through %}
  protocol = "TCP"
{% else %}
  protocol = "HTTP"
{% endif %}
  port_name = "{{ it.port_name }}"
  health_checks = [{{ kinds.health_check | ident }}.{{ it.health_check.local | ident }}.id]
  # As long as the product's own server allows, so that the load balancer is not the one that hangs up.
  timeout_sec = {{ it.idle_timeout }}
  # A machine that leaves gets nothing new for so long, and the group waits before it deletes it.
  connection_draining_timeout_sec = {{ it.drain }}
{% if policy %}
  security_policy = google_compute_security_policy.{{ policy.local | ident }}.id
{% endif %}

{% for group in it.groups %}
  backend {
    group = {{ group }}
    balancing_mode = "UTILIZATION"
    capacity_scaler = 1
    max_utilization = 0.8
  }

{% endfor %}
{% if internal and it.passes_through %}
{% else %}
  # Who asked for what.
  log_config {
    enable = true
    sample_rate = 1
  }
{% endif %}
}

{% endfor %}
{% if tls %}
resource "{{ kinds.tls }}" "{{ tls.local }}" {
  name = "{{ tls.name }}"
  profile = "MODERN"
  min_tls_version = "TLS_1_2"
}

{% endif %}
{% for it in entries %}
# Port {{ it.port }}

{% if it.passes_through %}
# As it comes: whoever connects speaks with the product itself.
resource "{{ kinds.tcp_proxy }}" "{{ it.proxy.local }}" {
  name = "{{ it.proxy.name }}"
  backend_service = {{ kinds.service | ident }}.{{ it.service | ident }}.id
}
{% else %}
resource "{{ kinds.map }}" "{{ it.map.local }}" {
  name = "{{ it.map.name }}"
{% if it.redirects %}

  # To the same address over TLS.
  default_url_redirect {
    https_redirect = true
    strip_query = false
    redirect_response_code = "MOVED_PERMANENTLY_DEFAULT"
  }
{% else %}
  default_service = {{ kinds.service | ident }}.{{ it.service | ident }}.id
{% endif %}
}

{% if it.ends_tls %}
resource "{{ kinds.https_proxy }}" "{{ it.proxy.local }}" {
  name = "{{ it.proxy.name }}"
  url_map = {{ kinds.map | ident }}.{{ it.map.local | ident }}.id
{% if certificate_map %}
  certificate_map = "{{ certificate_map }}"
{% else %}
  ssl_certificates = ["{{ certificate }}"]
{% endif %}
  ssl_policy = {{ kinds.tls | ident }}.{{ tls.local | ident }}.id
}
{% else %}
resource "{{ kinds.http_proxy }}" "{{ it.proxy.local }}" {
  name = "{{ it.proxy.name }}"
  url_map = {{ kinds.map | ident }}.{{ it.map.local | ident }}.id
}
{% endif %}
{% endif %}

resource "{{ kinds.rule }}" "{{ it.rule.local }}" {
  name = "{{ it.rule.name }}"
  load_balancing_scheme = "{{ scheme }}"
  ip_protocol = "TCP"
  ip_address = {{ kinds.address | ident }}.{{ address.local | ident }}.id
  port_range = "{{ it.port }}"
{% if it.passes_through %}
  target = {{ kinds.tcp_proxy | ident }}.{{ it.proxy.local | ident }}.id
{% elif it.ends_tls %}
  target = {{ kinds.https_proxy | ident }}.{{ it.proxy.local | ident }}.id
{% else %}
  target = {{ kinds.http_proxy | ident }}.{{ it.proxy.local | ident }}.id
{% endif %}
{% if internal %}
  network = {{ network }}
  subnetwork = {{ subnet }}
{% endif %}

  labels = {{ it.rule.tags }}
{% if proxies_first %}

  # Nothing refers to the subnet that it connects from, and yet it has to be there first.
  depends_on = [google_compute_subnetwork.proxies]
{% endif %}
}

{% endfor %}
{% if alias %}
resource "google_dns_record_set" "main" {
  managed_zone = "{{ alias.zone }}"
  name = "{{ alias.hostname }}."
  type = "A"
  ttl = 60
  rrdatas = [{{ kinds.address | ident }}.{{ address.local | ident }}.address]
}
{% endif %}
