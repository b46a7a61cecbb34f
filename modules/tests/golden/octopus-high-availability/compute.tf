# Machines. What a machine does stands in its user data, under hosts/; a change of it is rolled out, not done in passing:
# the groups start new machines from the newest template, and leave those that run alone.

# server

resource "aws_launch_template" "server" {
  name                   = "releases-server"
  update_default_version = true
  image_id               = "resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"
  instance_type          = "m7i.large"
  user_data              = filebase64("${path.module}/hosts/server/user-data.gz")
  vpc_security_group_ids = [aws_security_group.server.id]

  iam_instance_profile {
    arn = aws_iam_instance_profile.server.arn
  }

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
      volume_size           = 50
      encrypted             = true
      delete_on_termination = true
    }
  }

  monitoring {
    enabled = true
  }

  tag_specifications {
    resource_type = "instance"
    tags = {
      "Name"                 = "releases-server"
      "provision:deployment" = "releases"
      "provision:component"  = "server"
    }
  }

  tag_specifications {
    resource_type = "volume"
    tags = {
      "Name"                 = "releases-server"
      "provision:deployment" = "releases"
      "provision:component"  = "server"
    }
  }

  tags = {
    "Name"                 = "releases-server"
    "provision:deployment" = "releases"
    "provision:address"    = "aws_launch_template.server"
  }
}

resource "aws_autoscaling_group" "server" {
  name = "releases-server"
  # Every zone: a machine that is lost with its zone comes back in another one.
  vpc_zone_identifier = [aws_subnet.private_a.id, aws_subnet.private_b.id]
  min_size            = 2
  max_size            = 2
  desired_capacity    = 2
  # The machine looks after what runs on it, and says itself when it has to be replaced.
  health_check_type         = "EC2"
  target_group_arns         = [aws_lb_target_group.server_web.arn]
  health_check_grace_period = 300
  default_instance_warmup   = 300
  # The steps wait for the groups' own health checks.
  wait_for_capacity_timeout = "0"
  enabled_metrics           = ["GroupDesiredCapacity", "GroupInServiceInstances", "GroupPendingInstances", "GroupTerminatingInstances"]

  launch_template {
    id      = aws_launch_template.server.id
    version = "$Latest"
  }

  instance_maintenance_policy {
    min_healthy_percentage = 100
    max_healthy_percentage = 150
  }

  tag {
    key                 = "Name"
    value               = "releases-server"
    propagate_at_launch = false
  }

  tag {
    key                 = "provision:deployment"
    value               = "releases"
    propagate_at_launch = false
  }

  tag {
    key                 = "provision:address"
    value               = "aws_autoscaling_group.server"
    propagate_at_launch = false
  }
}

# Time to finish what is in work before a machine goes.
resource "aws_autoscaling_lifecycle_hook" "server" {
  name                   = "releases-server-finish"
  autoscaling_group_name = aws_autoscaling_group.server.name
  lifecycle_transition   = "autoscaling:EC2_INSTANCE_TERMINATING"
  heartbeat_timeout      = 690
  default_result         = "CONTINUE"
}
