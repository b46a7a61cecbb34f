output "address" {
  description = "Where users find the deployment; point a name of your own at it."
  value       = "http://10.0.127.245"
}

output "kafka_brokers" {
  description = "The brokers that clients begin with."
  value       = azurerm_key_vault_secret.kafka_brokers.value
  sensitive   = true
}

output "search_addresses" {
  description = "Where the search cluster answers."
  value       = azurerm_key_vault_secret.search_addresses.value
  sensitive   = true
}

output "storage_bucket" {
  description = "The container that holds the platform's files."
  value       = azurerm_storage_container.storage.name
}

output "storage_endpoint" {
  description = "Where the container's account answers."
  value       = azurerm_storage_account.storage.primary_blob_endpoint
}

output "storage_account" {
  description = "The container's account."
  value       = azurerm_storage_account.storage.name
}

output "cluster" {
  description = "The cluster that the components run in."
  value       = azurerm_kubernetes_cluster.main.name
}

output "resource_group" {
  description = "The resource group that everything stands in."
  value       = azurerm_resource_group.main.name
}

output "secrets_vault" {
  description = "Where secrets are kept."
  value       = azurerm_key_vault.secrets.vault_uri
}

output "existing_vault" {
  description = "Where secrets are kept that were there before."
  value       = "https://${local.secrets_vault}.vault.azure.net/"
}

output "identity_kestra" {
  description = "What the pods of kestra act as."
  value       = azurerm_user_assigned_identity.kestra.client_id
}

output "identity_external_secrets" {
  description = "What the pods of external-secrets act as."
  value       = azurerm_user_assigned_identity.external_secrets.client_id
}

output "entry_address" {
  description = "Where the cluster's own load balancer answers."
  value       = "10.0.127.245"
}

output "client_range" {
  description = "Who may connect to the load balancer."
  value       = var.client_range
}
