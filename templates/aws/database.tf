resource "aws_db_subnet_group" "{{ subnet_group.local }}" {
  name = "{{ subnet_group.name }}"
  description = "Where the database may stand"
  subnet_ids = {{ subnets }}

  tags = {{ subnet_group.tags }}
}

resource "aws_db_parameter_group" "{{ settings.local }}" {
  name = "{{ settings.name }}"
  description = "Settings of the database"
  family = "{{ family }}"

{% for it in parameters %}
  parameter {
    name = "{{ it.name }}"
    value = "{{ it.value }}"
{% if it.needs_restart %}
    apply_method = "pending-reboot"
{% else %}
    apply_method = "immediate"
{% endif %}
  }

{% endfor %}
  tags = {{ settings.tags }}
}

{% for it in servers %}
resource "aws_db_instance" "{{ it.server.local }}" {
  identifier = "{{ it.server.name }}"
  engine = "{{ engine }}"
  engine_version = "{{ engine_version }}"
{% if licence_included %}
  license_model = "license-included"
{% endif %}
  instance_class = "{{ machine_type }}"
{% if database %}
  db_name = "{{ database }}"
{% endif %}
  port = {{ port }}
  username = "provision"
  # The service makes the password, keeps it in its secret store and changes it; nobody ever sees it here.
  manage_master_user_password = true

{% if standby %}
  # A standby in another zone takes over when this one is lost.
{% endif %}
  multi_az = {{ standby }}
{% if it.zone %}
  availability_zone = "{{ it.zone }}"
{% endif %}
  db_subnet_group_name = aws_db_subnet_group.{{ subnet_group.local | ident }}.name
  vpc_security_group_ids = {{ security_groups }}
  publicly_accessible = false
  parameter_group_name = aws_db_parameter_group.{{ settings.local | ident }}.name

  storage_type = "gp3"
  allocated_storage = {{ storage_gb }}
  max_allocated_storage = {{ most_storage_gb }}
  storage_encrypted = true

  backup_retention_period = {{ backup_days }}
  copy_tags_to_snapshot = true
  delete_automated_backups = false
  deletion_protection = var.deletion_protection
  skip_final_snapshot = false
  final_snapshot_identifier = "{{ it.final_snapshot }}"

  auto_minor_version_upgrade = true
  allow_major_version_upgrade = false
  apply_immediately = false
  performance_insights_enabled = true
  enabled_cloudwatch_logs_exports = {{ logs }}

  tags = {{ it.server.tags }}
}

{% endfor %}
{% include "aws/boot_values.tf" %}
