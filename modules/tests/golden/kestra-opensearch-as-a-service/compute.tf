# Machines. What a machine does stands in its user data, under hosts/; a change of it is rolled out, not done in passing:
# the groups start new machines from the newest template, and leave those that run alone.

# webserver

resource "aws_launch_template" "webserver" {
  name                   = "orders-webserver"
  update_default_version = true
  image_id               = "resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"
  instance_type          = "t3.medium"
  user_data              = filebase64("${path.module}/hosts/webserver/user-data.gz")
  vpc_security_group_ids = [aws_security_group.webserver.id]

  iam_instance_profile {
    arn = aws_iam_instance_profile.webserver.arn
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
      "Name"                 = "orders-webserver"
      "provision:deployment" = "orders"
      "provision:component"  = "webserver"
    }
  }

  tag_specifications {
    resource_type = "volume"
    tags = {
      "Name"                 = "orders-webserver"
      "provision:deployment" = "orders"
      "provision:component"  = "webserver"
    }
  }

  tags = {
    "Name"                 = "orders-webserver"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_launch_template.webserver"
  }
}

resource "aws_autoscaling_group" "webserver" {
  name = "orders-webserver"
  # Every zone: a machine that is lost with its zone comes back in another one.
  vpc_zone_identifier = [aws_subnet.private_a.id, aws_subnet.private_b.id, aws_subnet.private_c.id]
  min_size            = 2
  max_size            = 2
  desired_capacity    = 2
  # A machine that doesn't answer its users is replaced, not only one that is off.
  health_check_type         = "ELB"
  target_group_arns         = [aws_lb_target_group.webserver_ui.arn]
  health_check_grace_period = 300
  default_instance_warmup   = 300
  # The steps wait for the groups' own health checks.
  wait_for_capacity_timeout = "0"
  enabled_metrics           = ["GroupDesiredCapacity", "GroupInServiceInstances", "GroupPendingInstances", "GroupTerminatingInstances"]

  launch_template {
    id      = aws_launch_template.webserver.id
    version = "$Latest"
  }

  instance_maintenance_policy {
    min_healthy_percentage = 100
    max_healthy_percentage = 150
  }

  tag {
    key                 = "Name"
    value               = "orders-webserver"
    propagate_at_launch = false
  }

  tag {
    key                 = "provision:deployment"
    value               = "orders"
    propagate_at_launch = false
  }

  tag {
    key                 = "provision:address"
    value               = "aws_autoscaling_group.webserver"
    propagate_at_launch = false
  }
}

# Time to finish what is in work before a machine goes.
resource "aws_autoscaling_lifecycle_hook" "webserver" {
  name                   = "orders-webserver-finish"
  autoscaling_group_name = aws_autoscaling_group.webserver.name
  lifecycle_transition   = "autoscaling:EC2_INSTANCE_TERMINATING"
  heartbeat_timeout      = 390
  default_result         = "CONTINUE"
}

# executor

resource "aws_launch_template" "executor" {
  name                   = "orders-executor"
  update_default_version = true
  image_id               = "resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"
  instance_type          = "t3.medium"
  user_data              = filebase64("${path.module}/hosts/executor/user-data.gz")
  vpc_security_group_ids = [aws_security_group.executor.id]

  iam_instance_profile {
    arn = aws_iam_instance_profile.executor.arn
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
      "Name"                 = "orders-executor"
      "provision:deployment" = "orders"
      "provision:component"  = "executor"
    }
  }

  tag_specifications {
    resource_type = "volume"
    tags = {
      "Name"                 = "orders-executor"
      "provision:deployment" = "orders"
      "provision:component"  = "executor"
    }
  }

  tags = {
    "Name"                 = "orders-executor"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_launch_template.executor"
  }
}

