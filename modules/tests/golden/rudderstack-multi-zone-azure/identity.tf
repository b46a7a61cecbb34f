# What the machines of each kind may do, and no more.

# server

resource "azurerm_user_assigned_identity" "server" {
  name                = "clicks-server"
  location            = azurerm_resource_group.main.location
  resource_group_name = azurerm_resource_group.main.name

  tags = {
    "provision-deployment" = "clicks"
    "provision-address"    = "azurerm_user_assigned_identity.server"
  }
}

# Addresses of the backends
resource "azurerm_role_assignment" "server_values" {
  scope                = azurerm_key_vault.values.id
  role_definition_name = "Key Vault Secrets User"
  principal_id         = azurerm_user_assigned_identity.server.principal_id
  principal_type       = "ServicePrincipal"
}

# The database's password
resource "azurerm_role_assignment" "server_database_password" {
  scope                = azurerm_key_vault_secret.database_password.resource_versionless_id
  role_definition_name = "Key Vault Secrets User"
  principal_id         = azurerm_user_assigned_identity.server.principal_id
  principal_type       = "ServicePrincipal"
}

# The platform's own secret
resource "azurerm_role_assignment" "server_workspace_token" {
  scope                = azurerm_key_vault_secret.workspace_token.resource_versionless_id
  role_definition_name = "Key Vault Secrets User"
  principal_id         = azurerm_user_assigned_identity.server.principal_id
  principal_type       = "ServicePrincipal"
}

# Tells figures for alarms, and reads none
resource "azurerm_role_assignment" "server_figures" {
  scope                = azurerm_resource_group.main.id
  role_definition_name = "Monitoring Metrics Publisher"
  principal_id         = azurerm_user_assigned_identity.server.principal_id
  principal_type       = "ServicePrincipal"
}

# The key by which the product reaches its files
resource "azurerm_role_assignment" "server_storage" {
  scope                = azurerm_storage_account.storage.id
  role_definition_name = "Storage Account Key Operator Service Role"
  principal_id         = azurerm_user_assigned_identity.server.principal_id
  principal_type       = "ServicePrincipal"
}

# transformer

resource "azurerm_user_assigned_identity" "transformer" {
  name                = "clicks-transformer"
  location            = azurerm_resource_group.main.location
  resource_group_name = azurerm_resource_group.main.name

  tags = {
    "provision-deployment" = "clicks"
    "provision-address"    = "azurerm_user_assigned_identity.transformer"
  }
}

# Addresses of the backends
resource "azurerm_role_assignment" "transformer_values" {
  scope                = azurerm_key_vault.values.id
  role_definition_name = "Key Vault Secrets User"
  principal_id         = azurerm_user_assigned_identity.transformer.principal_id
  principal_type       = "ServicePrincipal"
}

# The platform's own secret
resource "azurerm_role_assignment" "transformer_workspace_token" {
  scope                = azurerm_key_vault_secret.workspace_token.resource_versionless_id
  role_definition_name = "Key Vault Secrets User"
  principal_id         = azurerm_user_assigned_identity.transformer.principal_id
  principal_type       = "ServicePrincipal"
}

# monitoring

resource "azurerm_user_assigned_identity" "monitoring" {
  name                = "clicks-monitoring"
  location            = azurerm_resource_group.main.location
  resource_group_name = azurerm_resource_group.main.name

  tags = {
    "provision-deployment" = "clicks"
    "provision-address"    = "azurerm_user_assigned_identity.monitoring"
  }
}

# Addresses of the backends
resource "azurerm_role_assignment" "monitoring_values" {
  scope                = azurerm_key_vault.values.id
  role_definition_name = "Key Vault Secrets User"
  principal_id         = azurerm_user_assigned_identity.monitoring.principal_id
  principal_type       = "ServicePrincipal"
}

# Whom to watch
resource "azurerm_role_assignment" "monitoring_machines" {
  scope                = azurerm_resource_group.main.id
  role_definition_name = "Reader"
  principal_id         = azurerm_user_assigned_identity.monitoring.principal_id
  principal_type       = "ServicePrincipal"
}

# Vaults. What was deleted can be had back, and nobody can shorten that.

# Addresses that every machine reads at boot; no secrets.
resource "azurerm_key_vault" "values" {
  name                       = "clicks-values-${local.unique}"
  location                   = azurerm_resource_group.main.location
  resource_group_name        = azurerm_resource_group.main.name
  tenant_id                  = azurerm_user_assigned_identity.server.tenant_id
  sku_name                   = "standard"
  rbac_authorization_enabled = true
  purge_protection_enabled   = true
  soft_delete_retention_days = 90

  # Machines come by the endpoints below; from outside only who applies this.
  network_acls {
    default_action = "Deny"
    bypass         = "AzureServices"
    ip_rules       = [var.operator_range]
  }

  tags = {
    "provision-deployment" = "clicks"
    "provision-address"    = "azurerm_key_vault.values"
  }
}

