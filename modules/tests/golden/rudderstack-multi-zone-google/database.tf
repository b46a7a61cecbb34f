resource "google_sql_database_instance" "server_0" {
  name                = "clicks-database-0"
  database_version    = "POSTGRES_16"
  deletion_protection = var.deletion_protection

  settings {
    tier    = "db-custom-2-7680"
    edition = "ENTERPRISE"
    # A standby in another zone takes over when this one is lost.
    availability_type           = "REGIONAL"
    deletion_protection_enabled = var.deletion_protection
    retain_backups_on_delete    = true

    disk_type             = "PD_SSD"
    disk_size             = 1000
    disk_autoresize       = true
    disk_autoresize_limit = 5000

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

    insights_config {
      query_insights_enabled = true
    }

    database_flags {
      name  = "log_checkpoints"
      value = "on"
    }

    database_flags {
      name  = "log_connections"
      value = "on"
    }

    database_flags {
      name  = "log_disconnections"
      value = "on"
    }

    database_flags {
      name  = "log_lock_waits"
      value = "on"
    }

    database_flags {
      name  = "max_connections"
      value = "200"
    }

    user_labels = {
      "provision-deployment" = "clicks"
    }
  }

  depends_on = [google_service_networking_connection.services]

  lifecycle {
    # It grows by itself.
    ignore_changes = [settings[0].disk_size]
  }
}

resource "google_sql_database" "server_0" {
  name     = "jobsdb"
  instance = google_sql_database_instance.server_0.name
}

resource "google_sql_user" "server_0" {
  name     = "provision"
  instance = google_sql_database_instance.server_0.name
  # It goes in and never comes out: no plan and no state holds it.
  password_wo         = var.database_password
  password_wo_version = var.database_password_version
  deletion_policy     = "ABANDON"
}

resource "google_sql_database_instance" "server_1" {
  name                = "clicks-database-1"
  database_version    = "POSTGRES_16"
  deletion_protection = var.deletion_protection

  settings {
    tier    = "db-custom-2-7680"
    edition = "ENTERPRISE"
    # A standby in another zone takes over when this one is lost.
    availability_type           = "REGIONAL"
    deletion_protection_enabled = var.deletion_protection
    retain_backups_on_delete    = true

    disk_type             = "PD_SSD"
    disk_size             = 1000
    disk_autoresize       = true
    disk_autoresize_limit = 5000

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

    insights_config {
      query_insights_enabled = true
    }

    database_flags {
      name  = "log_checkpoints"
      value = "on"
    }

    database_flags {
      name  = "log_connections"
      value = "on"
    }

    database_flags {
      name  = "log_disconnections"
      value = "on"
    }

    database_flags {
      name  = "log_lock_waits"
      value = "on"
    }

    database_flags {
      name  = "max_connections"
      value = "200"
    }

    user_labels = {
      "provision-deployment" = "clicks"
    }
  }

  depends_on = [google_service_networking_connection.services]

  lifecycle {
    # It grows by itself.
    ignore_changes = [settings[0].disk_size]
  }
}

resource "google_sql_database" "server_1" {
  name     = "jobsdb"
  instance = google_sql_database_instance.server_1.name
}

resource "google_sql_user" "server_1" {
  name     = "provision"
  instance = google_sql_database_instance.server_1.name
  # It goes in and never comes out: no plan and no state holds it.
  password_wo         = var.database_password
  password_wo_version = var.database_password_version
  deletion_policy     = "ABANDON"
}

resource "google_sql_database_instance" "server_2" {
  name                = "clicks-database-2"
  database_version    = "POSTGRES_16"
  deletion_protection = var.deletion_protection

  settings {
    tier    = "db-custom-2-7680"
    edition = "ENTERPRISE"
    # A standby in another zone takes over when this one is lost.
    availability_type           = "REGIONAL"
    deletion_protection_enabled = var.deletion_protection
    retain_backups_on_delete    = true

    disk_type             = "PD_SSD"
    disk_size             = 1000
    disk_autoresize       = true
    disk_autoresize_limit = 5000

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

    insights_config {
      query_insights_enabled = true
    }

    database_flags {
      name  = "log_checkpoints"
      value = "on"
    }

    database_flags {
      name  = "log_connections"
      value = "on"
    }

    database_flags {
      name  = "log_disconnections"
      value = "on"
    }

    database_flags {
      name  = "log_lock_waits"
      value = "on"
    }

    database_flags {
      name  = "max_connections"
      value = "200"
    }

    user_labels = {
      "provision-deployment" = "clicks"
    }
  }

  depends_on = [google_service_networking_connection.services]

  lifecycle {
    # It grows by itself.
    ignore_changes = [settings[0].disk_size]
  }
}

resource "google_sql_database" "server_2" {
  name     = "jobsdb"
  instance = google_sql_database_instance.server_2.name
}

resource "google_sql_user" "server_2" {
  name     = "provision"
  instance = google_sql_database_instance.server_2.name
  # It goes in and never comes out: no plan and no state holds it.
  password_wo         = var.database_password
  password_wo_version = var.database_password_version
  deletion_policy     = "ABANDON"
}

# Where the machines find it.

resource "google_secret_manager_secret" "database" {
  secret_id = "clicks-database"

  replication {
    auto {}
  }

  labels = {
    "provision-deployment" = "clicks"
  }
}

resource "google_secret_manager_secret_version" "database" {
  secret                 = google_secret_manager_secret.database.id
  secret_data_wo         = jsonencode({ username = "provision", password = var.database_password })
  secret_data_wo_version = var.database_password_version
}