resource "aws_autoscaling_group" "executor" {
  name = "orders-executor"
  # Every zone: a machine that is lost with its zone comes back in another one.
  vpc_zone_identifier = [aws_subnet.private_a.id, aws_subnet.private_b.id, aws_subnet.private_c.id]
  min_size            = 2
  max_size            = 2
  desired_capacity    = 2
  # The machine looks after what runs on it, and says itself when it has to be replaced.
  health_check_type         = "EC2"
  health_check_grace_period = 300
  default_instance_warmup   = 300
  # The steps wait for the groups' own health checks.
  wait_for_capacity_timeout = "0"
  enabled_metrics           = ["GroupDesiredCapacity", "GroupInServiceInstances", "GroupPendingInstances", "GroupTerminatingInstances"]

  launch_template {
    id      = aws_launch_template.executor.id
    version = "$Latest"
  }

  instance_maintenance_policy {
    min_healthy_percentage = 100
    max_healthy_percentage = 150
  }

  tag {
    key                 = "Name"
    value               = "orders-executor"
    propagate_at_launch = false
  }

  tag {
    key                 = "provision:deployment"
    value               = "orders"
    propagate_at_launch = false
  }

  tag {
    key                 = "provision:address"
    value               = "aws_autoscaling_group.executor"
    propagate_at_launch = false
  }
}

# Time to finish what is in work before a machine goes.
resource "aws_autoscaling_lifecycle_hook" "executor" {
  name                   = "orders-executor-finish"
  autoscaling_group_name = aws_autoscaling_group.executor.name
  lifecycle_transition   = "autoscaling:EC2_INSTANCE_TERMINATING"
  heartbeat_timeout      = 390
  default_result         = "CONTINUE"
}

# scheduler

resource "aws_launch_template" "scheduler" {
  name                   = "orders-scheduler"
  update_default_version = true
  image_id               = "resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"
  instance_type          = "t3.medium"
  user_data              = filebase64("${path.module}/hosts/scheduler/user-data.gz")
  vpc_security_group_ids = [aws_security_group.scheduler.id]

  iam_instance_profile {
    arn = aws_iam_instance_profile.scheduler.arn
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
      "Name"                 = "orders-scheduler"
      "provision:deployment" = "orders"
      "provision:component"  = "scheduler"
    }
  }

  tag_specifications {
    resource_type = "volume"
    tags = {
      "Name"                 = "orders-scheduler"
      "provision:deployment" = "orders"
      "provision:component"  = "scheduler"
    }
  }

  tags = {
    "Name"                 = "orders-scheduler"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_launch_template.scheduler"
  }
}

resource "aws_autoscaling_group" "scheduler" {
  name = "orders-scheduler"
  # Every zone: a machine that is lost with its zone comes back in another one.
  vpc_zone_identifier = [aws_subnet.private_a.id, aws_subnet.private_b.id, aws_subnet.private_c.id]
  min_size            = 2
  max_size            = 2
  desired_capacity    = 2
  # The machine looks after what runs on it, and says itself when it has to be replaced.
  health_check_type         = "EC2"
  health_check_grace_period = 300
  default_instance_warmup   = 300
  # The steps wait for the groups' own health checks.
  wait_for_capacity_timeout = "0"
  enabled_metrics           = ["GroupDesiredCapacity", "GroupInServiceInstances", "GroupPendingInstances", "GroupTerminatingInstances"]

  launch_template {
    id      = aws_launch_template.scheduler.id
    version = "$Latest"
  }

  instance_maintenance_policy {
    min_healthy_percentage = 100
    max_healthy_percentage = 150
  }

  tag {
    key                 = "Name"
    value               = "orders-scheduler"
    propagate_at_launch = false
  }

  tag {
    key                 = "provision:deployment"
    value               = "orders"
    propagate_at_launch = false
  }

  tag {
    key                 = "provision:address"
    value               = "aws_autoscaling_group.scheduler"
    propagate_at_launch = false
  }
}

# Time to finish what is in work before a machine goes.
resource "aws_autoscaling_lifecycle_hook" "scheduler" {
  name                   = "orders-scheduler-finish"
  autoscaling_group_name = aws_autoscaling_group.scheduler.name
  lifecycle_transition   = "autoscaling:EC2_INSTANCE_TERMINATING"
  heartbeat_timeout      = 390
  default_result         = "CONTINUE"
}

# worker

