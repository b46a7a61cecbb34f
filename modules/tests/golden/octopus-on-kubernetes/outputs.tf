output "address" {
  description = "Where users find the deployment; point a name of your own at it."
  value       = "http://${aws_lb.main.dns_name}"
}

output "database_main" {
  description = "The database server that machines connect to."
  value       = aws_db_instance.main.address
}

output "database_main_secret" {
  description = "Where the database service keeps the password."
  value       = aws_db_instance.main.master_user_secret[0].secret_arn
}

output "shared_files" {
  description = "The file system that machines mount."
  value       = aws_efs_file_system.main.id
}

output "cluster" {
  description = "The cluster that the components run in."
  value       = aws_eks_cluster.main.name
}
