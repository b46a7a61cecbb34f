resource "aws_security_group" "balancer" {
  name        = "orders-balancer"
  description = "Connections of the load balancer"
  vpc_id      = aws_vpc.main.id
}

resource "aws_security_group" "server" {
  name        = "orders-server"
  description = "Connections of servers"
  vpc_id      = aws_vpc.main.id
}

resource "aws_lb" "main" {
  name                             = "orders"
  load_balancer_type               = "application"
  internal                         = true
  subnets                          = [aws_subnet.a.id, aws_subnet.b.id]
  security_groups                  = [aws_security_group.balancer.id]
  enable_deletion_protection       = false
  enable_cross_zone_load_balancing = true
  idle_timeout                     = 3600
  drop_invalid_header_fields       = true

  tags = {
    "Name" = "orders"
  }
}

resource "aws_lb_target_group" "server" {
  name                 = "orders-server"
  port                 = 8080
  protocol             = "HTTP"
  target_type          = "instance"
  vpc_id               = aws_vpc.main.id
  deregistration_delay = 60

  health_check {
    port                = "8081"
    protocol            = "HTTP"
    path                = "/health"
    matcher             = "200"
    interval            = 5
    timeout             = 4
    healthy_threshold   = 2
    unhealthy_threshold = 3
  }
}

resource "aws_lb_target_group" "wire" {
  name                 = "orders-wire"
  port                 = 9090
  protocol             = "TCP"
  target_type          = "instance"
  vpc_id               = aws_vpc.main.id
  deregistration_delay = 60
  preserve_client_ip   = "false"

  health_check {
    port                = "9090"
    protocol            = "HTTP"
    path                = "/health"
    interval            = 10
    timeout             = 5
    healthy_threshold   = 2
    unhealthy_threshold = 3
  }
}

resource "aws_lb_listener" "port_80" {
  load_balancer_arn = aws_lb.main.arn
  port              = 80
  protocol          = "HTTP"

  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.server.arn
  }
}

resource "aws_launch_template" "server" {
  name                   = "orders-server"
  update_default_version = true
  image_id               = "resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"
  instance_type          = "m7i.large"
  user_data              = base64encode("#!/bin/sh")
  vpc_security_group_ids = [aws_security_group.server.id]

  monitoring {
    enabled = true
  }

  tag_specifications {
    resource_type = "instance"
    tags = {
      "Name"                 = "orders-server"
      "provision:deployment" = "orders"
      "provision:component"  = "server"
    }
  }
}

resource "aws_autoscaling_group" "server" {
  name                      = "orders-server"
  vpc_zone_identifier       = [aws_subnet.a.id, aws_subnet.b.id]
  min_size                  = 2
  max_size                  = 2
  desired_capacity          = 2
  health_check_type         = "ELB"
  target_group_arns         = [aws_lb_target_group.server.arn]
  health_check_grace_period = 300
  default_instance_warmup   = 300
  wait_for_capacity_timeout = "0"
  enabled_metrics           = ["GroupDesiredCapacity", "GroupInServiceInstances"]

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
    value               = "orders-server"
    propagate_at_launch = false
  }
}

resource "aws_autoscaling_lifecycle_hook" "server" {
  name                   = "orders-server-finish"
  autoscaling_group_name = aws_autoscaling_group.server.name
  lifecycle_transition   = "autoscaling:EC2_INSTANCE_TERMINATING"
  heartbeat_timeout      = 390
  default_result         = "CONTINUE"
}

resource "aws_autoscaling_policy" "server" {
  name                   = "orders-server-load"
  autoscaling_group_name = aws_autoscaling_group.server.name
  policy_type            = "TargetTrackingScaling"

  target_tracking_configuration {
    target_value = 60

    predefined_metric_specification {
      predefined_metric_type = "ASGAverageCPUUtilization"
    }
  }
}

# The emulator always has this zone.
resource "aws_route53_record" "main" {
  zone_id = "Z0123456789EXAMPLE"
  name    = "Orders.example.com"
  type    = "A"

  alias {
    name                   = aws_lb.main.dns_name
    zone_id                = aws_lb.main.zone_id
    evaluate_target_health = true
  }
}

resource "aws_route53_record" "others" {
  zone_id = "Z0123456789EXAMPLE"
  name    = "*.orders.example.com"
  type    = "A"

  alias {
    name                   = "dualstack.${aws_lb.main.dns_name}"
    zone_id                = aws_lb.main.zone_id
    evaluate_target_health = true
  }
}
