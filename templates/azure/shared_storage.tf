# Files that all machines mount at the same path.

resource "azurerm_storage_account" "{{ account.local }}" {
  name = {{ name }}
  location = azurerm_resource_group.main.location
  resource_group_name = azurerm_resource_group.main.name
  account_kind = "FileStorage"
  account_tier = "Premium"
  # A copy in each of three zones.
  account_replication_type = "ZRS"

  # Reached within the network only, encrypted on the way, and nothing in it is public.
  public_network_access_enabled = false
  https_traffic_only_enabled = true
  min_tls_version = "TLS1_2"
  allow_nested_items_to_be_public = false
  cross_tenant_replication_enabled = false
  # Linux mounts SMB with the account's key, which the machines fetch at boot.
  shared_access_key_enabled = true
  local_user_enabled = false

  share_properties {
    retention_policy {
      days = 14
    }

    smb {
      versions = ["SMB3.1.1"]
      authentication_types = ["NTLMv2"]
      channel_encryption_type = ["AES-128-GCM", "AES-256-GCM"]
    }
  }

  tags = {{ account.tags }}
}

resource "azurerm_storage_share" "{{ share.local }}" {
  name = "{{ share.name }}"
  storage_account_id = azurerm_storage_account.{{ account.local | ident }}.id
  enabled_protocol = "SMB"
  quota = 1024
}

# The files are backed up like the database: one without the other restores nothing (OCT-27).

resource "azurerm_recovery_services_vault" "{{ vault.local }}" {
  name = "{{ vault.name }}"
  location = azurerm_resource_group.main.location
  resource_group_name = azurerm_resource_group.main.name
  sku = "Standard"
  storage_mode_type = "ZoneRedundant"

  identity {
    type = "SystemAssigned"
  }

  tags = {{ vault.tags }}
}

resource "azurerm_backup_policy_file_share" "{{ policy.local }}" {
  name = "{{ policy.name }}"
  resource_group_name = azurerm_resource_group.main.name
  recovery_vault_name = azurerm_recovery_services_vault.{{ vault.local | ident }}.name

  backup {
    frequency = "Daily"
    time = "03:00"
  }

  retention_daily {
    count = 14
  }
}

resource "azurerm_backup_container_storage_account" "{{ registration.local }}" {
  resource_group_name = azurerm_resource_group.main.name
  recovery_vault_name = azurerm_recovery_services_vault.{{ vault.local | ident }}.name
  storage_account_id = azurerm_storage_account.{{ account.local | ident }}.id
}

resource "azurerm_backup_protected_file_share" "{{ backup.local }}" {
  resource_group_name = azurerm_resource_group.main.name
  recovery_vault_name = azurerm_recovery_services_vault.{{ vault.local | ident }}.name
  source_storage_account_id = azurerm_backup_container_storage_account.{{ registration.local | ident }}.storage_account_id
  source_file_share_name = azurerm_storage_share.{{ share.local | ident }}.name
  backup_policy_id = azurerm_backup_policy_file_share.{{ policy.local | ident }}.id
}

# Nobody deletes it by mistake.
resource "azurerm_management_lock" "{{ lock.local }}" {
  name = "{{ lock.name }}"
  scope = azurerm_storage_account.{{ account.local | ident }}.id
  lock_level = "CanNotDelete"
  notes = "Holds data"

  depends_on = [azurerm_backup_protected_file_share.{{ backup.local | ident }}, azurerm_private_endpoint.files]
}

{% if key %}
# Pods mount with the key, which comes to them as a secret; no plan holds it.
resource "azurerm_key_vault_secret" "{{ key.local }}" {
  name = "{{ key.name }}"
  key_vault_id = azurerm_key_vault.secrets.id
  content_type = "text/plain"
  value_wo = azurerm_storage_account.{{ account.local | ident }}.primary_access_key
  value_wo_version = 1

  tags = {{ key.tags }}

  depends_on = [azurerm_role_assignment.operator_secrets]
}

{% endif %}
{% include "azure/private_access.tf" %}
{% include "azure/boot_values.tf" %}
