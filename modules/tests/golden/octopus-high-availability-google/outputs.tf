output "address" {
  description = "Where users find the deployment; point a name of your own at it."
  value       = "http://${google_compute_address.main.address}"
}

output "database_main" {
  description = "The database server that machines connect to."
  value       = google_sql_database_instance.main.private_ip_address
}

output "shared_files" {
  description = "The file system that machines mount."
  value       = google_filestore_instance.main.id
}
