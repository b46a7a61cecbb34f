# What the machines of each kind may do, and no more.

{% for it in roles %}
# {{ it.name }}

resource "aws_iam_role" "{{ it.role.local }}" {
  name = "{{ it.role.name }}"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect = "Allow"
      Action = "sts:AssumeRole"
      Principal = { Service = "ec2.amazonaws.com" }
    }]
  })

  tags = {{ it.role.tags }}
}

resource "aws_iam_role_policy" "{{ it.policy.local }}" {
  name = "{{ it.policy.name }}"
  role = aws_iam_role.{{ it.role.local | ident }}.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
{% for statement in it.statements %}
      # {{ statement.why }}
      {
        Sid = "{{ statement.id }}"
        Effect = "Allow"
        Action = {{ statement.actions }}
        Resource = {{ statement.resources }}
      },
{% endfor %}
    ]
  })
}

resource "aws_iam_instance_profile" "{{ it.profile.local }}" {
  name = "{{ it.profile.name }}"
  role = aws_iam_role.{{ it.role.local | ident }}.name

  tags = {{ it.profile.tags }}
}

{% endfor %}
{% if secrets | length > 0 %}
# Places for secrets. Their values never pass through here.

{% for it in secrets %}
{% if it.put_by_owner %}
# Put its value in before the machines start: they wait for it.
{% else %}
# The first machine makes up its value and keeps it here.
{% endif %}
resource "aws_secretsmanager_secret" "{{ it.secret.local }}" {
  name = "{{ it.secret.name }}"
  description = "{{ it.about }}"
  recovery_window_in_days = 30

  tags = {{ it.secret.tags }}
}

{% endfor %}
{% endif %}
