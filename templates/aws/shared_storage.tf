# Files that all machines mount at the same path, with an address in every zone.

resource "aws_efs_file_system" "{{ files.local }}" {
  creation_token = "{{ files.name }}"
  encrypted = true
  performance_mode = "generalPurpose"
  throughput_mode = "elastic"

  lifecycle_policy {
    transition_to_ia = "AFTER_30_DAYS"
  }

  lifecycle_policy {
    transition_to_primary_storage_class = "AFTER_1_ACCESS"
  }

  tags = {{ files.tags }}
}

# The files are backed up like the database: one without the other restores nothing (OCT-27).
resource "aws_efs_backup_policy" "{{ files.local }}" {
  file_system_id = aws_efs_file_system.{{ files.local | ident }}.id

  backup_policy {
    status = "ENABLED"
  }
}

{% for it in targets %}
resource "aws_efs_mount_target" "{{ it.target.local }}" {
  file_system_id = aws_efs_file_system.{{ files.local | ident }}.id
  subnet_id = {{ it.subnet }}
  security_groups = {{ security_groups }}
}

{% endfor %}
{% include "aws/boot_values.tf" %}
