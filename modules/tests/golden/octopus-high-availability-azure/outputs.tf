output "address" {
  description = "Where users find the deployment; point a name of your own at it."
  value       = "http://${azurerm_lb.main.private_ip_address}"
}

output "database_main" {
  description = "The database server that machines connect to."
  value       = azurerm_mssql_server.main.fully_qualified_domain_name
}

output "shared_files" {
  description = "The share that machines mount."
  value       = azurerm_storage_share.main.id
}
