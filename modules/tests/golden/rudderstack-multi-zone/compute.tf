# Machines. What a machine does stands in its user data, under hosts/; a change of it is rolled out, not done in passing:
# the groups start new machines from the newest template, and leave those that run alone.

# server-0

resource "aws_launch_template" "server_0" {
  name                   = "clicks-server-0"
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
      "Name"                 = "clicks-server-0"
      "provision:deployment" = "clicks"
      "provision:component"  = "server"
      "provision:instance"   = "0"
    }
  }

  tag_specifications {
    resource_type = "volume"
    tags = {
      "Name"                 = "clicks-server-0"
      "provision:deployment" = "clicks"
      "provision:component"  = "server"
      "provision:instance"   = "0"
    }
  }

  tags = {
    "Name"                 = "clicks-server-0"
    "provision:deployment" = "clicks"
    "provision:address"    = "aws_launch_template.server_0"
  }
}

resource "aws_autoscaling_group" "server_0" {
  name = "clicks-server-0"
  # Every zone: a machine that is lost with its zone comes back in another one.
  vpc_zone_identifier = [aws_subnet.private_a.id, aws_subnet.private_b.id, aws_subnet.private_c.id]
  min_size            = 1
  max_size            = 1
  desired_capacity    = 1
  # A machine that doesn't answer its users is replaced, not only one that is off.
  health_check_type         = "ELB"
  target_group_arns         = [aws_lb_target_group.server_gateway.arn]
  health_check_grace_period = 300
  default_instance_warmup   = 300
  # The steps wait for the groups' own health checks.
  wait_for_capacity_timeout = "0"
  enabled_metrics           = ["GroupDesiredCapacity", "GroupInServiceInstances", "GroupPendingInstances", "GroupTerminatingInstances"]

  launch_template {
    id      = aws_launch_template.server_0.id
    version = "$Latest"
  }

  instance_maintenance_policy {
    min_healthy_percentage = 0
    max_healthy_percentage = 100
  }

  tag {
    key                 = "Name"
    value               = "clicks-server-0"
    propagate_at_launch = false
  }

  tag {
    key                 = "provision:deployment"
    value               = "clicks"
    propagate_at_launch = false
  }

  tag {
    key                 = "provision:address"
    value               = "aws_autoscaling_group.server_0"
    propagate_at_launch = false
  }
}

# Time to finish what is in work before a machine goes.
resource "aws_autoscaling_lifecycle_hook" "server_0" {
  name                   = "clicks-server-0-finish"
  autoscaling_group_name = aws_autoscaling_group.server_0.name
  lifecycle_transition   = "autoscaling:EC2_INSTANCE_TERMINATING"
  heartbeat_timeout      = 90
  default_result         = "CONTINUE"
}

# server-1

resource "aws_launch_template" "server_1" {
  name                   = "clicks-server-1"
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
      "Name"                 = "clicks-server-1"
      "provision:deployment" = "clicks"
      "provision:component"  = "server"
      "provision:instance"   = "1"
    }
  }

  tag_specifications {
    resource_type = "volume"
    tags = {
      "Name"                 = "clicks-server-1"
      "provision:deployment" = "clicks"
      "provision:component"  = "server"
      "provision:instance"   = "1"
    }
  }

  tags = {
    "Name"                 = "clicks-server-1"
    "provision:deployment" = "clicks"
    "provision:address"    = "aws_launch_template.server_1"
  }
}

resource "aws_autoscaling_group" "server_1" {
  name = "clicks-server-1"
  # Every zone: a machine that is lost with its zone comes back in another one.
  vpc_zone_identifier = [aws_subnet.private_a.id, aws_subnet.private_b.id, aws_subnet.private_c.id]
  min_size            = 1
  max_size            = 1
  desired_capacity    = 1
  # A machine that doesn't answer its users is replaced, not only one that is off.
  health_check_type         = "ELB"
  target_group_arns         = [aws_lb_target_group.server_gateway.arn]
  health_check_grace_period = 300
  default_instance_warmup   = 300
  # The steps wait for the groups' own health checks.
  wait_for_capacity_timeout = "0"
  enabled_metrics           = ["GroupDesiredCapacity", "GroupInServiceInstances", "GroupPendingInstances", "GroupTerminatingInstances"]

  launch_template {
    id      = aws_launch_template.server_1.id
    version = "$Latest"
  }

  instance_maintenance_policy {
    min_healthy_percentage = 0
    max_healthy_percentage = 100
  }

  tag {
    key                 = "Name"
    value               = "clicks-server-1"
    propagate_at_launch = false
  }

  tag {
    key                 = "provision:deployment"
    value               = "clicks"
    propagate_at_launch = false
  }

  tag {
    key                 = "provision:address"
    value               = "aws_autoscaling_group.server_1"
    propagate_at_launch = false
  }
}

# Time to finish what is in work before a machine goes.
resource "aws_autoscaling_lifecycle_hook" "server_1" {
  name                   = "clicks-server-1-finish"
  autoscaling_group_name = aws_autoscaling_group.server_1.name
  lifecycle_transition   = "autoscaling:EC2_INSTANCE_TERMINATING"
  heartbeat_timeout      = 90
  default_result         = "CONTINUE"
}

# server-2

