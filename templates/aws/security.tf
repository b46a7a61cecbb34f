# Who may connect to whom. A port is open only because somebody needs it: each rule says who.

{% for it in groups %}
resource "aws_security_group" "{{ it.group.local }}" {
  name = "{{ it.group.name }}"
  description = "Connections of {{ it.member }}"
  vpc_id = {{ network }}

  tags = {{ it.group.tags }}
}

{% endfor %}
# In

{% for it in ingress %}
resource "aws_vpc_security_group_ingress_rule" "{{ it.rule.local }}" {
  security_group_id = {{ it.of }}
  description = "{{ it.why }}"
{% if it.peer.is_group %}
  referenced_security_group_id = {{ it.peer.group }}
{% else %}
  cidr_ipv4 = {{ it.peer.range }}
{% endif %}
{% if it.port %}
  ip_protocol = "tcp"
  from_port = {{ it.port }}
  to_port = {{ it.port }}
{% else %}
  ip_protocol = "-1"
{% endif %}

  tags = {{ it.rule.tags }}
}

{% endfor %}
# Out

{% for it in egress %}
resource "aws_vpc_security_group_egress_rule" "{{ it.rule.local }}" {
  security_group_id = {{ it.of }}
  description = "{{ it.why }}"
{% if it.peer.is_group %}
  referenced_security_group_id = {{ it.peer.group }}
{% else %}
  cidr_ipv4 = {{ it.peer.range }}
{% endif %}
{% if it.port %}
  ip_protocol = "tcp"
  from_port = {{ it.port }}
  to_port = {{ it.port }}
{% else %}
  ip_protocol = "-1"
{% endif %}

  tags = {{ it.rule.tags }}
}

{% endfor %}
