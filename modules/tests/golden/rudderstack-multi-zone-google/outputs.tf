output "address" {
  description = "Where users find the deployment."
  value       = "https://clicks.example.com"
}

output "database_server_0" {
  description = "The database server that machines connect to."
  value       = google_sql_database_instance.server_0.private_ip_address
}

output "database_server_1" {
  description = "The database server that machines connect to."
  value       = google_sql_database_instance.server_1.private_ip_address
}

output "database_server_2" {
  description = "The database server that machines connect to."
  value       = google_sql_database_instance.server_2.private_ip_address
}

output "storage_bucket" {
  description = "The bucket that holds the platform's files."
  value       = google_storage_bucket.storage.name
}
