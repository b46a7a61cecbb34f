# Who may connect to whom. A port is open only because somebody needs it: each rule says who.

{% for it in groups %}
resource "azurerm_application_security_group" "{{ it.group.local }}" {
  name = "{{ it.group.name }}"
  location = azurerm_resource_group.main.location
  resource_group_name = azurerm_resource_group.main.name

  tags = {{ it.group.tags }}
}

{% endfor %}
{% for it in filters %}
# Connections of {{ it.member }}
resource "azurerm_network_security_group" "{{ it.group.local }}" {
  name = "{{ it.group.name }}"
  location = azurerm_resource_group.main.location
  resource_group_name = azurerm_resource_group.main.name

  tags = {{ it.group.tags }}
}

# The cloud lets everything within a network connect, and everything go out; here nothing may that no rule names.
resource "azurerm_network_security_rule" "{{ it.group.local }}_from_others" {
  name = "from-others"
  resource_group_name = azurerm_resource_group.main.name
  network_security_group_name = azurerm_network_security_group.{{ it.group.local | ident }}.name
  description = "Nobody else"
  priority = 4096
  direction = "Inbound"
  access = "Deny"
  protocol = "*"
  source_port_range = "*"
  source_address_prefix = "*"
  destination_port_range = "*"
  destination_address_prefix = "*"
}

resource "azurerm_network_security_rule" "{{ it.group.local }}_to_others" {
  name = "to-others"
  resource_group_name = azurerm_resource_group.main.name
  network_security_group_name = azurerm_network_security_group.{{ it.group.local | ident }}.name
  description = "Nobody else"
  priority = 4096
  direction = "Outbound"
  access = "Deny"
  protocol = "*"
  source_port_range = "*"
  source_address_prefix = "*"
  destination_port_range = "*"
  destination_address_prefix = "*"
}

{% endfor %}
{% for it in rules %}
resource "azurerm_network_security_rule" "{{ it.rule.local }}" {
  name = "{{ it.rule.name }}"
  resource_group_name = azurerm_resource_group.main.name
  network_security_group_name = azurerm_network_security_group.{{ it.of | ident }}.name
  description = "{{ it.why }}"
  priority = {{ it.priority }}
{% if it.inbound %}
  direction = "Inbound"
{% else %}
  direction = "Outbound"
{% endif %}
  access = "Allow"
{% if it.ports | length > 0 %}
  protocol = "Tcp"
{% else %}
  protocol = "*"
{% endif %}
  source_port_range = "*"
{% if it.inbound %}
{% if it.peer.group %}
  source_application_security_group_ids = [{{ it.peer.group }}]
{% else %}
  source_address_prefix = {{ it.peer.range }}
{% endif %}
{% else %}
  source_address_prefix = "*"
{% endif %}
{% if it.ports | length > 1 %}
  destination_port_ranges = [{% for port in it.ports %}"{{ port }}"{% if not loop.last %}, {% endif %}{% endfor %}]
{% elif it.ports | length == 1 %}
  destination_port_range = "{{ it.ports[0] }}"
{% else %}
  destination_port_range = "*"
{% endif %}
{% if it.inbound %}
  destination_address_prefix = "*"
{% elif it.peer.group %}
  destination_application_security_group_ids = [{{ it.peer.group }}]
{% else %}
  destination_address_prefix = {{ it.peer.range }}
{% endif %}
}

{% endfor %}
{% if gateway %}
# The application gateway

resource "azurerm_network_security_group" "{{ gateway.filter.local }}" {
  name = "{{ gateway.filter.name }}"
  location = azurerm_resource_group.main.location
  resource_group_name = azurerm_resource_group.main.name

  tags = {{ gateway.filter.tags }}
}

resource "azurerm_network_security_rule" "{{ gateway.in_rule.local }}" {
  name = "{{ gateway.in_rule.name }}"
  resource_group_name = azurerm_resource_group.main.name
  network_security_group_name = azurerm_network_security_group.{{ gateway.filter.local | ident }}.name
  description = "users"
  priority = 100
  direction = "Inbound"
  access = "Allow"
  protocol = "Tcp"
  source_port_range = "*"
  source_address_prefix = var.client_range
  destination_port_ranges = [{% for port in gateway.ports %}"{{ port }}"{% if not loop.last %}, {% endif %}{% endfor %}]
  destination_address_prefix = "*"
}

resource "azurerm_network_security_rule" "{{ gateway.manager_rule.local }}" {
  name = "{{ gateway.manager_rule.name }}"
  resource_group_name = azurerm_resource_group.main.name
  network_security_group_name = azurerm_network_security_group.{{ gateway.filter.local | ident }}.name
  description = "What the cloud itself asks of each gateway"
  priority = 110
  direction = "Inbound"
  access = "Allow"
  protocol = "Tcp"
  source_port_range = "*"
  source_address_prefix = "GatewayManager"
  destination_port_range = "65200-65535"
  destination_address_prefix = "*"
}

resource "azurerm_subnet_network_security_group_association" "{{ gateway.association.local }}" {
  subnet_id = azurerm_subnet.public.id
  network_security_group_id = azurerm_network_security_group.{{ gateway.filter.local | ident }}.id

  depends_on = [
    azurerm_network_security_rule.{{ gateway.in_rule.local | ident }},
    azurerm_network_security_rule.{{ gateway.manager_rule.local | ident }},
  ]
}
{% endif %}
