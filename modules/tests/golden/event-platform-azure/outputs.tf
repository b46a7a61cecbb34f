output "kafka_brokers" {
  description = "The brokers that clients begin with."
  value       = azurerm_key_vault_secret.kafka_brokers.value
  sensitive   = true
}

output "storage_bucket" {
  description = "The container that holds the platform's files."
  value       = azurerm_storage_container.storage.id
}
