# What pods and machines may do, and no more.

# kestra

resource "azurerm_user_assigned_identity" "kestra" {
  name                = "orders-kestra"
  location            = azurerm_resource_group.main.location
  resource_group_name = azurerm_resource_group.main.name

  tags = {
    "provision-deployment" = "orders"
    "provision-address"    = "azurerm_user_assigned_identity.kestra"
  }
}

# Pods of the cluster act as it, by a token that the cluster signs.
resource "azurerm_federated_identity_credential" "kestra" {
  name                = "orders-kestra"
  resource_group_name = azurerm_resource_group.main.name
  parent_id           = azurerm_user_assigned_identity.kestra.id
  audience            = ["api://AzureADTokenExchange"]
  issuer              = azurerm_kubernetes_cluster.main.oidc_issuer_url
  subject             = "system:serviceaccount:orders:kestra"
}

# The platform's files
resource "azurerm_role_assignment" "kestra_storage" {
  scope                = azurerm_storage_container.storage.id
  role_definition_name = "Storage Blob Data Contributor"
  principal_id         = azurerm_user_assigned_identity.kestra.principal_id
  principal_type       = "ServicePrincipal"
}

# external-secrets

resource "azurerm_user_assigned_identity" "external_secrets" {
  name                = "orders-external-secrets"
  location            = azurerm_resource_group.main.location
  resource_group_name = azurerm_resource_group.main.name

  tags = {
    "provision-deployment" = "orders"
    "provision-address"    = "azurerm_user_assigned_identity.external_secrets"
  }
}

# Pods of the cluster act as it, by a token that the cluster signs.
resource "azurerm_federated_identity_credential" "external_secrets" {
  name                = "orders-external-secrets"
  resource_group_name = azurerm_resource_group.main.name
  parent_id           = azurerm_user_assigned_identity.external_secrets.id
  audience            = ["api://AzureADTokenExchange"]
  issuer              = azurerm_kubernetes_cluster.main.oidc_issuer_url
  subject             = "system:serviceaccount:external-secrets:external-secrets"
}

# The platform's own secret
resource "azurerm_role_assignment" "external_secrets_encryption_key" {
  scope                = azurerm_key_vault_secret.encryption_key.resource_versionless_id
  role_definition_name = "Key Vault Secrets User"
  principal_id         = azurerm_user_assigned_identity.external_secrets.principal_id
  principal_type       = "ServicePrincipal"
}

# A secret that was there before
resource "azurerm_role_assignment" "external_secrets_licence" {
  scope                = "${var.secrets_vault_id}/secrets/kestra-licence"
  role_definition_name = "Key Vault Secrets User"
  principal_id         = azurerm_user_assigned_identity.external_secrets.principal_id
  principal_type       = "ServicePrincipal"
}

# kafka-broker

