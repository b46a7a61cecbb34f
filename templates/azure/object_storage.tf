resource "azurerm_storage_account" "{{ account.local }}" {
  name = {{ name }}
  location = azurerm_resource_group.main.location
  resource_group_name = azurerm_resource_group.main.name
  account_kind = "StorageV2"
  account_tier = "Standard"
  # A copy in each of three zones.
  account_replication_type = "ZRS"

  # Reached within the network only, over TLS, and nothing in it is public.
  public_network_access_enabled = false
  https_traffic_only_enabled = true
  min_tls_version = "TLS1_2"
  allow_nested_items_to_be_public = false
  cross_tenant_replication_enabled = false
  infrastructure_encryption_enabled = true
{% if keys %}
  # RudderStack knows no log-in by identity: its machines fetch the key at boot.
{% else %}
  # Machines log in by their identity.
{% endif %}
  shared_access_key_enabled = {{ keys }}
  default_to_oauth_authentication = true
  local_user_enabled = false
  # Kestra can't use folders of a file system (KES-20).
  is_hns_enabled = false

  # What is overwritten or deleted by mistake can be had back.
  blob_properties {
    versioning_enabled = true

    delete_retention_policy {
      days = {{ keep_old_days }}
    }

    container_delete_retention_policy {
      days = {{ keep_old_days }}
    }
  }

  tags = {{ account.tags }}
}

resource "azurerm_storage_container" "{{ container.local }}" {
  name = "{{ container.name }}"
  storage_account_id = azurerm_storage_account.{{ account.local | ident }}.id
  container_access_type = "private"
}

resource "azurerm_storage_management_policy" "{{ policy.local }}" {
  storage_account_id = azurerm_storage_account.{{ account.local | ident }}.id

  rule {
    name = "forget-old-versions"
    enabled = true

    filters {
      blob_types = ["blockBlob"]
    }

    actions {
      version {
        delete_after_days_since_creation = {{ keep_old_days }}
      }
    }
  }
}

# Nobody deletes it by mistake.
resource "azurerm_management_lock" "{{ lock.local }}" {
  name = "{{ lock.name }}"
  scope = azurerm_storage_account.{{ account.local | ident }}.id
  lock_level = "CanNotDelete"
  notes = "Holds data"

  depends_on = [azurerm_storage_container.{{ container.local | ident }}, azurerm_storage_management_policy.{{ policy.local | ident }}, azurerm_private_endpoint.storage]
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
