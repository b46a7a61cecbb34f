# What each kind of machine or pod may do, and no more.

{% for machine in roles %}
# {{ machine.name }}

resource "aws_iam_role" "{{ machine.role.local }}" {
  name = "{{ machine.role.name }}"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect = "Allow"
{% if machine.pods %}
      Action = ["sts:AssumeRole", "sts:TagSession"]
      Principal = { Service = "pods.eks.amazonaws.com" }
{% else %}
      Action = "sts:AssumeRole"
      Principal = { Service = "ec2.amazonaws.com" }
{% endif %}
    }]
  })

  tags = {{ machine.role.tags }}
}

resource "aws_iam_role_policy" "{{ machine.policy.local }}" {
  name = "{{ machine.policy.name }}"
  role = aws_iam_role.{{ machine.role.local | ident }}.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
{% for it in machine.statements %}
      # {{ it.why }}
      {
        Sid = "{{ it.id }}"
        Effect = "Allow"
        Action = {{ it.actions }}
        Resource = {{ it.resources }}
{% if it.namespace %}
        Condition = { StringEquals = { "cloudwatch:namespace" = "{{ it.namespace }}" } }
{% endif %}
      },
{% endfor %}
    ]
  })
}

{% if machine.pods %}
resource "aws_eks_pod_identity_association" "{{ machine.pods.association.local }}" {
  cluster_name = aws_eks_cluster.main.name
  namespace = "{{ machine.pods.namespace }}"
  service_account = "{{ machine.pods.account }}"
  role_arn = aws_iam_role.{{ machine.role.local | ident }}.arn

  tags = {{ machine.pods.association.tags }}
}
{% else %}
resource "aws_iam_instance_profile" "{{ machine.profile.local }}" {
  name = "{{ machine.profile.name }}"
  role = aws_iam_role.{{ machine.role.local | ident }}.name

  tags = {{ machine.profile.tags }}
}
{% endif %}

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
