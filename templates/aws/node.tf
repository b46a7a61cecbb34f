# {{ it.name }}, in {{ it.zone }}. Its address and its disk outlive the machine.

resource "aws_network_interface" "{{ it.address.local }}" {
  subnet_id = {{ it.subnet }}
  description = "Address of {{ it.name }}"
  security_groups = {{ it.security_groups }}

  tags = {{ it.address.tags }}
}

resource "aws_ebs_volume" "{{ it.disk.local }}" {
  availability_zone = "{{ it.zone }}"
  type = "gp3"
  size = {{ it.storage_gb }}
  encrypted = true
  final_snapshot = true

  tags = {{ it.disk.tags }}
}

resource "aws_launch_template" "{{ it.template.local }}" {
  name = "{{ it.template.name }}"
  update_default_version = true
  image_id = "{{ it.image }}"
  instance_type = "{{ it.machine_type }}"
  user_data = filebase64("${path.module}/{{ it.user_data }}")

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
      volume_size = 20
      encrypted = true
      delete_on_termination = true
    }
  }

  tag_specifications {
    resource_type = "volume"
    tags = {{ it.disk_tags }}
  }

  tags = {{ it.template.tags }}
}

resource "aws_instance" "{{ it.machine.local }}" {
  launch_template {
    id = aws_launch_template.{{ it.template.local | ident }}.id
    version = "$Latest"
  }

  primary_network_interface {
    network_interface_id = aws_network_interface.{{ it.address.local | ident }}.id
  }

  ebs_optimized = true
  monitoring = true
  iam_instance_profile = {{ it.profile_name }}

  metadata_options {
    http_endpoint = "enabled"
    http_tokens = "required"
    http_put_response_hop_limit = 1
    instance_metadata_tags = "enabled"
  }

  root_block_device {
    encrypted = true
  }

  maintenance_options {
    auto_recovery = "default"
  }

  tags = {{ it.machine_tags }}
{% if it.after %}

  # One after the other: two members of a quorum never change at once.
  depends_on = [{{ it.after }}]
{% endif %}
}

resource "aws_volume_attachment" "{{ it.attachment.local }}" {
  device_name = "/dev/sdf"
  instance_id = aws_instance.{{ it.machine.local | ident }}.id
  volume_id = aws_ebs_volume.{{ it.disk.local | ident }}.id
  stop_instance_before_detaching = true
}
