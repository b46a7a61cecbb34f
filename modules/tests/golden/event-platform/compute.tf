# Machines. What a machine does stands in its user data, under hosts/; a change of it is rolled out, not done in passing:
# the groups start new machines from the newest template, and leave those that run alone.

# execution

resource "aws_launch_template" "execution" {
  name                   = "events-execution"
  update_default_version = true
  image_id               = "resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"
  instance_type          = "m7i.large"
  user_data              = filebase64("${path.module}/hosts/execution/user-data.gz")
  vpc_security_group_ids = [aws_security_group.execution.id]

  iam_instance_profile {
    arn = aws_iam_instance_profile.execution.arn
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
      "Name"                 = "events-execution"
      "provision:deployment" = "events"
      "provision:component"  = "execution"
    }
  }

  tag_specifications {
    resource_type = "volume"
    tags = {
      "Name"                 = "events-execution"
      "provision:deployment" = "events"
      "provision:component"  = "execution"
    }
  }

  tags = {
    "Name"                 = "events-execution"
    "provision:deployment" = "events"
    "provision:address"    = "aws_launch_template.execution"
  }
}

resource "aws_autoscaling_group" "execution" {
  name = "events-execution"
  # Every zone: a machine that is lost with its zone comes back in another one.
  vpc_zone_identifier = [aws_subnet.private_a.id, aws_subnet.private_b.id, aws_subnet.private_c.id]
  min_size            = 9
  max_size            = 9
  desired_capacity    = 9
  # The machine looks after what runs on it, and says itself when it has to be replaced.
  health_check_type         = "EC2"
  health_check_grace_period = 300
  default_instance_warmup   = 300
  # The steps wait for the groups' own health checks.
  wait_for_capacity_timeout = "0"
  enabled_metrics           = ["GroupDesiredCapacity", "GroupInServiceInstances", "GroupPendingInstances", "GroupTerminatingInstances"]

  launch_template {
    id      = aws_launch_template.execution.id
    version = "$Latest"
  }

  instance_maintenance_policy {
    min_healthy_percentage = 100
    max_healthy_percentage = 150
  }

  tag {
    key                 = "Name"
    value               = "events-execution"
    propagate_at_launch = false
  }

  tag {
    key                 = "provision:deployment"
    value               = "events"
    propagate_at_launch = false
  }

  tag {
    key                 = "provision:address"
    value               = "aws_autoscaling_group.execution"
    propagate_at_launch = false
  }
}

# Time to finish what is in work before a machine goes.
resource "aws_autoscaling_lifecycle_hook" "execution" {
  name                   = "events-execution-finish"
  autoscaling_group_name = aws_autoscaling_group.execution.name
  lifecycle_transition   = "autoscaling:EC2_INSTANCE_TERMINATING"
  heartbeat_timeout      = 90
  default_result         = "CONTINUE"
}

# job

resource "aws_launch_template" "job" {
  name                   = "events-job"
  update_default_version = true
  image_id               = "resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"
  instance_type          = "m7i.large"
  user_data              = filebase64("${path.module}/hosts/job/user-data.gz")
  vpc_security_group_ids = [aws_security_group.job.id]

  iam_instance_profile {
    arn = aws_iam_instance_profile.job.arn
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
      "Name"                 = "events-job"
      "provision:deployment" = "events"
      "provision:component"  = "job"
    }
  }

  tag_specifications {
    resource_type = "volume"
    tags = {
      "Name"                 = "events-job"
      "provision:deployment" = "events"
      "provision:component"  = "job"
    }
  }

  tags = {
    "Name"                 = "events-job"
    "provision:deployment" = "events"
    "provision:address"    = "aws_launch_template.job"
  }
}

resource "aws_autoscaling_group" "job" {
  name = "events-job"
  # Every zone: a machine that is lost with its zone comes back in another one.
  vpc_zone_identifier = [aws_subnet.private_a.id, aws_subnet.private_b.id, aws_subnet.private_c.id]
  min_size            = 3
  max_size            = 3
  desired_capacity    = 3
  # The machine looks after what runs on it, and says itself when it has to be replaced.
  health_check_type         = "EC2"
  health_check_grace_period = 300
  default_instance_warmup   = 300
  # The steps wait for the groups' own health checks.
  wait_for_capacity_timeout = "0"
  enabled_metrics           = ["GroupDesiredCapacity", "GroupInServiceInstances", "GroupPendingInstances", "GroupTerminatingInstances"]

  launch_template {
    id      = aws_launch_template.job.id
    version = "$Latest"
  }

  instance_maintenance_policy {
    min_healthy_percentage = 100
    max_healthy_percentage = 150
  }

  tag {
    key                 = "Name"
    value               = "events-job"
    propagate_at_launch = false
  }

  tag {
    key                 = "provision:deployment"
    value               = "events"
    propagate_at_launch = false
  }

  tag {
    key                 = "provision:address"
    value               = "aws_autoscaling_group.job"
    propagate_at_launch = false
  }
}

# Time to finish what is in work before a machine goes.
resource "aws_autoscaling_lifecycle_hook" "job" {
  name                   = "events-job-finish"
  autoscaling_group_name = aws_autoscaling_group.job.name
  lifecycle_transition   = "autoscaling:EC2_INSTANCE_TERMINATING"
  heartbeat_timeout      = 90
  default_result         = "CONTINUE"
}
