output "address" {
  description = "Where users find the deployment; point a name of your own at it."
  value       = "https://${azurerm_public_ip.gateway.ip_address}"
}

output "certificate_reader" {
  description = "Give this identity the role Key Vault Secrets User on the vault of the certificate."
  value       = azurerm_user_assigned_identity.load_balancer.principal_id
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
  value       = azurerm_storage_container.storage.id
}
