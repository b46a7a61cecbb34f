# What the machines read at boot.

{% for it in values %}
resource "aws_ssm_parameter" "{{ it.parameter.local }}" {
  name = "{{ it.parameter.name }}"
  type = "String"
  value = {{ it.value }}

  tags = {{ it.parameter.tags }}
}

{% endfor %}
