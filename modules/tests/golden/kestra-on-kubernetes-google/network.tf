# The network: a private subnet that reaches into every zone of the region. Machines have no public addresses.

resource "google_compute_network" "main" {
  name                    = "orders"
  auto_create_subnetworks = false
  routing_mode            = "REGIONAL"
}

resource "google_compute_subnetwork" "private" {
  name          = "orders-private"
  network       = google_compute_network.main.id
  ip_cidr_range = "10.0.0.0/17"
  # The cloud's own services without the way through the NAT gateway.
  private_ip_google_access = true

  # Each pod has an address of the network.
  secondary_ip_range {
    range_name    = "pods"
    ip_cidr_range = "10.0.192.0/19"
  }

  secondary_ip_range {
    range_name    = "services"
    ip_cidr_range = "10.0.224.0/19"
  }

  # Which connections were made.
  log_config {
    aggregation_interval = "INTERVAL_1_MIN"
    flow_sampling        = 0.5
    metadata             = "INCLUDE_ALL_METADATA"
  }
}

# Where the internal load balancer connects from.
resource "google_compute_subnetwork" "proxies" {
  name          = "orders-proxies"
  network       = google_compute_network.main.id
  ip_cidr_range = "10.0.128.0/19"
  purpose       = "REGIONAL_MANAGED_PROXY"
  role          = "ACTIVE"
}

# The way out. Cloud NAT is a service of the region: no zone takes it along when it is lost.

resource "google_compute_router" "main" {
  name    = "orders"
  network = google_compute_network.main.id
}

resource "google_compute_router_nat" "exit" {
  name                               = "orders-exit"
  router                             = google_compute_router.main.name
  nat_ip_allocate_option             = "AUTO_ONLY"
  source_subnetwork_ip_ranges_to_nat = "LIST_OF_SUBNETWORKS"
  # As many ports as a busy machine needs, instead of the 64 that each one starts with.
  enable_dynamic_port_allocation      = true
  enable_endpoint_independent_mapping = false
  min_ports_per_vm                    = 64
  max_ports_per_vm                    = 4096

  subnetwork {
    name                    = google_compute_subnetwork.private.id
    source_ip_ranges_to_nat = ["ALL_IP_RANGES"]
  }

  log_config {
    enable = true
    filter = "ERRORS_ONLY"
  }
}
