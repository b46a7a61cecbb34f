# Files that all machines mount at the same path.

resource "azurerm_storage_account" "files" {
  name                = "releasesfiles${local.unique}"
  location            = azurerm_resource_group.main.location
  resource_group_name = azurerm_resource_group.main.name
  account_kind        = "FileStorage"
  account_tier        = "Premium"
  # A copy in each of three zones.
  account_replication_type = "ZRS"

  # Reached within the network only, encrypted on the way, and nothing in it is public.
  public_network_access_enabled    = false
  https_traffic_only_enabled       = true
  min_tls_version                  = "TLS1_2"
  allow_nested_items_to_be_public  = false
  cross_tenant_replication_enabled = false
  # Linux mounts SMB with the account's key, which the machines fetch at boot.
  shared_access_key_enabled = true
  local_user_enabled        = false

  share_properties {
    retention_policy {
      days = 14
    }

    smb {
      versions                = ["SMB3.1.1"]
      authentication_types    = ["NTLMv2"]
      channel_encryption_type = ["AES-128-GCM", "AES-256-GCM"]
    }
  }

  tags = {
    "provision-deployment" = "releases"
    "provision-address"    = "azurerm_storage_account.files"
  }
}

resource "azurerm_storage_share" "main" {
  name               = "files"
  storage_account_id = azurerm_storage_account.files.id
  enabled_protocol   = "SMB"
  quota              = 1024
}

# The files are backed up like the database: one without the other restores nothing (OCT-27).

resource "azurerm_recovery_services_vault" "files" {
  name                = "releases-files-backup"
  location            = azurerm_resource_group.main.location
  resource_group_name = azurerm_resource_group.main.name
  sku                 = "Standard"
  storage_mode_type   = "ZoneRedundant"

  identity {
    type = "SystemAssigned"
  }

  tags = {
    "provision-deployment" = "releases"
    "provision-address"    = "azurerm_recovery_services_vault.files"
  }
}

resource "azurerm_backup_policy_file_share" "files" {
  name                = "releases-files"
  resource_group_name = azurerm_resource_group.main.name
  recovery_vault_name = azurerm_recovery_services_vault.files.name

  backup {
    frequency = "Daily"
    time      = "03:00"
  }

  retention_daily {
    count = 14
  }
}

resource "azurerm_backup_container_storage_account" "files" {
  resource_group_name = azurerm_resource_group.main.name
  recovery_vault_name = azurerm_recovery_services_vault.files.name
  storage_account_id  = azurerm_storage_account.files.id
}

resource "azurerm_backup_protected_file_share" "files" {
  resource_group_name       = azurerm_resource_group.main.name
  recovery_vault_name       = azurerm_recovery_services_vault.files.name
  source_storage_account_id = azurerm_backup_container_storage_account.files.storage_account_id
  source_file_share_name    = azurerm_storage_share.main.name
  backup_policy_id          = azurerm_backup_policy_file_share.files.id
}

# Nobody deletes it by mistake.
resource "azurerm_management_lock" "files" {
  name       = "releases-files"
  scope      = azurerm_storage_account.files.id
  lock_level = "CanNotDelete"
  notes      = "Holds data"

  depends_on = [azurerm_backup_protected_file_share.files, azurerm_private_endpoint.files]
}

# How machines reach it: a name and an address within the network.

resource "azurerm_private_dns_zone" "files" {
  name                = "privatelink.file.core.windows.net"
  resource_group_name = azurerm_resource_group.main.name

  tags = {
    "provision-deployment" = "releases"
    "provision-address"    = "azurerm_private_dns_zone.files"
  }
}

resource "azurerm_private_dns_zone_virtual_network_link" "files" {
  name                  = "releases-files"
  resource_group_name   = azurerm_resource_group.main.name
  private_dns_zone_name = azurerm_private_dns_zone.files.name
  virtual_network_id    = azurerm_virtual_network.main.id

  tags = {
    "provision-deployment" = "releases"
    "provision-address"    = "azurerm_private_dns_zone_virtual_network_link.files"
  }
}

resource "azurerm_private_endpoint" "files" {
  name                = "releases-files"
  location            = azurerm_resource_group.main.location
  resource_group_name = azurerm_resource_group.main.name
  subnet_id           = azurerm_subnet.private.id

  private_service_connection {
    name                           = "main"
    private_connection_resource_id = azurerm_storage_account.files.id
    subresource_names              = ["file"]
    is_manual_connection           = false
  }

  private_dns_zone_group {
    name                 = "main"
    private_dns_zone_ids = [azurerm_private_dns_zone.files.id]
  }

  tags = {
    "provision-deployment" = "releases"
    "provision-address"    = "azurerm_private_endpoint.files"
  }
}

resource "azurerm_private_endpoint_application_security_group_association" "files" {
  private_endpoint_id           = azurerm_private_endpoint.files.id
  application_security_group_id = azurerm_application_security_group.shared_files.id
}

# What the machines read at boot.

resource "azurerm_key_vault_secret" "shared_files" {
  name         = "shared-files--id"
  key_vault_id = azurerm_key_vault.values.id
  content_type = "text/plain"
  value        = azurerm_storage_share.main.id

  tags = {
    "provision-deployment" = "releases"
    "provision-address"    = "azurerm_key_vault_secret.shared_files"
  }

  depends_on = [azurerm_role_assignment.operator_values]
}