resource "aws_launch_template" "server_2" {
  name                   = "clicks-server-2"
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
      "Name"                 = "clicks-server-2"
      "provision:deployment" = "clicks"
      "provision:component"  = "server"
      "provision:instance"   = "2"
    }
  }

  tag_specifications {
    resource_type = "volume"
    tags = {
      "Name"                 = "clicks-server-2"
      "provision:deployment" = "clicks"
      "provision:component"  = "server"
      "provision:instance"   = "2"
    }
  }

  tags = {
    "Name"                 = "clicks-server-2"
    "provision:deployment" = "clicks"
    "provision:address"    = "aws_launch_template.server_2"
  }
}

resource "aws_autoscaling_group" "server_2" {
  name = "clicks-server-2"
  # Every zone: a machine that is lost with its zone comes back in another one.
  vpc_zone_identifier = [aws_subnet.private_a.id, aws_subnet.private_b.id, aws_subnet.private_c.id]
  min_size            = 1
  max_size            = 1
  desired_capacity    = 1
  # A machine that doesn't answer its users is replaced, not only one that is off.
  health_check_type         = "ELB"
  target_group_arns         = [aws_lb_target_group.server_gateway.arn]
  health_check_grace_period = 300
  default_instance_warmup   = 300
  # The steps wait for the groups' own health checks.
  wait_for_capacity_timeout = "0"
  enabled_metrics           = ["GroupDesiredCapacity", "GroupInServiceInstances", "GroupPendingInstances", "GroupTerminatingInstances"]

  launch_template {
    id      = aws_launch_template.server_2.id
    version = "$Latest"
  }

  instance_maintenance_policy {
    min_healthy_percentage = 0
    max_healthy_percentage = 100
  }

  tag {
    key                 = "Name"
    value               = "clicks-server-2"
    propagate_at_launch = false
  }

  tag {
    key                 = "provision:deployment"
    value               = "clicks"
    propagate_at_launch = false
  }

  tag {
    key                 = "provision:address"
    value               = "aws_autoscaling_group.server_2"
    propagate_at_launch = false
  }
}

# Time to finish what is in work before a machine goes.
resource "aws_autoscaling_lifecycle_hook" "server_2" {
  name                   = "clicks-server-2-finish"
  autoscaling_group_name = aws_autoscaling_group.server_2.name
  lifecycle_transition   = "autoscaling:EC2_INSTANCE_TERMINATING"
  heartbeat_timeout      = 90
  default_result         = "CONTINUE"
}

# transformer

resource "aws_launch_template" "transformer" {
  name                   = "clicks-transformer"
  update_default_version = true
  image_id               = "resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"
  instance_type          = "t3.medium"
  user_data              = filebase64("${path.module}/hosts/transformer/user-data.gz")
  vpc_security_group_ids = [aws_security_group.transformer.id]

  iam_instance_profile {
    arn = aws_iam_instance_profile.transformer.arn
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
      "Name"                 = "clicks-transformer"
      "provision:deployment" = "clicks"
      "provision:component"  = "transformer"
    }
  }

  tag_specifications {
    resource_type = "volume"
    tags = {
      "Name"                 = "clicks-transformer"
      "provision:deployment" = "clicks"
      "provision:component"  = "transformer"
    }
  }

  tags = {
    "Name"                 = "clicks-transformer"
    "provision:deployment" = "clicks"
    "provision:address"    = "aws_launch_template.transformer"
  }
}

resource "aws_autoscaling_group" "transformer" {
  name = "clicks-transformer"
  # Every zone: a machine that is lost with its zone comes back in another one.
  vpc_zone_identifier = [aws_subnet.private_a.id, aws_subnet.private_b.id, aws_subnet.private_c.id]
  min_size            = 3
  max_size            = 3
  desired_capacity    = 3
  # A machine that doesn't answer its users is replaced, not only one that is off.
  health_check_type         = "ELB"
  target_group_arns         = [aws_lb_target_group.transformer.arn]
  health_check_grace_period = 300
  default_instance_warmup   = 300
  # The steps wait for the groups' own health checks.
  wait_for_capacity_timeout = "0"
  enabled_metrics           = ["GroupDesiredCapacity", "GroupInServiceInstances", "GroupPendingInstances", "GroupTerminatingInstances"]

  launch_template {
    id      = aws_launch_template.transformer.id
    version = "$Latest"
  }

  instance_maintenance_policy {
    min_healthy_percentage = 100
    max_healthy_percentage = 150
  }

  tag {
    key                 = "Name"
    value               = "clicks-transformer"
    propagate_at_launch = false
  }

  tag {
    key                 = "provision:deployment"
    value               = "clicks"
    propagate_at_launch = false
  }

  tag {
    key                 = "provision:address"
    value               = "aws_autoscaling_group.transformer"
    propagate_at_launch = false
  }
}

# Time to finish what is in work before a machine goes.
resource "aws_autoscaling_lifecycle_hook" "transformer" {
  name                   = "clicks-transformer-finish"
  autoscaling_group_name = aws_autoscaling_group.transformer.name
  lifecycle_transition   = "autoscaling:EC2_INSTANCE_TERMINATING"
  heartbeat_timeout      = 90
  default_result         = "CONTINUE"
}
