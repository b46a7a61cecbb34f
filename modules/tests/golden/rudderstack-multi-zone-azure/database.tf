# Made up by whoever applies this: the database and the vault get it, and nothing else keeps it.
resource "azurerm_key_vault_secret" "database_password" {
  name             = "database-password"
  key_vault_id     = azurerm_key_vault.secrets.id
  content_type     = "text/plain"
  value_wo         = var.database_password
  value_wo_version = var.database_password_version

  tags = {
    "provision-deployment" = "clicks"
    "provision-address"    = "azurerm_key_vault_secret.database_password"
  }

  depends_on = [azurerm_role_assignment.operator_secrets]
}

resource "azurerm_postgresql_flexible_server" "server_0" {
  name                              = "clicks-database-0-${local.unique}"
  location                          = azurerm_resource_group.main.location
  resource_group_name               = azurerm_resource_group.main.name
  version                           = "16"
  sku_name                          = "GP_Standard_D2ds_v5"
  administrator_login               = "provision"
  administrator_password_wo         = var.database_password
  administrator_password_wo_version = var.database_password_version
  # Reached within the network only. TLS is what the server insists on by itself.
  public_network_access_enabled = false

  storage_mb        = 1048576
  auto_grow_enabled = true

  backup_retention_days = 14
  # Backups outlive the loss of the whole region.
  geo_redundant_backup_enabled = true

  zone = "1"

  # A standby in another zone takes over when this one is lost.
  high_availability {
    mode                      = "ZoneRedundant"
    standby_availability_zone = "2"
  }

  tags = {
    "provision-deployment" = "clicks"
    "provision-address"    = "azurerm_postgresql_flexible_server.server_0"
  }

  lifecycle {
    # After a failover the two have changed places.
    ignore_changes = [zone, high_availability[0].standby_availability_zone]
  }
}

resource "azurerm_postgresql_flexible_server_configuration" "server_0_connections" {
  name      = "max_connections"
  server_id = azurerm_postgresql_flexible_server.server_0.id
  value     = "200"
}

resource "azurerm_postgresql_flexible_server_database" "server_0" {
  name      = "jobsdb"
  server_id = azurerm_postgresql_flexible_server.server_0.id
  charset   = "UTF8"
  collation = "en_US.utf8"
}

# Nobody deletes it by mistake.
resource "azurerm_management_lock" "database_0" {
  name       = "clicks-database-0"
  scope      = azurerm_postgresql_flexible_server.server_0.id
  lock_level = "CanNotDelete"
  notes      = "Holds data"

  depends_on = [azurerm_postgresql_flexible_server_database.server_0, azurerm_private_endpoint.database_0]
}

resource "azurerm_postgresql_flexible_server" "server_1" {
  name                              = "clicks-database-1-${local.unique}"
  location                          = azurerm_resource_group.main.location
  resource_group_name               = azurerm_resource_group.main.name
  version                           = "16"
  sku_name                          = "GP_Standard_D2ds_v5"
  administrator_login               = "provision"
  administrator_password_wo         = var.database_password
  administrator_password_wo_version = var.database_password_version
  # Reached within the network only. TLS is what the server insists on by itself.
  public_network_access_enabled = false

  storage_mb        = 1048576
  auto_grow_enabled = true

  backup_retention_days = 14
  # Backups outlive the loss of the whole region.
  geo_redundant_backup_enabled = true

  zone = "2"

  # A standby in another zone takes over when this one is lost.
  high_availability {
    mode                      = "ZoneRedundant"
    standby_availability_zone = "3"
  }

  tags = {
    "provision-deployment" = "clicks"
    "provision-address"    = "azurerm_postgresql_flexible_server.server_1"
  }

  lifecycle {
    # After a failover the two have changed places.
    ignore_changes = [zone, high_availability[0].standby_availability_zone]
  }
}

resource "azurerm_postgresql_flexible_server_configuration" "server_1_connections" {
  name      = "max_connections"
  server_id = azurerm_postgresql_flexible_server.server_1.id
  value     = "200"
}

resource "azurerm_postgresql_flexible_server_database" "server_1" {
  name      = "jobsdb"
  server_id = azurerm_postgresql_flexible_server.server_1.id
  charset   = "UTF8"
  collation = "en_US.utf8"
}

