# Files that all machines mount at the same path, with an address in every zone.

resource "aws_efs_file_system" "main" {
  creation_token   = "releases"
  encrypted        = true
  performance_mode = "generalPurpose"
  throughput_mode  = "elastic"

  lifecycle_policy {
    transition_to_ia = "AFTER_30_DAYS"
  }

  lifecycle_policy {
    transition_to_primary_storage_class = "AFTER_1_ACCESS"
  }

  tags = {
    "Name"                 = "releases"
    "provision:deployment" = "releases"
    "provision:address"    = "aws_efs_file_system.main"
  }
}

# The files are backed up like the database: one without the other restores nothing (OCT-27).
resource "aws_efs_backup_policy" "main" {
  file_system_id = aws_efs_file_system.main.id

  backup_policy {
    status = "ENABLED"
  }
}

resource "aws_efs_mount_target" "zone_a" {
  file_system_id  = aws_efs_file_system.main.id
  subnet_id       = aws_subnet.private_a.id
  security_groups = [aws_security_group.shared_files.id]
}

resource "aws_efs_mount_target" "zone_b" {
  file_system_id  = aws_efs_file_system.main.id
  subnet_id       = aws_subnet.private_b.id
  security_groups = [aws_security_group.shared_files.id]
}

# What the machines read at boot.

resource "aws_ssm_parameter" "shared_files" {
  name  = "/provision/releases/shared-files/id"
  type  = "String"
  value = aws_efs_file_system.main.id

  tags = {
    "Name"                 = "releases-shared-files/id"
    "provision:deployment" = "releases"
    "provision:address"    = "aws_ssm_parameter.shared_files"
  }
}