resource "aws_launch_template" "worker" {
  name                   = "orders-worker"
  update_default_version = true
  image_id               = "resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"
  instance_type          = "m7i.large"
  user_data              = filebase64("${path.module}/hosts/worker/user-data.gz")
  vpc_security_group_ids = [aws_security_group.worker.id]

  iam_instance_profile {
    arn = aws_iam_instance_profile.worker.arn
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
      "Name"                 = "orders-worker"
      "provision:deployment" = "orders"
      "provision:component"  = "worker"
    }
  }

  tag_specifications {
    resource_type = "volume"
    tags = {
      "Name"                 = "orders-worker"
      "provision:deployment" = "orders"
      "provision:component"  = "worker"
    }
  }

  tags = {
    "Name"                 = "orders-worker"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_launch_template.worker"
  }
}

resource "aws_autoscaling_group" "worker" {
  name = "orders-worker"
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
    id      = aws_launch_template.worker.id
    version = "$Latest"
  }

  instance_maintenance_policy {
    min_healthy_percentage = 100
    max_healthy_percentage = 150
  }

  tag {
    key                 = "Name"
    value               = "orders-worker"
    propagate_at_launch = false
  }

  tag {
    key                 = "provision:deployment"
    value               = "orders"
    propagate_at_launch = false
  }

  tag {
    key                 = "provision:address"
    value               = "aws_autoscaling_group.worker"
    propagate_at_launch = false
  }
}

# Time to finish what is in work before a machine goes.
resource "aws_autoscaling_lifecycle_hook" "worker" {
  name                   = "orders-worker-finish"
  autoscaling_group_name = aws_autoscaling_group.worker.name
  lifecycle_transition   = "autoscaling:EC2_INSTANCE_TERMINATING"
  heartbeat_timeout      = 390
  default_result         = "CONTINUE"
}

# indexer

resource "aws_launch_template" "indexer" {
  name                   = "orders-indexer"
  update_default_version = true
  image_id               = "resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"
  instance_type          = "t3.medium"
  user_data              = filebase64("${path.module}/hosts/indexer/user-data.gz")
  vpc_security_group_ids = [aws_security_group.indexer.id]

  iam_instance_profile {
    arn = aws_iam_instance_profile.indexer.arn
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
      "Name"                 = "orders-indexer"
      "provision:deployment" = "orders"
      "provision:component"  = "indexer"
    }
  }

  tag_specifications {
    resource_type = "volume"
    tags = {
      "Name"                 = "orders-indexer"
      "provision:deployment" = "orders"
      "provision:component"  = "indexer"
    }
  }

  tags = {
    "Name"                 = "orders-indexer"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_launch_template.indexer"
  }
}

resource "aws_autoscaling_group" "indexer" {
  name = "orders-indexer"
  # Every zone: a machine that is lost with its zone comes back in another one.
  vpc_zone_identifier = [aws_subnet.private_a.id, aws_subnet.private_b.id, aws_subnet.private_c.id]
  min_size            = 2
  max_size            = 2
  desired_capacity    = 2
  # The machine looks after what runs on it, and says itself when it has to be replaced.
  health_check_type         = "EC2"
  health_check_grace_period = 300
  default_instance_warmup   = 300
  # The steps wait for the groups' own health checks.
  wait_for_capacity_timeout = "0"
  enabled_metrics           = ["GroupDesiredCapacity", "GroupInServiceInstances", "GroupPendingInstances", "GroupTerminatingInstances"]

  launch_template {
    id      = aws_launch_template.indexer.id
    version = "$Latest"
  }

  instance_maintenance_policy {
    min_healthy_percentage = 100
    max_healthy_percentage = 150
  }

  tag {
    key                 = "Name"
    value               = "orders-indexer"
    propagate_at_launch = false
  }

  tag {
    key                 = "provision:deployment"
    value               = "orders"
    propagate_at_launch = false
  }

  tag {
    key                 = "provision:address"
    value               = "aws_autoscaling_group.indexer"
    propagate_at_launch = false
  }
}

# Time to finish what is in work before a machine goes.
resource "aws_autoscaling_lifecycle_hook" "indexer" {
  name                   = "orders-indexer-finish"
  autoscaling_group_name = aws_autoscaling_group.indexer.name
  lifecycle_transition   = "autoscaling:EC2_INSTANCE_TERMINATING"
  heartbeat_timeout      = 390
  default_result         = "CONTINUE"
}
