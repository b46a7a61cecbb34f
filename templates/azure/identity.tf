{% if installed %}
# What pods and machines may do, and no more.
{% else %}
# What the machines of each kind may do, and no more.
{% endif %}

{% for it in roles %}
# {{ it.name }}

resource "azurerm_user_assigned_identity" "{{ it.identity.local }}" {
  name = "{{ it.identity.name }}"
  location = azurerm_resource_group.main.location
  resource_group_name = azurerm_resource_group.main.name

  tags = {{ it.identity.tags }}
}

{% if it.pods %}
# Pods of the cluster act as it, by a token that the cluster signs.
resource "azurerm_federated_identity_credential" "{{ it.pods.credential.local }}" {
  name = "{{ it.pods.credential.name }}"
  resource_group_name = azurerm_resource_group.main.name
  parent_id = azurerm_user_assigned_identity.{{ it.identity.local | ident }}.id
  audience = ["api://AzureADTokenExchange"]
  issuer = azurerm_kubernetes_cluster.main.oidc_issuer_url
  subject = "{{ it.pods.subject }}"
}

{% endif %}
{% for grant in it.grants %}
# {{ grant.why }}
resource "azurerm_role_assignment" "{{ grant.assignment.local }}" {
  scope = {{ grant.scope }}
  role_definition_name = "{{ grant.role }}"
  principal_id = azurerm_user_assigned_identity.{{ it.identity.local | ident }}.principal_id
  principal_type = "ServicePrincipal"
}

{% endfor %}
{% endfor %}
# Vaults. What was deleted can be had back, and nobody can shorten that.

{% for it in vaults %}
# {{ it.about }}
resource "azurerm_key_vault" "{{ it.vault.local }}" {
  name = {{ it.name }}
  location = azurerm_resource_group.main.location
  resource_group_name = azurerm_resource_group.main.name
  tenant_id = {{ tenant }}
  sku_name = "standard"
  rbac_authorization_enabled = true
  purge_protection_enabled = true
  soft_delete_retention_days = 90

  # Machines come by the endpoints below; from outside only who applies this.
  network_acls {
    default_action = "Deny"
    bypass = "AzureServices"
    ip_rules = [var.operator_range]
  }

  tags = {{ it.vault.tags }}
}

resource "azurerm_role_assignment" "{{ it.operator.local }}" {
  scope = azurerm_key_vault.{{ it.vault.local | ident }}.id
  role_definition_name = "Key Vault Secrets Officer"
  principal_id = var.operator_id
}

{% endfor %}
{% if has_existing %}
locals {
  secrets_vault = regex("[^/]+$", var.secrets_vault_id)
}

{% endif %}
{% if secrets | length > 0 %}
# Places for secrets. Their values never pass through here.

{% for it in secrets %}
# {{ it.about }}.
{% if it.put_by_owner %}
# Put its value in before the machines start: they wait for it.
{% elif installed %}
# The installation makes up its value and keeps it here.
{% else %}
# The first machine makes up its value and keeps it here.
{% endif %}
resource "azurerm_key_vault_secret" "{{ it.secret.local }}" {
  name = "{{ it.secret.name }}"
  key_vault_id = azurerm_key_vault.secrets.id
  content_type = "placeholder"
  value_wo = "none yet"
  value_wo_version = 1

  tags = {{ it.secret.tags }}

  lifecycle {
    # A value that was put in has another type, or none.
    ignore_changes = [content_type]
  }

  depends_on = [azurerm_role_assignment.operator_secrets]
}

{% endfor %}
{% endif %}
{% include "azure/private_access.tf" %}
{% include "azure/boot_values.tf" %}
