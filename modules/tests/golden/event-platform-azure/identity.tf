# What the machines of each kind may do, and no more.

# execution

resource "azurerm_user_assigned_identity" "execution" {
  name                = "events-execution"
  location            = azurerm_resource_group.main.location
  resource_group_name = azurerm_resource_group.main.name

  tags = {
    "provision-deployment" = "events"
    "provision-address"    = "azurerm_user_assigned_identity.execution"
  }
}

# Addresses of the backends
resource "azurerm_role_assignment" "execution_values" {
  scope                = azurerm_key_vault.values.id
  role_definition_name = "Key Vault Secrets User"
  principal_id         = azurerm_user_assigned_identity.execution.principal_id
  principal_type       = "ServicePrincipal"
}

# Tells figures for alarms, and reads none
resource "azurerm_role_assignment" "execution_figures" {
  scope                = azurerm_resource_group.main.id
  role_definition_name = "Monitoring Metrics Publisher"
  principal_id         = azurerm_user_assigned_identity.execution.principal_id
  principal_type       = "ServicePrincipal"
}

# job

resource "azurerm_user_assigned_identity" "job" {
  name                = "events-job"
  location            = azurerm_resource_group.main.location
  resource_group_name = azurerm_resource_group.main.name

  tags = {
    "provision-deployment" = "events"
    "provision-address"    = "azurerm_user_assigned_identity.job"
  }
}

# Addresses of the backends
resource "azurerm_role_assignment" "job_values" {
  scope                = azurerm_key_vault.values.id
  role_definition_name = "Key Vault Secrets User"
  principal_id         = azurerm_user_assigned_identity.job.principal_id
  principal_type       = "ServicePrincipal"
}

# Tells figures for alarms, and reads none
resource "azurerm_role_assignment" "job_figures" {
  scope                = azurerm_resource_group.main.id
  role_definition_name = "Monitoring Metrics Publisher"
  principal_id         = azurerm_user_assigned_identity.job.principal_id
  principal_type       = "ServicePrincipal"
}

# kafka-broker

resource "azurerm_user_assigned_identity" "kafka_broker" {
  name                = "events-kafka-broker"
  location            = azurerm_resource_group.main.location
  resource_group_name = azurerm_resource_group.main.name

  tags = {
    "provision-deployment" = "events"
    "provision-address"    = "azurerm_user_assigned_identity.kafka_broker"
  }
}

# Addresses of the backends
resource "azurerm_role_assignment" "kafka_broker_values" {
  scope                = azurerm_key_vault.values.id
  role_definition_name = "Key Vault Secrets User"
  principal_id         = azurerm_user_assigned_identity.kafka_broker.principal_id
  principal_type       = "ServicePrincipal"
}

# kafka-controller

resource "azurerm_user_assigned_identity" "kafka_controller" {
  name                = "events-kafka-controller"
  location            = azurerm_resource_group.main.location
  resource_group_name = azurerm_resource_group.main.name

  tags = {
    "provision-deployment" = "events"
    "provision-address"    = "azurerm_user_assigned_identity.kafka_controller"
  }
}

# Addresses of the backends
resource "azurerm_role_assignment" "kafka_controller_values" {
  scope                = azurerm_key_vault.values.id
  role_definition_name = "Key Vault Secrets User"
  principal_id         = azurerm_user_assigned_identity.kafka_controller.principal_id
  principal_type       = "ServicePrincipal"
}

# Vaults. What was deleted can be had back, and nobody can shorten that.

# Addresses that every machine reads at boot; no secrets.
resource "azurerm_key_vault" "values" {
  name                       = "events-values-${local.unique}"
  location                   = azurerm_resource_group.main.location
  resource_group_name        = azurerm_resource_group.main.name
  tenant_id                  = azurerm_user_assigned_identity.execution.tenant_id
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
    "provision-deployment" = "events"
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
  name                       = "events-secrets-${local.unique}"
  location                   = azurerm_resource_group.main.location
  resource_group_name        = azurerm_resource_group.main.name
  tenant_id                  = azurerm_user_assigned_identity.execution.tenant_id
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
    "provision-deployment" = "events"
    "provision-address"    = "azurerm_key_vault.secrets"
  }
}

resource "azurerm_role_assignment" "operator_secrets" {
  scope                = azurerm_key_vault.secrets.id
  role_definition_name = "Key Vault Secrets Officer"
  principal_id         = var.operator_id
}

# How machines reach it: a name and an address within the network.

resource "azurerm_private_dns_zone" "vaults" {
  name                = "privatelink.vaultcore.azure.net"
  resource_group_name = azurerm_resource_group.main.name

  tags = {
    "provision-deployment" = "events"
    "provision-address"    = "azurerm_private_dns_zone.vaults"
  }
}

resource "azurerm_private_dns_zone_virtual_network_link" "vaults" {
  name                  = "events-vaults"
  resource_group_name   = azurerm_resource_group.main.name
  private_dns_zone_name = azurerm_private_dns_zone.vaults.name
  virtual_network_id    = azurerm_virtual_network.main.id

  tags = {
    "provision-deployment" = "events"
    "provision-address"    = "azurerm_private_dns_zone_virtual_network_link.vaults"
  }
}

resource "azurerm_private_endpoint" "vault_values" {
  name                = "events-vault-values"
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
    "provision-deployment" = "events"
    "provision-address"    = "azurerm_private_endpoint.vault_values"
  }
}

resource "azurerm_private_endpoint" "vault_secrets" {
  name                = "events-vault-secrets"
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
    "provision-deployment" = "events"
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
    "provision-deployment" = "events"
    "provision-address"    = "azurerm_key_vault_secret.vault_secrets"
  }

  depends_on = [azurerm_role_assignment.operator_values]
}
