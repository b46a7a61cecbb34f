# How components reach each other: one address for all machines of a component, of which only those answer that are well.

resource "aws_lb" "transformer" {
  name                             = "clicks-transformer"
  load_balancer_type               = "network"
  internal                         = true
  subnets                          = [aws_subnet.private_a.id, aws_subnet.private_b.id]
  security_groups                  = [aws_security_group.transformer_balancer.id]
  enable_deletion_protection       = var.deletion_protection
  enable_cross_zone_load_balancing = true

  tags = {
    "Name"                 = "clicks-transformer"
    "provision:deployment" = "clicks"
    "provision:address"    = "aws_lb.transformer"
  }
}

resource "aws_lb_target_group" "transformer" {
  name                 = "clicks-transformer"
  port                 = 9090
  protocol             = "TCP"
  target_type          = "instance"
  vpc_id               = aws_vpc.main.id
  deregistration_delay = 60
  # The machines see the load balancer, and let only that one in.
  preserve_client_ip = "false"

  health_check {
    port                = "9090"
    protocol            = "HTTP"
    path                = "/health"
    matcher             = "200"
    interval            = 10
    healthy_threshold   = 2
    unhealthy_threshold = 3
  }

  tags = {
    "Name"                 = "clicks-transformer"
    "provision:deployment" = "clicks"
    "provision:address"    = "aws_lb_target_group.transformer"
  }
}

resource "aws_lb_listener" "transformer" {
  load_balancer_arn = aws_lb.transformer.arn
  port              = 9090
  protocol          = "TCP"

  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.transformer.arn
  }

  tags = {
    "Name"                 = "clicks-transformer"
    "provision:deployment" = "clicks"
    "provision:address"    = "aws_lb_listener.transformer"
  }
}

# What the machines read at boot.

resource "aws_ssm_parameter" "transformer_address" {
  name  = "/provision/clicks/transformer/address"
  type  = "String"
  value = aws_lb.transformer.dns_name

  tags = {
    "Name"                 = "clicks-transformer/address"
    "provision:deployment" = "clicks"
    "provision:address"    = "aws_ssm_parameter.transformer_address"
  }
}
