# Machines. What a machine does stands in its user data, under hosts/; a change of it is rolled out, not done in passing:
# the groups start new machines from the newest template, and leave those that run alone.

{% for it in groups %}
# {{ it.name }}

resource "aws_launch_template" "{{ it.template.local }}" {
  name = "{{ it.template.name }}"
  update_default_version = true
  image_id = "{{ it.image }}"
  instance_type = "{{ it.machine_type }}"
  user_data = filebase64("${path.module}/{{ it.user_data }}")
  vpc_security_group_ids = {{ it.security_groups }}

  iam_instance_profile {
    arn = {{ it.profile }}
  }

  metadata_options {
    http_endpoint = "enabled"
    # With a token only, which a forged request doesn't have.
    http_tokens = "required"
    http_put_response_hop_limit = 1
    instance_metadata_tags = "enabled"
  }

  block_device_mappings {
    device_name = "/dev/xvda"

    ebs {
      volume_type = "gp3"
      volume_size = {{ it.disk_gb }}
      encrypted = true
      delete_on_termination = true
    }
  }

  monitoring {
    enabled = true
  }

  tag_specifications {
    resource_type = "instance"
    tags = {{ it.machine_tags }}
  }

  tag_specifications {
    resource_type = "volume"
    tags = {{ it.machine_tags }}
  }

  tags = {{ it.template.tags }}
}

resource "aws_autoscaling_group" "{{ it.group.local }}" {
  name = "{{ it.group.name }}"
  # Every zone: a machine that is lost with its zone comes back in another one.
  vpc_zone_identifier = {{ subnets }}
  min_size = {{ it.least }}
  max_size = {{ it.most }}
{% if it.fixed %}
  desired_capacity = {{ it.fixed }}
{% endif %}
{% if it.balanced %}
  # A machine that doesn't answer its users is replaced, not only one that is off.
  health_check_type = "ELB"
{% else %}
  # The machine looks after what runs on it, and says itself when it has to be replaced.
  health_check_type = "EC2"
{% endif %}
{% if it.has_targets %}
  target_group_arns = {{ it.target_groups }}
{% endif %}
  health_check_grace_period = {{ it.start }}
  default_instance_warmup = {{ it.start }}
  # The steps wait for the groups' own health checks.
  wait_for_capacity_timeout = "0"
  enabled_metrics = ["GroupDesiredCapacity", "GroupInServiceInstances", "GroupPendingInstances", "GroupTerminatingInstances"]

  launch_template {
    id = aws_launch_template.{{ it.template.local | ident }}.id
    version = "$Latest"
  }

  instance_maintenance_policy {
    min_healthy_percentage = {{ it.least_healthy }}
    max_healthy_percentage = {{ it.most_healthy }}
  }

{% for tag in it.group_tags %}
  tag {
    key = "{{ tag.key }}"
    value = "{{ tag.value }}"
    propagate_at_launch = false
  }

{% endfor %}
}

# Time to finish what is in work before a machine goes.
resource "aws_autoscaling_lifecycle_hook" "{{ it.hook.local }}" {
  name = "{{ it.hook.name }}"
  autoscaling_group_name = aws_autoscaling_group.{{ it.group.local | ident }}.name
  lifecycle_transition = "autoscaling:EC2_INSTANCE_TERMINATING"
  heartbeat_timeout = {{ it.finish }}
  default_result = "CONTINUE"
}

{% if it.aim_at_load %}
resource "aws_autoscaling_policy" "{{ it.policy.local }}" {
  name = "{{ it.policy.name }}"
  autoscaling_group_name = aws_autoscaling_group.{{ it.group.local | ident }}.name
  policy_type = "TargetTrackingScaling"

  target_tracking_configuration {
    target_value = {{ it.aim_at_load }}

    predefined_metric_specification {
      predefined_metric_type = "ASGAverageCPUUtilization"
    }
  }
}

{% endif %}
{% endfor %}
