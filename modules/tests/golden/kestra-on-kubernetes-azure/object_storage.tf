resource "azurerm_storage_account" "storage" {
  name                = "ordersstorage${local.unique}"
  location            = azurerm_resource_group.main.location
  resource_group_name = azurerm_resource_group.main.name
  account_kind        = "StorageV2"
  account_tier        = "Standard"
  # A copy in each of three zones.
  account_replication_type = "ZRS"

  # Reached within the network only, over TLS, and nothing in it is public.
  public_network_access_enabled     = false
  https_traffic_only_enabled        = true
  min_tls_version                   = "TLS1_2"
  allow_nested_items_to_be_public   = false
  cross_tenant_replication_enabled  = false
  infrastructure_encryption_enabled = true
  # Machines log in by their identity.
  shared_access_key_enabled       = false
  default_to_oauth_authentication = true
  local_user_enabled              = false
  # Kestra can't use folders of a file system (KES-20).
  is_hns_enabled = false

  # What is overwritten or deleted by mistake can be had back.
  blob_properties {
    versioning_enabled = true

    delete_retention_policy {
      days = 30
    }

    container_delete_retention_policy {
      days = 30
    }
  }

  tags = {
    "provision-deployment" = "orders"
    "provision-address"    = "azurerm_storage_account.storage"
  }
}

resource "azurerm_storage_container" "storage" {
  name                  = "storage"
  storage_account_id    = azurerm_storage_account.storage.id
  container_access_type = "private"
}

resource "azurerm_storage_management_policy" "storage" {
  storage_account_id = azurerm_storage_account.storage.id

  rule {
    name    = "forget-old-versions"
    enabled = true

    filters {
      blob_types = ["blockBlob"]
    }

    actions {
      version {
        delete_after_days_since_creation = 30
      }
    }
  }
}

# Nobody deletes it by mistake.
resource "azurerm_management_lock" "storage" {
  name       = "orders-storage"
  scope      = azurerm_storage_account.storage.id
  lock_level = "CanNotDelete"
  notes      = "Holds data"

  depends_on = [azurerm_storage_container.storage, azurerm_storage_management_policy.storage, azurerm_private_endpoint.storage]
}

# How machines reach it: a name and an address within the network.

resource "azurerm_private_dns_zone" "storage" {
  name                = "privatelink.blob.core.windows.net"
  resource_group_name = azurerm_resource_group.main.name

  tags = {
    "provision-deployment" = "orders"
    "provision-address"    = "azurerm_private_dns_zone.storage"
  }
}

resource "azurerm_private_dns_zone_virtual_network_link" "storage" {
  name                  = "orders-storage"
  resource_group_name   = azurerm_resource_group.main.name
  private_dns_zone_name = azurerm_private_dns_zone.storage.name
  virtual_network_id    = azurerm_virtual_network.main.id

  tags = {
    "provision-deployment" = "orders"
    "provision-address"    = "azurerm_private_dns_zone_virtual_network_link.storage"
  }
}

resource "azurerm_private_endpoint" "storage" {
  name                = "orders-storage"
  location            = azurerm_resource_group.main.location
  resource_group_name = azurerm_resource_group.main.name
  subnet_id           = azurerm_subnet.private.id

  private_service_connection {
    name                           = "main"
    private_connection_resource_id = azurerm_storage_account.storage.id
    subresource_names              = ["blob"]
    is_manual_connection           = false
  }

  private_dns_zone_group {
    name                 = "main"
    private_dns_zone_ids = [azurerm_private_dns_zone.storage.id]
  }

  tags = {
    "provision-deployment" = "orders"
    "provision-address"    = "azurerm_private_endpoint.storage"
  }
}

# What the machines read at boot.

resource "azurerm_key_vault_secret" "storage_bucket" {
  name         = "storage--bucket"
  key_vault_id = azurerm_key_vault.values.id
  content_type = "text/plain"
  value        = azurerm_storage_container.storage.name

  tags = {
    "provision-deployment" = "orders"
    "provision-address"    = "azurerm_key_vault_secret.storage_bucket"
  }

  depends_on = [azurerm_role_assignment.operator_values]
}

resource "azurerm_key_vault_secret" "storage_endpoint" {
  name         = "storage--endpoint"
  key_vault_id = azurerm_key_vault.values.id
  content_type = "text/plain"
  value        = azurerm_storage_account.storage.primary_blob_endpoint

  tags = {
    "provision-deployment" = "orders"
    "provision-address"    = "azurerm_key_vault_secret.storage_endpoint"
  }

  depends_on = [azurerm_role_assignment.operator_values]
}
