# The network: a private subnet that reaches into every zone of the region. Machines have no public addresses.

resource "google_compute_network" "main" {
  name                    = "clicks"
  auto_create_subnetworks = false
  routing_mode            = "REGIONAL"
}

resource "google_compute_subnetwork" "private" {
  name          = "clicks-private"
  network       = google_compute_network.main.id
  ip_cidr_range = "10.0.0.0/17"
  # The cloud's own services without the way through the NAT gateway.
  private_ip_google_access = true

  # Which connections were made.
  log_config {
    aggregation_interval = "INTERVAL_1_MIN"
    flow_sampling        = 0.5
    metadata             = "INCLUDE_ALL_METADATA"
  }
}

# Where the cloud's own services, like databases, have their addresses.
resource "google_compute_global_address" "services" {
  name          = "clicks-services"
  network       = google_compute_network.main.id
  purpose       = "VPC_PEERING"
  address_type  = "INTERNAL"
  address       = "10.0.160.0"
  prefix_length = 19

  labels = {
    "provision-deployment" = "clicks"
  }
}

resource "google_service_networking_connection" "services" {
  network                 = google_compute_network.main.id
  service                 = "servicenetworking.googleapis.com"
  reserved_peering_ranges = [google_compute_global_address.services.name]
  # A service that was deleted keeps its addresses for days; the connection goes with the network.
  deletion_policy = "ABANDON"
}

# The way out. Cloud NAT is a service of the region: no zone takes it along when it is lost.

resource "google_compute_router" "main" {
  name    = "clicks"
  network = google_compute_network.main.id
}

resource "google_compute_router_nat" "exit" {
  name                               = "clicks-exit"
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
