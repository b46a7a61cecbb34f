# The network: a private subnet that reaches into every zone of the region. Machines have no public addresses.

resource "google_compute_network" "{{ network.local }}" {
  name = "{{ network.name }}"
  auto_create_subnetworks = false
  routing_mode = "REGIONAL"
}

resource "google_compute_subnetwork" "{{ subnet.local }}" {
  name = "{{ subnet.name }}"
  network = google_compute_network.{{ network.local | ident }}.id
  ip_cidr_range = "{{ subnet_range }}"
  # The cloud's own services without the way through the NAT gateway.
  private_ip_google_access = true
{% if pods %}

  # Each pod has an address of the network.
  secondary_ip_range {
    range_name = "pods"
    ip_cidr_range = "{{ pods }}"
  }

  secondary_ip_range {
    range_name = "services"
    ip_cidr_range = "{{ cluster_services }}"
  }
{% endif %}

  # Which connections were made.
  log_config {
    aggregation_interval = "INTERVAL_1_MIN"
    flow_sampling = 0.5
    metadata = "INCLUDE_ALL_METADATA"
  }
}

{% if proxies %}
# Where the internal load balancer connects from.
resource "google_compute_subnetwork" "{{ proxies.local }}" {
  name = "{{ proxies.name }}"
  network = google_compute_network.{{ network.local | ident }}.id
  ip_cidr_range = "{{ proxies_range }}"
  purpose = "REGIONAL_MANAGED_PROXY"
  role = "ACTIVE"
}

{% endif %}
{% if services %}
# Where the cloud's own services, like databases, have their addresses.
resource "google_compute_global_address" "{{ services.local }}" {
  name = "{{ services.name }}"
  network = google_compute_network.{{ network.local | ident }}.id
  purpose = "VPC_PEERING"
  address_type = "INTERNAL"
  address = "{{ services_address }}"
  prefix_length = {{ services_length }}

  labels = {{ services.tags }}
}

resource "google_service_networking_connection" "{{ peering.local }}" {
  network = google_compute_network.{{ network.local | ident }}.id
  service = "servicenetworking.googleapis.com"
  reserved_peering_ranges = [google_compute_global_address.{{ services.local | ident }}.name]
  # A service that was deleted keeps its addresses for days; the connection goes with the network.
  deletion_policy = "ABANDON"
}

{% endif %}
# The way out. Cloud NAT is a service of the region: no zone takes it along when it is lost.

resource "google_compute_router" "{{ router.local }}" {
  name = "{{ router.name }}"
  network = google_compute_network.{{ network.local | ident }}.id
}

resource "google_compute_router_nat" "{{ exit.local }}" {
  name = "{{ exit.name }}"
  router = google_compute_router.{{ router.local | ident }}.name
  nat_ip_allocate_option = "AUTO_ONLY"
  source_subnetwork_ip_ranges_to_nat = "LIST_OF_SUBNETWORKS"
  # As many ports as a busy machine needs, instead of the 64 that each one starts with.
  enable_dynamic_port_allocation = true
  enable_endpoint_independent_mapping = false
  min_ports_per_vm = 64
  max_ports_per_vm = 4096

  subnetwork {
    name = google_compute_subnetwork.{{ subnet.local | ident }}.id
    source_ip_ranges_to_nat = ["ALL_IP_RANGES"]
  }

  log_config {
    enable = true
    filter = "ERRORS_ONLY"
  }
}
