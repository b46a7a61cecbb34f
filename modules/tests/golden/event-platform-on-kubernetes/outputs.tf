output "kafka_brokers" {
  description = "The brokers that clients begin with."
  value       = aws_ssm_parameter.kafka_brokers.value
  sensitive   = true
}

output "storage_bucket" {
  description = "The bucket that holds the platform's files."
  value       = aws_s3_bucket.storage.bucket
}

output "cluster" {
  description = "The cluster that the components run in."
  value       = aws_eks_cluster.main.name
}
