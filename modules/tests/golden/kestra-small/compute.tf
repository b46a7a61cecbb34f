# Machines. What a machine does stands in its user data, under hosts/; a change of it is rolled out, not done in passing:
# the groups start new machines from the newest template, and leave those that run alone.

# standalone

resource "aws_launch_template" "standalone" {
  name                   = "orders-standalone"
  update_default_version = true
  image_id               = "resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"
  instance_type          = "m7i.large"
  user_data              = filebase64("${path.module}/hosts/standalone/user-data.gz")
  vpc_security_group_ids = [aws_security_group.standalone.id]

  iam_instance_profile {
    arn = aws_iam_instance_profile.standalone.arn
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
      "Name"                 = "orders-standalone"
      "provision:deployment" = "orders"
      "provision:component"  = "standalone"
    }
  }

  tag_specifications {
    resource_type = "volume"
    tags = {
      "Name"                 = "orders-standalone"
      "provision:deployment" = "orders"
      "provision:component"  = "standalone"
    }
  }

  tags = {
    "Name"                 = "orders-standalone"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_launch_template.standalone"
  }
}

resource "aws_autoscaling_group" "standalone" {
  name = "orders-standalone"
  # Every zone: a machine that is lost with its zone comes back in another one.
  vpc_zone_identifier = [aws_subnet.private_a.id]
  min_size            = 1
  max_size            = 1
  desired_capacity    = 1
  # A machine that doesn't answer its users is replaced, not only one that is off.
  health_check_type         = "ELB"
  target_group_arns         = [aws_lb_target_group.standalone_ui.arn]
  health_check_grace_period = 300
  default_instance_warmup   = 300
  # The steps wait for the groups' own health checks.
  wait_for_capacity_timeout = "0"
  enabled_metrics           = ["GroupDesiredCapacity", "GroupInServiceInstances", "GroupPendingInstances", "GroupTerminatingInstances"]

  launch_template {
    id      = aws_launch_template.standalone.id
    version = "$Latest"
  }

  instance_maintenance_policy {
    min_healthy_percentage = 100
    max_healthy_percentage = 150
  }

  tag {
    key                 = "Name"
    value               = "orders-standalone"
    propagate_at_launch = false
  }

  tag {
    key                 = "provision:deployment"
    value               = "orders"
    propagate_at_launch = false
  }

  tag {
    key                 = "provision:address"
    value               = "aws_autoscaling_group.standalone"
    propagate_at_launch = false
  }
}

# Time to finish what is in work before a machine goes.
resource "aws_autoscaling_lifecycle_hook" "standalone" {
  name                   = "orders-standalone-finish"
  autoscaling_group_name = aws_autoscaling_group.standalone.name
  lifecycle_transition   = "autoscaling:EC2_INSTANCE_TERMINATING"
  heartbeat_timeout      = 390
  default_result         = "CONTINUE"
}
