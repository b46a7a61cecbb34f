output "address" {
  description = "Where users find the deployment; point a name of your own at it."
  value       = "http://${aws_lb.main.dns_name}"
}

output "database_main" {
  description = "The database server that machines connect to."
  value       = aws_db_instance.main.address
}

output "storage_bucket" {
  description = "The bucket that holds the platform's files."
  value       = aws_s3_bucket.storage.bucket
}
