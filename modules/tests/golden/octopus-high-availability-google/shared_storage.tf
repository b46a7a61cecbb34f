# Files that all machines mount at the same path.

resource "google_filestore_instance" "main" {
  name = "releases"
  # In three zones at once: the loss of one takes nothing along.
  tier                        = "REGIONAL"
  location                    = "europe-west4"
  deletion_protection_enabled = var.deletion_protection

  file_shares {
    name        = "shared"
    capacity_gb = 1024

    nfs_export_options {
      ip_ranges   = ["10.0.0.0/17"]
      access_mode = "READ_WRITE"
      squash_mode = "NO_ROOT_SQUASH"
    }
  }

  networks {
    network      = google_compute_network.main.id
    modes        = ["MODE_IPV4"]
    connect_mode = "PRIVATE_SERVICE_ACCESS"
  }

  labels = {
    "provision-deployment" = "releases"
  }

  depends_on = [google_service_networking_connection.services]
}