resource "azurerm_user_assigned_identity" "kafka_broker" {
  name                = "orders-kafka-broker"
  location            = azurerm_resource_group.main.location
  resource_group_name = azurerm_resource_group.main.name

  tags = {
    "provision-deployment" = "orders"
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
  name                = "orders-kafka-controller"
  location            = azurerm_resource_group.main.location
  resource_group_name = azurerm_resource_group.main.name

  tags = {
    "provision-deployment" = "orders"
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

# search-data

resource "azurerm_user_assigned_identity" "search_data" {
  name                = "orders-search-data"
  location            = azurerm_resource_group.main.location
  resource_group_name = azurerm_resource_group.main.name

  tags = {
    "provision-deployment" = "orders"
    "provision-address"    = "azurerm_user_assigned_identity.search_data"
  }
}

# Addresses of the backends
resource "azurerm_role_assignment" "search_data_values" {
  scope                = azurerm_key_vault.values.id
  role_definition_name = "Key Vault Secrets User"
  principal_id         = azurerm_user_assigned_identity.search_data.principal_id
  principal_type       = "ServicePrincipal"
}

# search-master

resource "azurerm_user_assigned_identity" "search_master" {
  name                = "orders-search-master"
  location            = azurerm_resource_group.main.location
  resource_group_name = azurerm_resource_group.main.name

  tags = {
    "provision-deployment" = "orders"
    "provision-address"    = "azurerm_user_assigned_identity.search_master"
  }
}

# Addresses of the backends
resource "azurerm_role_assignment" "search_master_values" {
  scope                = azurerm_key_vault.values.id
  role_definition_name = "Key Vault Secrets User"
  principal_id         = azurerm_user_assigned_identity.search_master.principal_id
  principal_type       = "ServicePrincipal"
}

# The first machine makes it up and puts it there
resource "azurerm_role_assignment" "search_master_search_formed" {
  scope                = azurerm_key_vault_secret.search_formed.resource_versionless_id
  role_definition_name = "Key Vault Secrets Officer"
  principal_id         = azurerm_user_assigned_identity.search_master.principal_id
  principal_type       = "ServicePrincipal"
}

# Vaults. What was deleted can be had back, and nobody can shorten that.

# Addresses that every machine reads at boot; no secrets.
resource "azurerm_key_vault" "values" {
  name                       = "orders-values-${local.unique}"
  location                   = azurerm_resource_group.main.location
  resource_group_name        = azurerm_resource_group.main.name
  tenant_id                  = azurerm_user_assigned_identity.kestra.tenant_id
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
    "provision-deployment" = "orders"
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
  name                       = "orders-secrets-${local.unique}"
  location                   = azurerm_resource_group.main.location
  resource_group_name        = azurerm_resource_group.main.name
  tenant_id                  = azurerm_user_assigned_identity.kestra.tenant_id
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
    "provision-deployment" = "orders"
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

# Encrypts inputs and outputs of type SECRET; 32 bytes in base64.
# The installation makes up its value and keeps it here.
resource "azurerm_key_vault_secret" "encryption_key" {
  name             = "encryption-key"
  key_vault_id     = azurerm_key_vault.secrets.id
  content_type     = "placeholder"
  value_wo         = "none yet"
  value_wo_version = 1

  tags = {
    "provision-deployment" = "orders"
    "provision-address"    = "azurerm_key_vault_secret.encryption_key"
  }

  lifecycle {
    # A value that was put in has another type, or none.
    ignore_changes = [content_type]
  }

  depends_on = [azurerm_role_assignment.operator_secrets]
}

# The search cluster's own id; the first nodes put it down, and no node forms another cluster then.
# The installation makes up its value and keeps it here.
resource "azurerm_key_vault_secret" "search_formed" {
  name             = "search-formed"
  key_vault_id     = azurerm_key_vault.secrets.id
  content_type     = "placeholder"
  value_wo         = "none yet"
  value_wo_version = 1

  tags = {
    "provision-deployment" = "orders"
    "provision-address"    = "azurerm_key_vault_secret.search_formed"
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
    "provision-deployment" = "orders"
    "provision-address"    = "azurerm_private_dns_zone.vaults"
  }
}

resource "azurerm_private_dns_zone_virtual_network_link" "vaults" {
  name                  = "orders-vaults"
  resource_group_name   = azurerm_resource_group.main.name
  private_dns_zone_name = azurerm_private_dns_zone.vaults.name
  virtual_network_id    = azurerm_virtual_network.main.id

  tags = {
    "provision-deployment" = "orders"
    "provision-address"    = "azurerm_private_dns_zone_virtual_network_link.vaults"
  }
}

resource "azurerm_private_endpoint" "vault_values" {
  name                = "orders-vault-values"
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
    "provision-deployment" = "orders"
    "provision-address"    = "azurerm_private_endpoint.vault_values"
  }
}

resource "azurerm_private_endpoint" "vault_secrets" {
  name                = "orders-vault-secrets"
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
    "provision-deployment" = "orders"
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
    "provision-deployment" = "orders"
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
    "provision-deployment" = "orders"
    "provision-address"    = "azurerm_key_vault_secret.vault_existing"
  }

  depends_on = [azurerm_role_assignment.operator_values]
}
