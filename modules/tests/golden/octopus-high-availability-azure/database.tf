resource "azurerm_mssql_server" "main" {
  name                = "releases-database-${local.unique}"
  location            = azurerm_resource_group.main.location
  resource_group_name = azurerm_resource_group.main.name
  version             = "12.0"
  minimum_tls_version = "1.2"
  # Reached within the network only.
  public_network_access_enabled = false

  # The machines log in by their identity: there is no password at all.
  azuread_administrator {
    login_username              = azurerm_user_assigned_identity.server.name
    object_id                   = azurerm_user_assigned_identity.server.principal_id
    azuread_authentication_only = true
  }

  tags = {
    "provision-deployment" = "releases"
    "provision-address"    = "azurerm_mssql_server.main"
  }
}

resource "azurerm_mssql_database" "main" {
  name        = "Octopus"
  server_id   = azurerm_mssql_server.main.id
  sku_name    = "GP_Gen5_2"
  max_size_gb = 100
  # Octopus wants one that doesn't tell capital letters from small ones.
  collation = "SQL_Latin1_General_CP1_CI_AS"
  # A replica in another zone takes over when this one is lost.
  zone_redundant                      = true
  transparent_data_encryption_enabled = true
  # Backups outlive the loss of the whole region.
  geo_backup_enabled   = true
  storage_account_type = "GeoZone"

  short_term_retention_policy {
    retention_days           = 14
    backup_interval_in_hours = 12
  }

  tags = {
    "provision-deployment" = "releases"
    "provision-address"    = "azurerm_mssql_database.main"
  }
}

# Nobody deletes it by mistake.
resource "azurerm_management_lock" "database" {
  name       = "releases-database"
  scope      = azurerm_mssql_server.main.id
  lock_level = "CanNotDelete"
  notes      = "Holds data"

  depends_on = [azurerm_mssql_database.main, azurerm_private_endpoint.database]
}

# How machines reach it: a name and an address within the network.

resource "azurerm_private_dns_zone" "database" {
  name                = "privatelink.database.windows.net"
  resource_group_name = azurerm_resource_group.main.name

  tags = {
    "provision-deployment" = "releases"
    "provision-address"    = "azurerm_private_dns_zone.database"
  }
}

resource "azurerm_private_dns_zone_virtual_network_link" "database" {
  name                  = "releases-database"
  resource_group_name   = azurerm_resource_group.main.name
  private_dns_zone_name = azurerm_private_dns_zone.database.name
  virtual_network_id    = azurerm_virtual_network.main.id

  tags = {
    "provision-deployment" = "releases"
    "provision-address"    = "azurerm_private_dns_zone_virtual_network_link.database"
  }
}

resource "azurerm_private_endpoint" "database" {
  name                = "releases-database"
  location            = azurerm_resource_group.main.location
  resource_group_name = azurerm_resource_group.main.name
  subnet_id           = azurerm_subnet.private.id

  private_service_connection {
    name                           = "main"
    private_connection_resource_id = azurerm_mssql_server.main.id
    subresource_names              = ["sqlServer"]
    is_manual_connection           = false
  }

  private_dns_zone_group {
    name                 = "main"
    private_dns_zone_ids = [azurerm_private_dns_zone.database.id]
  }

  tags = {
    "provision-deployment" = "releases"
    "provision-address"    = "azurerm_private_endpoint.database"
  }
}

resource "azurerm_private_endpoint_application_security_group_association" "database" {
  private_endpoint_id           = azurerm_private_endpoint.database.id
  application_security_group_id = azurerm_application_security_group.database.id
}

# What the machines read at boot.

resource "azurerm_key_vault_secret" "database_host" {
  name         = "database--host"
  key_vault_id = azurerm_key_vault.values.id
  content_type = "text/plain"
  value        = azurerm_mssql_server.main.fully_qualified_domain_name

  tags = {
    "provision-deployment" = "releases"
    "provision-address"    = "azurerm_key_vault_secret.database_host"
  }

  depends_on = [azurerm_role_assignment.operator_values]
}
