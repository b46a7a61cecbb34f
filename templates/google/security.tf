# Who may connect to whom. A port is open only because somebody needs it: each rule says who. Both ends are named by
# the identity of their machines, so that an address alone opens nothing.

# In

{% for it in ingress %}
resource "google_compute_firewall" "{{ it.rule.local }}" {
  name = "{{ it.rule.name }}"
{% if project %}
  project = "{{ project }}"
{% endif %}
  network = {{ network }}
  description = "{{ it.why }}"
  direction = "INGRESS"
  target_service_accounts = {{ it.of }}
{% if it.accounts %}
  source_service_accounts = {{ it.accounts }}
{% endif %}
{% if it.ranges %}
  source_ranges = {{ it.ranges }}
{% endif %}

  allow {
    protocol = "tcp"
{% if it.ports %}
    ports = {{ it.ports }}
{% endif %}
  }
}

{% endfor %}
# A shell for operators, by Identity-Aware Proxy: who may open it is decided there, and nobody else comes from here.
resource "google_compute_firewall" "{{ operators.local }}" {
  name = "{{ operators.name }}"
{% if project %}
  project = "{{ project }}"
{% endif %}
  network = {{ network }}
  description = "operators, by Identity-Aware Proxy"
  direction = "INGRESS"
  target_service_accounts = {{ everybody }}
  source_ranges = ["35.235.240.0/20"]

  allow {
    protocol = "tcp"
    ports = ["22"]
  }
}

# Out

{% for it in egress %}
resource "google_compute_firewall" "{{ it.rule.local }}" {
  name = "{{ it.rule.name }}"
{% if project %}
  project = "{{ project }}"
{% endif %}
  network = {{ network }}
  description = "{{ it.why }}"
  direction = "EGRESS"
  target_service_accounts = {{ it.of }}
  destination_ranges = {{ it.ranges }}

  allow {
{% if it.ports %}
    protocol = "tcp"
    ports = {{ it.ports }}
{% else %}
    protocol = "all"
{% endif %}
  }
}

{% endfor %}
# The cloud lets out whatever no rule names. These come last and refuse it.

{% for it in refusals %}
resource "google_compute_firewall" "{{ it.rule.local }}" {
  name = "{{ it.rule.name }}"
{% if project %}
  project = "{{ project }}"
{% endif %}
  network = {{ network }}
  description = "what no other rule allows"
  direction = "EGRESS"
  priority = 65000
  target_service_accounts = {{ it.of }}
  destination_ranges = ["0.0.0.0/0"]

  deny {
    protocol = "all"
  }
}

{% endfor %}
