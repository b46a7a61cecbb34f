{% if peering %}
{% else %}
# The network exists, and so has to have private services access: it gives the database its address.
{% endif %}
{% for it in servers %}
resource "google_sql_database_instance" "{{ it.server.local }}" {
  name = "{{ it.server.name }}"
  database_version = "{{ version }}"
  deletion_protection = var.deletion_protection
{% if first_password %}
  # The service wants one at once. The login below gets another one before anybody can log in, and this one is worth
  # nothing.
  root_password = {{ first_password }}
{% endif %}

  settings {
    tier = "{{ machine_type }}"
    edition = "ENTERPRISE"
{% if standby %}
    # A standby in another zone takes over when this one is lost.
    availability_type = "REGIONAL"
{% else %}
    availability_type = "ZONAL"
{% endif %}
    deletion_protection_enabled = var.deletion_protection
    retain_backups_on_delete = true

    disk_type = "PD_SSD"
    disk_size = {{ storage_gb }}
    disk_autoresize = true
    disk_autoresize_limit = {{ most_storage_gb }}

{% if it.zone %}
    location_preference {
      zone = "{{ it.zone }}"
    }

{% endif %}
    ip_configuration {
      ipv4_enabled = false
      private_network = {{ network }}
      ssl_mode = "ENCRYPTED_ONLY"
    }

    backup_configuration {
      enabled = true
      start_time = "02:00"
{% if binary_log %}
      binary_log_enabled = true
{% else %}
      point_in_time_recovery_enabled = true
{% endif %}
      transaction_log_retention_days = 7

      backup_retention_settings {
        retained_backups = {{ backup_days }}
      }
    }

    maintenance_window {
      day = 7
      hour = 3
      update_track = "stable"
    }
{% if has_insights %}

    insights_config {
      query_insights_enabled = true
    }
{% endif %}

{% for flag in flags %}
    database_flags {
      name = "{{ flag.name }}"
      value = "{{ flag.value }}"
    }

{% endfor %}
    user_labels = {{ it.server.tags }}
  }
{% if peering %}

  depends_on = [{{ peering }}]
{% endif %}

  lifecycle {
    # It grows by itself.
    ignore_changes = [settings[0].disk_size{% if first_password %}, root_password{% endif %}]
  }
}

{% if database %}
resource "google_sql_database" "{{ it.server.local }}" {
  name = "{{ database }}"
  instance = google_sql_database_instance.{{ it.server.local | ident }}.name
}

{% endif %}
resource "google_sql_user" "{{ it.server.local }}" {
  name = "{{ user }}"
  instance = google_sql_database_instance.{{ it.server.local | ident }}.name
{% if any_host %}
  host = "%"
{% endif %}
  # It goes in and never comes out: no plan and no state holds it.
  password_wo = var.database_password
  password_wo_version = var.database_password_version
  deletion_policy = "ABANDON"
}

{% endfor %}
# Where the machines find it.

resource "google_secret_manager_secret" "{{ secret.local }}" {
  secret_id = "{{ secret.name }}"

  replication {
    auto {}
  }

  labels = {{ secret.tags }}
}

resource "google_secret_manager_secret_version" "{{ secret.local }}" {
  secret = google_secret_manager_secret.{{ secret.local | ident }}.id
  secret_data_wo = jsonencode({ username = "{{ user }}", password = var.database_password })
  secret_data_wo_version = var.database_password_version
}
