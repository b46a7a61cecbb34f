output "address" {
  description = "Where users find the deployment; point a name of your own at it."
  value       = "http://${aws_lb.main.dns_name}"
}

output "kafka_brokers" {
  description = "The brokers that clients begin with."
  value       = aws_ssm_parameter.kafka_brokers.value
  sensitive   = true
}

output "search_addresses" {
  description = "Where the search cluster answers."
  value       = aws_ssm_parameter.search_addresses.value
  sensitive   = true
}

output "storage_bucket" {
  description = "The bucket that holds the platform's files."
  value       = aws_s3_bucket.storage.bucket
}