# Nobody deletes it by mistake.
resource "azurerm_management_lock" "database_1" {
  name       = "clicks-database-1"
  scope      = azurerm_postgresql_flexible_server.server_1.id
  lock_level = "CanNotDelete"
  notes      = "Holds data"

  depends_on = [azurerm_postgresql_flexible_server_database.server_1, azurerm_private_endpoint.database_1]
}

resource "azurerm_postgresql_flexible_server" "server_2" {
  name                              = "clicks-database-2-${local.unique}"
  location                          = azurerm_resource_group.main.location
  resource_group_name               = azurerm_resource_group.main.name
  version                           = "16"
  sku_name                          = "GP_Standard_D2ds_v5"
  administrator_login               = "provision"
  administrator_password_wo         = var.database_password
  administrator_password_wo_version = var.database_password_version
  # Reached within the network only. TLS is what the server insists on by itself.
  public_network_access_enabled = false

  storage_mb        = 1048576
  auto_grow_enabled = true

  backup_retention_days = 14
  # Backups outlive the loss of the whole region.
  geo_redundant_backup_enabled = true

  zone = "3"

  # A standby in another zone takes over when this one is lost.
  high_availability {
    mode                      = "ZoneRedundant"
    standby_availability_zone = "1"
  }

  tags = {
    "provision-deployment" = "clicks"
    "provision-address"    = "azurerm_postgresql_flexible_server.server_2"
  }

  lifecycle {
    # After a failover the two have changed places.
    ignore_changes = [zone, high_availability[0].standby_availability_zone]
  }
}

resource "azurerm_postgresql_flexible_server_configuration" "server_2_connections" {
  name      = "max_connections"
  server_id = azurerm_postgresql_flexible_server.server_2.id
  value     = "200"
}

resource "azurerm_postgresql_flexible_server_database" "server_2" {
  name      = "jobsdb"
  server_id = azurerm_postgresql_flexible_server.server_2.id
  charset   = "UTF8"
  collation = "en_US.utf8"
}

# Nobody deletes it by mistake.
resource "azurerm_management_lock" "database_2" {
  name       = "clicks-database-2"
  scope      = azurerm_postgresql_flexible_server.server_2.id
  lock_level = "CanNotDelete"
  notes      = "Holds data"

  depends_on = [azurerm_postgresql_flexible_server_database.server_2, azurerm_private_endpoint.database_2]
}

# How machines reach it: a name and an address within the network.

resource "azurerm_private_dns_zone" "database" {
  name                = "privatelink.postgres.database.azure.com"
  resource_group_name = azurerm_resource_group.main.name

  tags = {
    "provision-deployment" = "clicks"
    "provision-address"    = "azurerm_private_dns_zone.database"
  }
}

resource "azurerm_private_dns_zone_virtual_network_link" "database" {
  name                  = "clicks-database"
  resource_group_name   = azurerm_resource_group.main.name
  private_dns_zone_name = azurerm_private_dns_zone.database.name
  virtual_network_id    = azurerm_virtual_network.main.id

  tags = {
    "provision-deployment" = "clicks"
    "provision-address"    = "azurerm_private_dns_zone_virtual_network_link.database"
  }
}

resource "azurerm_private_endpoint" "database_0" {
  name                = "clicks-database-0"
  location            = azurerm_resource_group.main.location
  resource_group_name = azurerm_resource_group.main.name
  subnet_id           = azurerm_subnet.private.id

  private_service_connection {
    name                           = "main"
    private_connection_resource_id = azurerm_postgresql_flexible_server.server_0.id
    subresource_names              = ["postgresqlServer"]
    is_manual_connection           = false
  }

  private_dns_zone_group {
    name                 = "main"
    private_dns_zone_ids = [azurerm_private_dns_zone.database.id]
  }

  tags = {
    "provision-deployment" = "clicks"
    "provision-address"    = "azurerm_private_endpoint.database_0"
  }
}

resource "azurerm_private_endpoint_application_security_group_association" "database_0" {
  private_endpoint_id           = azurerm_private_endpoint.database_0.id
  application_security_group_id = azurerm_application_security_group.database.id
}

