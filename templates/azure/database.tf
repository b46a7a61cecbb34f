{% if password %}
# Made up by whoever applies this: the database and the vault get it, and nothing else keeps it.
resource "azurerm_key_vault_secret" "{{ password.local }}" {
  name = "{{ password.name }}"
  key_vault_id = azurerm_key_vault.secrets.id
  content_type = "text/plain"
  value_wo = var.database_password
  value_wo_version = var.database_password_version

  tags = {{ password.tags }}

  depends_on = [azurerm_role_assignment.operator_secrets]
}

{% endif %}
{% for it in servers %}
{% if kind == "postgres" %}
resource "azurerm_postgresql_flexible_server" "{{ it.server.local }}" {
  name = {{ it.name }}
  location = azurerm_resource_group.main.location
  resource_group_name = azurerm_resource_group.main.name
  version = "{{ version }}"
  sku_name = "{{ machine_type }}"
  administrator_login = "provision"
  administrator_password_wo = var.database_password
  administrator_password_wo_version = var.database_password_version
  # Reached within the network only. TLS is what the server insists on by itself.
  public_network_access_enabled = false

  storage_mb = {{ storage_gb * 1024 }}
  auto_grow_enabled = true

  backup_retention_days = {{ backup_days }}
  # Backups outlive the loss of the whole region.
  geo_redundant_backup_enabled = true

  zone = "{{ it.zone }}"
{% if standby %}

  # A standby in another zone takes over when this one is lost.
  high_availability {
    mode = "ZoneRedundant"
    standby_availability_zone = "{{ it.standby_zone }}"
  }
{% endif %}

  tags = {{ it.server.tags }}
{% if standby %}

  lifecycle {
    # After a failover the two have changed places.
    ignore_changes = [zone, high_availability[0].standby_availability_zone]
  }
{% endif %}
}

{% if connections %}
resource "azurerm_postgresql_flexible_server_configuration" "{{ it.connections.local }}" {
  name = "max_connections"
  server_id = azurerm_postgresql_flexible_server.{{ it.server.local | ident }}.id
  value = "{{ connections }}"
}

{% endif %}
resource "azurerm_postgresql_flexible_server_database" "{{ it.database.local }}" {
  name = "{{ it.database.name }}"
  server_id = azurerm_postgresql_flexible_server.{{ it.server.local | ident }}.id
  charset = "UTF8"
  collation = "en_US.utf8"
}

# Nobody deletes it by mistake.
resource "azurerm_management_lock" "{{ it.lock.local }}" {
  name = "{{ it.lock.name }}"
  scope = azurerm_postgresql_flexible_server.{{ it.server.local | ident }}.id
  lock_level = "CanNotDelete"
  notes = "Holds data"

  depends_on = [azurerm_postgresql_flexible_server_database.{{ it.database.local | ident }}, azurerm_private_endpoint.{{ it.endpoint | ident }}]
}

{% elif kind == "mysql" %}
resource "azurerm_mysql_flexible_server" "{{ it.server.local }}" {
  name = {{ it.name }}
  location = azurerm_resource_group.main.location
  resource_group_name = azurerm_resource_group.main.name
  version = "{{ version }}"
  sku_name = "{{ machine_type }}"
  administrator_login = "provision"
  administrator_password_wo = var.database_password
  administrator_password_wo_version = var.database_password_version
  # Reached within the network only. TLS is what the server insists on by itself.
  public_network_access = "Disabled"

  backup_retention_days = {{ backup_days }}
  # Backups outlive the loss of the whole region.
  geo_redundant_backup_enabled = true

  zone = "{{ it.zone }}"

  storage {
    size_gb = {{ storage_gb }}
    auto_grow_enabled = true
  }
{% if standby %}

  # A standby in another zone takes over when this one is lost.
  high_availability {
    mode = "ZoneRedundant"
    standby_availability_zone = "{{ it.standby_zone }}"
  }
{% endif %}

  tags = {{ it.server.tags }}
{% if standby %}

  lifecycle {
    # After a failover the two have changed places.
    ignore_changes = [zone, high_availability[0].standby_availability_zone]
  }
{% endif %}
}

{% if connections %}
resource "azurerm_mysql_flexible_server_configuration" "{{ it.connections.local }}" {
  name = "max_connections"
  resource_group_name = azurerm_resource_group.main.name
  server_name = azurerm_mysql_flexible_server.{{ it.server.local | ident }}.name
  value = "{{ connections }}"
}

{% endif %}
resource "azurerm_mysql_flexible_database" "{{ it.database.local }}" {
  name = "{{ it.database.name }}"
  resource_group_name = azurerm_resource_group.main.name
  server_name = azurerm_mysql_flexible_server.{{ it.server.local | ident }}.name
  charset = "utf8mb4"
  collation = "utf8mb4_0900_ai_ci"
}

# Nobody deletes it by mistake.
resource "azurerm_management_lock" "{{ it.lock.local }}" {
  name = "{{ it.lock.name }}"
  scope = azurerm_mysql_flexible_server.{{ it.server.local | ident }}.id
  lock_level = "CanNotDelete"
  notes = "Holds data"

  depends_on = [azurerm_mysql_flexible_database.{{ it.database.local | ident }}, azurerm_private_endpoint.{{ it.endpoint | ident }}]
}

{% else %}
resource "azurerm_mssql_server" "{{ it.server.local }}" {
  name = {{ it.name }}
  location = azurerm_resource_group.main.location
  resource_group_name = azurerm_resource_group.main.name
  version = "{{ version }}"
  minimum_tls_version = "1.2"
  # Reached within the network only.
  public_network_access_enabled = false
{% if administrator %}

  # The machines log in by their identity: there is no password at all.
  azuread_administrator {
    login_username = {{ administrator.name }}
    object_id = {{ administrator.id }}
    azuread_authentication_only = true
  }
{% endif %}

  tags = {{ it.server.tags }}
}

resource "azurerm_mssql_database" "{{ it.database.local }}" {
  name = "{{ it.database.name }}"
  server_id = azurerm_mssql_server.{{ it.server.local | ident }}.id
  sku_name = "{{ machine_type }}"
  max_size_gb = {{ storage_gb }}
  # Octopus wants one that doesn't tell capital letters from small ones.
  collation = "SQL_Latin1_General_CP1_CI_AS"
{% if standby %}
  # A replica in another zone takes over when this one is lost.
{% endif %}
  zone_redundant = {{ standby }}
  transparent_data_encryption_enabled = true
  # Backups outlive the loss of the whole region.
  geo_backup_enabled = true
{% if standby %}
  storage_account_type = "GeoZone"
{% else %}
  storage_account_type = "Geo"
{% endif %}

  short_term_retention_policy {
    retention_days = {{ backup_days }}
    backup_interval_in_hours = 12
  }

  tags = {{ it.database.tags }}
}

# Nobody deletes it by mistake.
resource "azurerm_management_lock" "{{ it.lock.local }}" {
  name = "{{ it.lock.name }}"
  scope = azurerm_mssql_server.{{ it.server.local | ident }}.id
  lock_level = "CanNotDelete"
  notes = "Holds data"

  depends_on = [azurerm_mssql_database.{{ it.database.local | ident }}, azurerm_private_endpoint.{{ it.endpoint | ident }}]
}

{% endif %}
{% endfor %}
{% include "azure/private_access.tf" %}
{% include "azure/boot_values.tf" %}
