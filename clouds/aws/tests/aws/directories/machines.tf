resource "aws_security_group" "one" {
  name        = "orders-one"
  description = "Connections of one"
  vpc_id      = aws_vpc.main.id
}

resource "aws_network_interface" "one" {
  subnet_id       = aws_subnet.a.id
  description     = "Address of one"
  security_groups = [aws_security_group.one.id]
}

resource "aws_launch_template" "one" {
  name                   = "orders-one"
  update_default_version = true
  image_id               = "resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"
  instance_type          = "t3.medium"
  user_data              = base64encode("#!/bin/sh")

  metadata_options {
    http_endpoint               = "enabled"
    http_tokens                 = "required"
    http_put_response_hop_limit = 1
    instance_metadata_tags      = "enabled"
  }

  block_device_mappings {
    device_name = "/dev/xvda"

    ebs {
      volume_type           = "gp3"
      volume_size           = 20
      encrypted             = true
      delete_on_termination = true
    }
  }

  tag_specifications {
    resource_type = "volume"
    tags = {
      "Name"                 = "orders-one"
      "provision:deployment" = "orders"
    }
  }
}

resource "aws_instance" "one" {
  launch_template {
    id      = aws_launch_template.one.id
    version = "$Latest"
  }

  primary_network_interface {
    network_interface_id = aws_network_interface.one.id
  }

  ebs_optimized = true
  monitoring    = true

  metadata_options {
    http_endpoint               = "enabled"
    http_tokens                 = "required"
    http_put_response_hop_limit = 1
    instance_metadata_tags      = "enabled"
  }

  root_block_device {
    encrypted = true
  }

  maintenance_options {
    auto_recovery = "default"
  }

  tags = {
    "Name" = "orders-one"
  }
}

resource "aws_ebs_volume" "one" {
  availability_zone = "eu-west-1a"
  size              = 20
  type              = "gp3"
  encrypted         = true
  final_snapshot    = true
}

resource "aws_volume_attachment" "one" {
  device_name                    = "/dev/sdf"
  instance_id                    = aws_instance.one.id
  volume_id                      = aws_ebs_volume.one.id
  stop_instance_before_detaching = true
}
