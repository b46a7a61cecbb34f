resource "google_sql_database_instance" "main" {
  name                = "releases-database"
  database_version    = "SQLSERVER_2022_STANDARD"
  deletion_protection = var.deletion_protection
  # The service wants one at once. The login below gets another one before anybody can log in, and this one is worth
  # nothing.
  root_password = "First-${google_service_account.server.unique_id}"

  settings {
    tier    = "db-custom-8-30720"
    edition = "ENTERPRISE"
    # A standby in another zone takes over when this one is lost.
    availability_type           = "REGIONAL"
    deletion_protection_enabled = var.deletion_protection
    retain_backups_on_delete    = true

    disk_type             = "PD_SSD"
    disk_size             = 100
    disk_autoresize       = true
    disk_autoresize_limit = 500

    ip_configuration {
      ipv4_enabled    = false
      private_network = google_compute_network.main.id
      ssl_mode        = "ENCRYPTED_ONLY"
    }

    backup_configuration {
      enabled                        = true
      start_time                     = "02:00"
      point_in_time_recovery_enabled = true
      transaction_log_retention_days = 7

      backup_retention_settings {
        retained_backups = 14
      }
    }

    maintenance_window {
      day          = 7
      hour         = 3
      update_track = "stable"
    }

    database_flags {
      name  = "contained database authentication"
      value = "off"
    }

    database_flags {
      name  = "cross db ownership chaining"
      value = "off"
    }

    user_labels = {
      "provision-deployment" = "releases"
    }
  }

  depends_on = [google_service_networking_connection.services]

  lifecycle {
    # It grows by itself.
    ignore_changes = [settings[0].disk_size, root_password]
  }
}

resource "google_sql_user" "main" {
  name     = "sqlserver"
  instance = google_sql_database_instance.main.name
  # It goes in and never comes out: no plan and no state holds it.
  password_wo         = var.database_password
  password_wo_version = var.database_password_version
  deletion_policy     = "ABANDON"
}

# Where the machines find it.

resource "google_secret_manager_secret" "database" {
  secret_id = "releases-database"

  replication {
    auto {}
  }

  labels = {
    "provision-deployment" = "releases"
  }
}

resource "google_secret_manager_secret_version" "database" {
  secret                 = google_secret_manager_secret.database.id
  secret_data_wo         = jsonencode({ username = "sqlserver", password = var.database_password })
  secret_data_wo_version = var.database_password_version
}
