output "address" {
  description = "Where users find the deployment; point a name of your own at it."
  value       = "http://${aws_lb.main.dns_name}"
}

output "database_server_0" {
  description = "The database server that machines connect to."
  value       = aws_db_instance.server_0.address
}

output "database_server_0_secret" {
  description = "Where the database service keeps the password."
  value       = aws_db_instance.server_0.master_user_secret[0].secret_arn
}

output "database_server_1" {
  description = "The database server that machines connect to."
  value       = aws_db_instance.server_1.address
}

output "database_server_1_secret" {
  description = "Where the database service keeps the password."
  value       = aws_db_instance.server_1.master_user_secret[0].secret_arn
}

output "database_server_2" {
  description = "The database server that machines connect to."
  value       = aws_db_instance.server_2.address
}

output "database_server_2_secret" {
  description = "Where the database service keeps the password."
  value       = aws_db_instance.server_2.master_user_secret[0].secret_arn
}

output "storage_bucket" {
  description = "The bucket that holds the platform's files."
  value       = aws_s3_bucket.storage.bucket
}

output "cluster" {
  description = "The cluster that the components run in."
  value       = aws_eks_cluster.main.name
}
