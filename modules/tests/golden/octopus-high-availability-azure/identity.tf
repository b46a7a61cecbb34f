# What the machines of each kind may do, and no more.

# server

resource "azurerm_user_assigned_identity" "server" {
  name                = "releases-server"
  location            = azurerm_resource_group.main.location
  resource_group_name = azurerm_resource_group.main.name

  tags = {
    "provision-deployment" = "releases"
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

# The first machine makes it up and puts it there
resource "azurerm_role_assignment" "server_master_key" {
  scope                = azurerm_key_vault_secret.master_key.resource_versionless_id
  role_definition_name = "Key Vault Secrets Officer"
  principal_id         = azurerm_user_assigned_identity.server.principal_id
  principal_type       = "ServicePrincipal"
}

# The first machine makes it up and puts it there
resource "azurerm_role_assignment" "server_admin_password" {
  scope                = azurerm_key_vault_secret.admin_password.resource_versionless_id
  role_definition_name = "Key Vault Secrets Officer"
  principal_id         = azurerm_user_assigned_identity.server.principal_id
  principal_type       = "ServicePrincipal"
}

# A secret that was there before
resource "azurerm_role_assignment" "server_licence" {
  scope                = "${var.secrets_vault_id}/secrets/releases-octopus-licence"
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

# The key by which the files are mounted
resource "azurerm_role_assignment" "server_files" {
  scope                = azurerm_storage_account.files.id
  role_definition_name = "Storage Account Key Operator Service Role"
  principal_id         = azurerm_user_assigned_identity.server.principal_id
  principal_type       = "ServicePrincipal"
}

# Vaults. What was deleted can be had back, and nobody can shorten that.

# Addresses that every machine reads at boot; no secrets.
resource "azurerm_key_vault" "values" {
  name                       = "releases-values-${local.unique}"
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
    "provision-deployment" = "releases"
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
  name                       = "releases-9bb0e4-${local.unique}"
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
    "provision-deployment" = "releases"
    "provision-address"    = "azurerm_key_vault.secrets"
  }
}

resource "azurerm_role_assignment" "operator_secrets" {
  scope                = azurerm_key_vault.secrets.id
  role_definition_name = "Key Vault Secrets Officer"
  principal_id         = var.operator_id
}

locals {
  secrets_vault = regex("[^/]+$", var.secrets_vault_id)
}

# Places for secrets. Their values never pass through here.

# Encrypts what is sensitive in the database; backups are useless without it.
# The first machine makes up its value and keeps it here.
resource "azurerm_key_vault_secret" "master_key" {
  name             = "master-key"
  key_vault_id     = azurerm_key_vault.secrets.id
  content_type     = "placeholder"
  value_wo         = "none yet"
  value_wo_version = 1

  tags = {
    "provision-deployment" = "releases"
    "provision-address"    = "azurerm_key_vault_secret.master_key"
  }

  lifecycle {
    # A value that was put in has another type, or none.
    ignore_changes = [content_type]
  }

  depends_on = [azurerm_role_assignment.operator_secrets]
}

# Of the first administrator.
# The first machine makes up its value and keeps it here.
resource "azurerm_key_vault_secret" "admin_password" {
  name             = "admin-password"
  key_vault_id     = azurerm_key_vault.secrets.id
  content_type     = "placeholder"
  value_wo         = "none yet"
  value_wo_version = 1

  tags = {
    "provision-deployment" = "releases"
    "provision-address"    = "azurerm_key_vault_secret.admin_password"
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
    "provision-deployment" = "releases"
    "provision-address"    = "azurerm_private_dns_zone.vaults"
  }
}

resource "azurerm_private_dns_zone_virtual_network_link" "vaults" {
  name                  = "releases-vaults"
  resource_group_name   = azurerm_resource_group.main.name
  private_dns_zone_name = azurerm_private_dns_zone.vaults.name
  virtual_network_id    = azurerm_virtual_network.main.id

  tags = {
    "provision-deployment" = "releases"
    "provision-address"    = "azurerm_private_dns_zone_virtual_network_link.vaults"
  }
}

resource "azurerm_private_endpoint" "vault_values" {
  name                = "releases-vault-values"
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
    "provision-deployment" = "releases"
    "provision-address"    = "azurerm_private_endpoint.vault_values"
  }
}

resource "azurerm_private_endpoint" "vault_secrets" {
  name                = "releases-vault-secrets"
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
    "provision-deployment" = "releases"
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
    "provision-deployment" = "releases"
    "provision-address"    = "azurerm_key_vault_secret.vault_secrets"
  }

  depends_on = [azurerm_role_assignment.operator_values]
}

resource "azurerm_key_vault_secret" "vault_existing" {
  name         = "vault--existing"
  key_vault_id = azurerm_key_vault.values.id
  content_type = "text/plain"
  value        = "https://${local.secrets_vault}.vault.azure.net/"

  tags = {
    "provision-deployment" = "releases"
    "provision-address"    = "azurerm_key_vault_secret.vault_existing"
  }

  depends_on = [azurerm_role_assignment.operator_values]
}
