resource "google_storage_bucket" "storage" {
  # Names of buckets are shared by everybody: the project's name makes this one ours.
  name = "orders-storage-${google_service_account.components_nodes.project}"
  # All zones of the region have it.
  location                    = "EUROPE-WEST4"
  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"
  force_destroy               = false

  # What is overwritten or deleted by mistake can be had back.
  versioning {
    enabled = true
  }

  lifecycle_rule {
    condition {
      days_since_noncurrent_time = 30
    }

    action {
      type = "Delete"
    }
  }

  lifecycle_rule {
    condition {
      age = 7
    }

    action {
      type = "AbortIncompleteMultipartUpload"
    }
  }

  labels = {
    "provision-deployment" = "orders"
  }
}
