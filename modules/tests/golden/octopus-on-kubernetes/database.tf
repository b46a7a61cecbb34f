resource "aws_db_subnet_group" "main" {
  name        = "releases"
  description = "Where the database may stand"
  subnet_ids  = [aws_subnet.private_a.id, aws_subnet.private_b.id]

  tags = {
    "Name"                 = "releases"
    "provision:deployment" = "releases"
    "provision:address"    = "aws_db_subnet_group.main"
  }
}

resource "aws_db_parameter_group" "main" {
  name        = "releases"
  description = "Settings of the database"
  family      = "sqlserver-se-16.0"

  parameter {
    name         = "rds.force_ssl"
    value        = "1"
    apply_method = "pending-reboot"
  }

  tags = {
    "Name"                 = "releases"
    "provision:deployment" = "releases"
    "provision:address"    = "aws_db_parameter_group.main"
  }
}

resource "aws_db_instance" "main" {
  identifier     = "releases-database"
  engine         = "sqlserver-se"
  engine_version = "16.00"
  license_model  = "license-included"
  instance_class = "db.m6i.xlarge"
  port           = 1433
  username       = "provision"
  # The service makes the password, keeps it in its secret store and changes it; nobody ever sees it here.
  manage_master_user_password = true

  # A standby in another zone takes over when this one is lost.
  multi_az               = true
  db_subnet_group_name   = aws_db_subnet_group.main.name
  vpc_security_group_ids = [aws_security_group.database.id]
  publicly_accessible    = false
  parameter_group_name   = aws_db_parameter_group.main.name

  storage_type          = "gp3"
  allocated_storage     = 100
  max_allocated_storage = 500
  storage_encrypted     = true

  backup_retention_period   = 14
  copy_tags_to_snapshot     = true
  delete_automated_backups  = false
  deletion_protection       = var.deletion_protection
  skip_final_snapshot       = false
  final_snapshot_identifier = "releases-database-final"

  auto_minor_version_upgrade      = true
  allow_major_version_upgrade     = false
  apply_immediately               = false
  performance_insights_enabled    = true
  enabled_cloudwatch_logs_exports = ["error"]

  tags = {
    "Name"                 = "releases-database"
    "provision:deployment" = "releases"
    "provision:address"    = "aws_db_instance.main"
  }
}

# What the machines read at boot.

resource "aws_ssm_parameter" "database_host" {
  name  = "/provision/releases/database/host"
  type  = "String"
  value = aws_db_instance.main.address

  tags = {
    "Name"                 = "releases-database/host"
    "provision:deployment" = "releases"
    "provision:address"    = "aws_ssm_parameter.database_host"
  }
}

resource "aws_ssm_parameter" "database_secret" {
  name  = "/provision/releases/database/secret"
  type  = "String"
  value = aws_db_instance.main.master_user_secret[0].secret_arn

  tags = {
    "Name"                 = "releases-database/secret"
    "provision:deployment" = "releases"
    "provision:address"    = "aws_ssm_parameter.database_secret"
  }
}
