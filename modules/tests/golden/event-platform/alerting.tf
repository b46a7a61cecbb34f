# The machines that watch the others and tell who is on call: Prometheus and Alertmanager, a pair in two zones where the
# deployment is highly available.

# monitoring-0, in eu-west-1a. Its address and its disk outlive the machine.

resource "aws_network_interface" "monitoring_0" {
  subnet_id       = aws_subnet.private_a.id
  description     = "Address of monitoring-0"
  security_groups = [aws_security_group.monitoring.id]

  tags = {
    "Name"                 = "events-monitoring-0"
    "provision:deployment" = "events"
    "provision:address"    = "aws_network_interface.monitoring_0"
  }
}

resource "aws_ebs_volume" "monitoring_0" {
  availability_zone = "eu-west-1a"
  type              = "gp3"
  size              = 50
  encrypted         = true
  final_snapshot    = true

  tags = {
    "Name"                 = "events-monitoring-0"
    "provision:deployment" = "events"
    "provision:address"    = "aws_ebs_volume.monitoring_0"
  }
}

resource "aws_launch_template" "monitoring_0" {
  name                   = "events-monitoring-0"
  update_default_version = true
  image_id               = "resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"
  instance_type          = "t3.medium"
  user_data              = filebase64("${path.module}/hosts/monitoring/user-data.gz")

  metadata_options {
    http_endpoint = "enabled"
    # With a token only, which a forged request doesn't have.
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
      "Name"                 = "events-monitoring-0"
      "provision:deployment" = "events"
      "provision:component"  = "monitoring"
      "provision:instance"   = "0"
    }
  }

  tags = {
    "Name"                 = "events-monitoring-0"
    "provision:deployment" = "events"
    "provision:address"    = "aws_launch_template.monitoring_0"
  }
}

resource "aws_instance" "monitoring_0" {
  launch_template {
    id      = aws_launch_template.monitoring_0.id
    version = "$Latest"
  }

  primary_network_interface {
    network_interface_id = aws_network_interface.monitoring_0.id
  }

  ebs_optimized        = true
  monitoring           = true
  iam_instance_profile = aws_iam_instance_profile.monitoring.name

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
    "Name"                 = "events-monitoring-0"
    "provision:deployment" = "events"
    "provision:address"    = "aws_instance.monitoring_0"
    "provision:component"  = "monitoring"
    "provision:instance"   = "0"
  }
}

resource "aws_volume_attachment" "monitoring_0" {
  device_name                    = "/dev/sdf"
  instance_id                    = aws_instance.monitoring_0.id
  volume_id                      = aws_ebs_volume.monitoring_0.id
  stop_instance_before_detaching = true
}

# monitoring-1, in eu-west-1b. Its address and its disk outlive the machine.

resource "aws_network_interface" "monitoring_1" {
  subnet_id       = aws_subnet.private_b.id
  description     = "Address of monitoring-1"
  security_groups = [aws_security_group.monitoring.id]

  tags = {
    "Name"                 = "events-monitoring-1"
    "provision:deployment" = "events"
    "provision:address"    = "aws_network_interface.monitoring_1"
  }
}

resource "aws_ebs_volume" "monitoring_1" {
  availability_zone = "eu-west-1b"
  type              = "gp3"
  size              = 50
  encrypted         = true
  final_snapshot    = true

  tags = {
    "Name"                 = "events-monitoring-1"
    "provision:deployment" = "events"
    "provision:address"    = "aws_ebs_volume.monitoring_1"
  }
}

resource "aws_launch_template" "monitoring_1" {
  name                   = "events-monitoring-1"
  update_default_version = true
  image_id               = "resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"
  instance_type          = "t3.medium"
  user_data              = filebase64("${path.module}/hosts/monitoring/user-data.gz")

  metadata_options {
    http_endpoint = "enabled"
    # With a token only, which a forged request doesn't have.
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
      "Name"                 = "events-monitoring-1"
      "provision:deployment" = "events"
      "provision:component"  = "monitoring"
      "provision:instance"   = "1"
    }
  }

  tags = {
    "Name"                 = "events-monitoring-1"
    "provision:deployment" = "events"
    "provision:address"    = "aws_launch_template.monitoring_1"
  }
}

resource "aws_instance" "monitoring_1" {
  launch_template {
    id      = aws_launch_template.monitoring_1.id
    version = "$Latest"
  }

  primary_network_interface {
    network_interface_id = aws_network_interface.monitoring_1.id
  }

  ebs_optimized        = true
  monitoring           = true
  iam_instance_profile = aws_iam_instance_profile.monitoring.name

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
    "Name"                 = "events-monitoring-1"
    "provision:deployment" = "events"
    "provision:address"    = "aws_instance.monitoring_1"
    "provision:component"  = "monitoring"
    "provision:instance"   = "1"
  }

  # One after the other: two members of a quorum never change at once.
  depends_on = [aws_instance.monitoring_0]
}

resource "aws_volume_attachment" "monitoring_1" {
  device_name                    = "/dev/sdf"
  instance_id                    = aws_instance.monitoring_1.id
  volume_id                      = aws_ebs_volume.monitoring_1.id
  stop_instance_before_detaching = true
}

# What the machines read at boot.

resource "aws_ssm_parameter" "alerting_peers" {
  name  = "/provision/events/alerting/peers"
  type  = "String"
  value = "${aws_network_interface.monitoring_0.private_ip}:9094,${aws_network_interface.monitoring_1.private_ip}:9094"

  tags = {
    "Name"                 = "events-alerting/peers"
    "provision:deployment" = "events"
    "provision:address"    = "aws_ssm_parameter.alerting_peers"
  }
}
