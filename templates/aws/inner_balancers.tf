# How components reach each other: one address for all machines of a component, of which only those answer that are well.

{% for it in balancers %}
resource "aws_lb" "{{ it.balancer.local }}" {
  name = "{{ it.balancer.name }}"
  load_balancer_type = "network"
  internal = true
  subnets = {{ subnets }}
  security_groups = {{ it.security_groups }}
  enable_deletion_protection = var.deletion_protection
  enable_cross_zone_load_balancing = true

  tags = {{ it.balancer.tags }}
}

resource "aws_lb_target_group" "{{ it.group.local }}" {
  name = "{{ it.group.name }}"
  port = {{ it.port }}
  protocol = "TCP"
  target_type = "instance"
  vpc_id = {{ network }}
  deregistration_delay = 60
  # The machines see the load balancer, and let only that one in.
  preserve_client_ip = "false"

  health_check {
    port = "{{ it.health_port }}"
    protocol = "HTTP"
    path = "{{ it.health_path }}"
    matcher = "200"
    interval = {{ it.interval }}
    healthy_threshold = 2
    unhealthy_threshold = {{ it.failures }}
  }

  tags = {{ it.group.tags }}
}

resource "aws_lb_listener" "{{ it.listener.local }}" {
  load_balancer_arn = aws_lb.{{ it.balancer.local | ident }}.arn
  port = {{ it.port }}
  protocol = "TCP"

  default_action {
    type = "forward"
    target_group_arn = aws_lb_target_group.{{ it.group.local | ident }}.arn
  }

  tags = {{ it.listener.tags }}
}

{% endfor %}
{% include "aws/boot_values.tf" %}
