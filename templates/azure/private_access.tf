# How machines reach it: a name and an address within the network.

resource "azurerm_private_dns_zone" "{{ access.zone.local }}" {
  name = "{{ access.zone_name }}"
  resource_group_name = azurerm_resource_group.main.name

  tags = {{ access.zone.tags }}
}

resource "azurerm_private_dns_zone_virtual_network_link" "{{ access.link.local }}" {
  name = "{{ access.link.name }}"
  resource_group_name = azurerm_resource_group.main.name
  private_dns_zone_name = azurerm_private_dns_zone.{{ access.zone.local | ident }}.name
  virtual_network_id = {{ access.network }}

  tags = {{ access.link.tags }}
}

{% for it in access.endpoints %}
resource "azurerm_private_endpoint" "{{ it.endpoint.local }}" {
  name = "{{ it.endpoint.name }}"
  location = azurerm_resource_group.main.location
  resource_group_name = azurerm_resource_group.main.name
  subnet_id = {{ access.subnet }}

  private_service_connection {
    name = "main"
    private_connection_resource_id = {{ it.target }}
    subresource_names = ["{{ it.part }}"]
    is_manual_connection = false
  }

  private_dns_zone_group {
    name = "main"
    private_dns_zone_ids = [azurerm_private_dns_zone.{{ access.zone.local | ident }}.id]
  }

  tags = {{ it.endpoint.tags }}
}

{% if it.group %}
resource "azurerm_private_endpoint_application_security_group_association" "{{ it.group.association.local }}" {
  private_endpoint_id = azurerm_private_endpoint.{{ it.endpoint.local | ident }}.id
  application_security_group_id = {{ it.group.id }}
}

{% endif %}
{% endfor %}
