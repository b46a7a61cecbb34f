resource "aws_security_group" "files" {
  name        = "orders-files"
  description = "Connections of files"
  vpc_id      = aws_vpc.main.id
}

resource "aws_security_group" "more" {
  name        = "orders-more"
  description = "More connections"
  vpc_id      = aws_vpc.main.id
}

resource "aws_efs_file_system" "main" {
  creation_token   = "orders"
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
    "Name" = "orders"
  }
}

resource "aws_efs_backup_policy" "main" {
  file_system_id = aws_efs_file_system.main.id

  backup_policy {
    status = "ENABLED"
  }
}

resource "aws_efs_mount_target" "zone_a" {
  file_system_id  = aws_efs_file_system.main.id
  subnet_id       = aws_subnet.a.id
  security_groups = [aws_security_group.files.id]
}

resource "aws_efs_mount_target" "zone_b" {
  file_system_id  = aws_efs_file_system.main.id
  subnet_id       = aws_subnet.b.id
  security_groups = [aws_security_group.files.id]
}