resource "azurerm_role_assignment" "operator_values" {
  scope                = azurerm_key_vault.values.id
  role_definition_name = "Key Vault Secrets Officer"
  principal_id         = var.operator_id
}

# Secrets; a machine may read its own only.
resource "azurerm_key_vault" "secrets" {
  name                       = "clicks-secrets-${local.unique}"
  location                   = azurerm_resource_group.main.location
  resource_group_name        = azurerm_resource_group.main.name
  tenant_id                  = azurerm_user_assigned_identity.server.tenant_id
  sku_name                   = "standard"
  rbac_authorization_enabled = true
  purge_protection_enabled   = true
  soft_delete_retention_days = 90

  # Machines come by the endpoints below; from outside only who applies this.
  network_acls {
    default_action = "Deny"
    bypass         = "AzureServices"
    ip_rules       = [var.operator_range]
  }

  tags = {
    "provision-deployment" = "clicks"
    "provision-address"    = "azurerm_key_vault.secrets"
  }
}

resource "azurerm_role_assignment" "operator_secrets" {
  scope                = azurerm_key_vault.secrets.id
  role_definition_name = "Key Vault Secrets Officer"
  principal_id         = var.operator_id
}

# Places for secrets. Their values never pass through here.

# Names the workspace whose configuration the servers take.
# Put its value in before the machines start: they wait for it.
resource "azurerm_key_vault_secret" "workspace_token" {
  name             = "workspace-token"
  key_vault_id     = azurerm_key_vault.secrets.id
  content_type     = "placeholder"
  value_wo         = "none yet"
  value_wo_version = 1

  tags = {
    "provision-deployment" = "clicks"
    "provision-address"    = "azurerm_key_vault_secret.workspace_token"
  }

  lifecycle {
    # A value that was put in has another type, or none.
    ignore_changes = [content_type]
  }

  depends_on = [azurerm_role_assignment.operator_secrets]
}

# How machines reach it: a name and an address within the network.

resource "azurerm_private_dns_zone" "vaults" {
  name                = "privatelink.vaultcore.azure.net"
  resource_group_name = azurerm_resource_group.main.name

  tags = {
    "provision-deployment" = "clicks"
    "provision-address"    = "azurerm_private_dns_zone.vaults"
  }
}

resource "azurerm_private_dns_zone_virtual_network_link" "vaults" {
  name                  = "clicks-vaults"
  resource_group_name   = azurerm_resource_group.main.name
  private_dns_zone_name = azurerm_private_dns_zone.vaults.name
  virtual_network_id    = azurerm_virtual_network.main.id

  tags = {
    "provision-deployment" = "clicks"
    "provision-address"    = "azurerm_private_dns_zone_virtual_network_link.vaults"
  }
}

resource "azurerm_private_endpoint" "vault_values" {
  name                = "clicks-vault-values"
  location            = azurerm_resource_group.main.location
  resource_group_name = azurerm_resource_group.main.name
  subnet_id           = azurerm_subnet.private.id

  private_service_connection {
    name                           = "main"
    private_connection_resource_id = azurerm_key_vault.values.id
    subresource_names              = ["vault"]
    is_manual_connection           = false
  }

  private_dns_zone_group {
    name                 = "main"
    private_dns_zone_ids = [azurerm_private_dns_zone.vaults.id]
  }

  tags = {
    "provision-deployment" = "clicks"
    "provision-address"    = "azurerm_private_endpoint.vault_values"
  }
}

resource "azurerm_private_endpoint" "vault_secrets" {
  name                = "clicks-vault-secrets"
  location            = azurerm_resource_group.main.location
  resource_group_name = azurerm_resource_group.main.name
  subnet_id           = azurerm_subnet.private.id

  private_service_connection {
    name                           = "main"
    private_connection_resource_id = azurerm_key_vault.secrets.id
    subresource_names              = ["vault"]
    is_manual_connection           = false
  }

  private_dns_zone_group {
    name                 = "main"
    private_dns_zone_ids = [azurerm_private_dns_zone.vaults.id]
  }

  tags = {
    "provision-deployment" = "clicks"
    "provision-address"    = "azurerm_private_endpoint.vault_secrets"
  }
}

# What the machines read at boot.

resource "azurerm_key_vault_secret" "vault_secrets" {
  name         = "vault--secrets"
  key_vault_id = azurerm_key_vault.values.id
  content_type = "text/plain"
  value        = azurerm_key_vault.secrets.vault_uri

  tags = {
    "provision-deployment" = "clicks"
    "provision-address"    = "azurerm_key_vault_secret.vault_secrets"
  }

  depends_on = [azurerm_role_assignment.operator_values]
}
