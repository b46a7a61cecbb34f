# Beside what stands in balanced.tf: a database with a standby, and a machine with a disk of its own.

resource "aws_subnet" "c" {
  vpc_id            = aws_vpc.main.id
  availability_zone = "eu-west-1c"
  cidr_block        = "10.0.64.0/19"
}

resource "aws_db_subnet_group" "main" {
  name       = "orders"
  subnet_ids = [aws_subnet.a.id, aws_subnet.c.id]
}

resource "aws_db_instance" "main" {
  identifier                  = "orders-database"
  engine                      = "postgres"
  engine_version              = "16"
  instance_class              = "db.m7g.large"
  allocated_storage           = 100
  username                    = "provision"
  manage_master_user_password = true
  multi_az                    = true
  db_subnet_group_name        = aws_db_subnet_group.main.name
  vpc_security_group_ids      = [aws_security_group.server.id]
  skip_final_snapshot         = true
}

resource "aws_network_interface" "one" {
  subnet_id       = aws_subnet.a.id
  security_groups = [aws_security_group.server.id]
}

resource "aws_instance" "one" {
  launch_template {
    id      = aws_launch_template.server.id
    version = "$Latest"
  }

  primary_network_interface {
    network_interface_id = aws_network_interface.one.id
  }

  ebs_optimized = true
  monitoring    = true

  tags = {
    "Name" = "orders-one"
  }
}

resource "aws_ebs_volume" "one" {
  availability_zone = "eu-west-1a"
  size              = 20
  type              = "gp3"
  encrypted         = true
}

resource "aws_volume_attachment" "one" {
  device_name = "/dev/sdf"
  instance_id = aws_instance.one.id
  volume_id   = aws_ebs_volume.one.id
}
