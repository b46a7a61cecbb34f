output "address" {
  description = "Where users find the deployment; point a name of your own at it."
  value       = "http://${azurerm_lb.main.private_ip_address}"
}

output "database_server_0" {
  description = "The database server that machines connect to."
  value       = azurerm_postgresql_flexible_server.server_0.fqdn
}

output "database_server_1" {
  description = "The database server that machines connect to."
  value       = azurerm_postgresql_flexible_server.server_1.fqdn
}

output "database_server_2" {
  description = "The database server that machines connect to."
  value       = azurerm_postgresql_flexible_server.server_2.fqdn
}

output "storage_bucket" {
  description = "The container that holds the platform's files."
  value       = azurerm_storage_container.storage.id
}
