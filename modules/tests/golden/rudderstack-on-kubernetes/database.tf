resource "aws_db_subnet_group" "main" {
  name        = "clicks"
  description = "Where the database may stand"
  subnet_ids  = [aws_subnet.private_a.id, aws_subnet.private_b.id, aws_subnet.private_c.id]

  tags = {
    "Name"                 = "clicks"
    "provision:deployment" = "clicks"
    "provision:address"    = "aws_db_subnet_group.main"
  }
}

resource "aws_db_parameter_group" "main" {
  name        = "clicks"
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
    "Name"                 = "clicks"
    "provision:deployment" = "clicks"
    "provision:address"    = "aws_db_parameter_group.main"
  }
}

resource "aws_db_instance" "server_0" {
  identifier     = "clicks-database-0"
  engine         = "postgres"
  engine_version = "16"
  instance_class = "db.m7g.large"
  db_name        = "jobsdb"
  port           = 5432
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
  allocated_storage     = 1000
  max_allocated_storage = 5000
  storage_encrypted     = true

  backup_retention_period   = 14
  copy_tags_to_snapshot     = true
  delete_automated_backups  = false
  deletion_protection       = var.deletion_protection
  skip_final_snapshot       = false
  final_snapshot_identifier = "clicks-database-0-final"

  auto_minor_version_upgrade      = true
  allow_major_version_upgrade     = false
  apply_immediately               = false
  performance_insights_enabled    = true
  enabled_cloudwatch_logs_exports = ["postgresql", "upgrade"]

  tags = {
    "Name"                 = "clicks-database-0"
    "provision:deployment" = "clicks"
    "provision:address"    = "aws_db_instance.server_0"
  }
}

resource "aws_db_instance" "server_1" {
  identifier     = "clicks-database-1"
  engine         = "postgres"
  engine_version = "16"
  instance_class = "db.m7g.large"
  db_name        = "jobsdb"
  port           = 5432
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
  allocated_storage     = 1000
  max_allocated_storage = 5000
  storage_encrypted     = true

  backup_retention_period   = 14
  copy_tags_to_snapshot     = true
  delete_automated_backups  = false
  deletion_protection       = var.deletion_protection
  skip_final_snapshot       = false
  final_snapshot_identifier = "clicks-database-1-final"

  auto_minor_version_upgrade      = true
  allow_major_version_upgrade     = false
  apply_immediately               = false
  performance_insights_enabled    = true
  enabled_cloudwatch_logs_exports = ["postgresql", "upgrade"]

  tags = {
    "Name"                 = "clicks-database-1"
    "provision:deployment" = "clicks"
    "provision:address"    = "aws_db_instance.server_1"
  }
}

resource "aws_db_instance" "server_2" {
  identifier     = "clicks-database-2"
  engine         = "postgres"
  engine_version = "16"
  instance_class = "db.m7g.large"
  db_name        = "jobsdb"
  port           = 5432
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
  allocated_storage     = 1000
  max_allocated_storage = 5000
  storage_encrypted     = true

  backup_retention_period   = 14
  copy_tags_to_snapshot     = true
  delete_automated_backups  = false
  deletion_protection       = var.deletion_protection
  skip_final_snapshot       = false
  final_snapshot_identifier = "clicks-database-2-final"

  auto_minor_version_upgrade      = true
  allow_major_version_upgrade     = false
  apply_immediately               = false
  performance_insights_enabled    = true
  enabled_cloudwatch_logs_exports = ["postgresql", "upgrade"]

  tags = {
    "Name"                 = "clicks-database-2"
    "provision:deployment" = "clicks"
    "provision:address"    = "aws_db_instance.server_2"
  }
}

# What the machines read at boot.

resource "aws_ssm_parameter" "database_0_host" {
  name  = "/provision/clicks/database/0/host"
  type  = "String"
  value = aws_db_instance.server_0.address

  tags = {
    "Name"                 = "clicks-database/0/host"
    "provision:deployment" = "clicks"
    "provision:address"    = "aws_ssm_parameter.database_0_host"
  }
}

resource "aws_ssm_parameter" "database_0_secret" {
  name  = "/provision/clicks/database/0/secret"
  type  = "String"
  value = aws_db_instance.server_0.master_user_secret[0].secret_arn

  tags = {
    "Name"                 = "clicks-database/0/secret"
    "provision:deployment" = "clicks"
    "provision:address"    = "aws_ssm_parameter.database_0_secret"
  }
}

resource "aws_ssm_parameter" "database_1_host" {
  name  = "/provision/clicks/database/1/host"
  type  = "String"
  value = aws_db_instance.server_1.address

  tags = {
    "Name"                 = "clicks-database/1/host"
    "provision:deployment" = "clicks"
    "provision:address"    = "aws_ssm_parameter.database_1_host"
  }
}

resource "aws_ssm_parameter" "database_1_secret" {
  name  = "/provision/clicks/database/1/secret"
  type  = "String"
  value = aws_db_instance.server_1.master_user_secret[0].secret_arn

  tags = {
    "Name"                 = "clicks-database/1/secret"
    "provision:deployment" = "clicks"
    "provision:address"    = "aws_ssm_parameter.database_1_secret"
  }
}

resource "aws_ssm_parameter" "database_2_host" {
  name  = "/provision/clicks/database/2/host"
  type  = "String"
  value = aws_db_instance.server_2.address

  tags = {
    "Name"                 = "clicks-database/2/host"
    "provision:deployment" = "clicks"
    "provision:address"    = "aws_ssm_parameter.database_2_host"
  }
}

resource "aws_ssm_parameter" "database_2_secret" {
  name  = "/provision/clicks/database/2/secret"
  type  = "String"
  value = aws_db_instance.server_2.master_user_secret[0].secret_arn

  tags = {
    "Name"                 = "clicks-database/2/secret"
    "provision:deployment" = "clicks"
    "provision:address"    = "aws_ssm_parameter.database_2_secret"
  }
}
