resource "aws_db_subnet_group" "main" {
  name        = "orders"
  description = "Where the database may stand"
  subnet_ids  = [aws_subnet.a.id, aws_subnet.b.id]

  tags = {
    "Name"                 = "orders"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_db_subnet_group.main"
  }
}

resource "aws_db_parameter_group" "main" {
  name        = "orders"
  description = "Settings of the database"
  family      = "postgres16"

  parameter {
    name         = "rds.force_ssl"
    value        = "1"
    apply_method = "immediate"
  }

  parameter {
    name         = "max_connections"
    value        = "200"
    apply_method = "pending-reboot"
  }

  tags = {
    "Name"                 = "orders"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_db_parameter_group.main"
  }
}

resource "aws_db_instance" "main" {
  identifier     = "orders-database"
  engine         = "postgres"
  engine_version = "16"
  instance_class = "db.t4g.medium"
  db_name        = "kestra"
  port           = 5432
  username       = "provision"
  # The service makes the password, keeps it in its secret store and changes it; nobody ever sees it here.
  manage_master_user_password = true

  multi_az               = false
  availability_zone      = "eu-west-1a"
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
  final_snapshot_identifier = "orders-database-final"

  auto_minor_version_upgrade      = true
  allow_major_version_upgrade     = false
  apply_immediately               = false
  performance_insights_enabled    = true
  enabled_cloudwatch_logs_exports = ["postgresql", "upgrade"]

  tags = {
    "Name"                 = "orders-database"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_db_instance.main"
  }
}