resource "azurerm_private_endpoint" "database_1" {
  name                = "clicks-database-1"
  location            = azurerm_resource_group.main.location
  resource_group_name = azurerm_resource_group.main.name
  subnet_id           = azurerm_subnet.private.id

  private_service_connection {
    name                           = "main"
    private_connection_resource_id = azurerm_postgresql_flexible_server.server_1.id
    subresource_names              = ["postgresqlServer"]
    is_manual_connection           = false
  }

  private_dns_zone_group {
    name                 = "main"
    private_dns_zone_ids = [azurerm_private_dns_zone.database.id]
  }

  tags = {
    "provision-deployment" = "clicks"
    "provision-address"    = "azurerm_private_endpoint.database_1"
  }
}

resource "azurerm_private_endpoint_application_security_group_association" "database_1" {
  private_endpoint_id           = azurerm_private_endpoint.database_1.id
  application_security_group_id = azurerm_application_security_group.database.id
}

resource "azurerm_private_endpoint" "database_2" {
  name                = "clicks-database-2"
  location            = azurerm_resource_group.main.location
  resource_group_name = azurerm_resource_group.main.name
  subnet_id           = azurerm_subnet.private.id

  private_service_connection {
    name                           = "main"
    private_connection_resource_id = azurerm_postgresql_flexible_server.server_2.id
    subresource_names              = ["postgresqlServer"]
    is_manual_connection           = false
  }

  private_dns_zone_group {
    name                 = "main"
    private_dns_zone_ids = [azurerm_private_dns_zone.database.id]
  }

  tags = {
    "provision-deployment" = "clicks"
    "provision-address"    = "azurerm_private_endpoint.database_2"
  }
}

resource "azurerm_private_endpoint_application_security_group_association" "database_2" {
  private_endpoint_id           = azurerm_private_endpoint.database_2.id
  application_security_group_id = azurerm_application_security_group.database.id
}

# What the machines read at boot.

resource "azurerm_key_vault_secret" "database_0_host" {
  name         = "database--0--host"
  key_vault_id = azurerm_key_vault.values.id
  content_type = "text/plain"
  value        = azurerm_postgresql_flexible_server.server_0.fqdn

  tags = {
    "provision-deployment" = "clicks"
    "provision-address"    = "azurerm_key_vault_secret.database_0_host"
  }

  depends_on = [azurerm_role_assignment.operator_values]
}

resource "azurerm_key_vault_secret" "database_0_secret" {
  name         = "database--0--secret"
  key_vault_id = azurerm_key_vault.values.id
  content_type = "text/plain"
  value        = azurerm_key_vault_secret.database_password.versionless_id

  tags = {
    "provision-deployment" = "clicks"
    "provision-address"    = "azurerm_key_vault_secret.database_0_secret"
  }

  depends_on = [azurerm_role_assignment.operator_values]
}

resource "azurerm_key_vault_secret" "database_1_host" {
  name         = "database--1--host"
  key_vault_id = azurerm_key_vault.values.id
  content_type = "text/plain"
  value        = azurerm_postgresql_flexible_server.server_1.fqdn

  tags = {
    "provision-deployment" = "clicks"
    "provision-address"    = "azurerm_key_vault_secret.database_1_host"
  }

  depends_on = [azurerm_role_assignment.operator_values]
}

resource "azurerm_key_vault_secret" "database_1_secret" {
  name         = "database--1--secret"
  key_vault_id = azurerm_key_vault.values.id
  content_type = "text/plain"
  value        = azurerm_key_vault_secret.database_password.versionless_id

  tags = {
    "provision-deployment" = "clicks"
    "provision-address"    = "azurerm_key_vault_secret.database_1_secret"
  }

  depends_on = [azurerm_role_assignment.operator_values]
}

resource "azurerm_key_vault_secret" "database_2_host" {
  name         = "database--2--host"
  key_vault_id = azurerm_key_vault.values.id
  content_type = "text/plain"
  value        = azurerm_postgresql_flexible_server.server_2.fqdn

  tags = {
    "provision-deployment" = "clicks"
    "provision-address"    = "azurerm_key_vault_secret.database_2_host"
  }

  depends_on = [azurerm_role_assignment.operator_values]
}

resource "azurerm_key_vault_secret" "database_2_secret" {
  name         = "database--2--secret"
  key_vault_id = azurerm_key_vault.values.id
  content_type = "text/plain"
  value        = azurerm_key_vault_secret.database_password.versionless_id

  tags = {
    "provision-deployment" = "clicks"
    "provision-address"    = "azurerm_key_vault_secret.database_2_secret"
  }

  depends_on = [azurerm_role_assignment.operator_values]
}
