# The network. Its subnets stand in all zones at once.

resource "azurerm_virtual_network" "{{ network.local }}" {
  name = "{{ network.name }}"
  location = azurerm_resource_group.main.location
  resource_group_name = azurerm_resource_group.main.name
  address_space = ["{{ range }}"]

  tags = {{ network.tags }}
}

# Machines, and the addresses of the services that they use.
resource "azurerm_subnet" "{{ private.local }}" {
  name = "{{ private.name }}"
  resource_group_name = azurerm_resource_group.main.name
  virtual_network_name = azurerm_virtual_network.{{ network.local | ident }}.name
  address_prefixes = ["{{ private_range }}"]
  # The only way out is the one below.
  default_outbound_access_enabled = false
  # Filters hold for private endpoints, too.
  private_endpoint_network_policies = "Enabled"
}

{% if gateway %}
# The application gateway, and nothing else: it wants a subnet of its own.
resource "azurerm_subnet" "{{ public.local }}" {
  name = "{{ public.name }}"
  resource_group_name = azurerm_resource_group.main.name
  virtual_network_name = azurerm_virtual_network.{{ network.local | ident }}.name
  address_prefixes = ["{{ public_range }}"]
  default_outbound_access_enabled = false
}

{% endif %}
# The way out. A NAT gateway of the usual kind stands in one zone, and the loss of that zone would take the way out of all
# others with it; a load balancer with an address of every zone loses nothing.

resource "azurerm_public_ip" "{{ exit.address.local }}" {
  name = "{{ exit.address.name }}"
  location = azurerm_resource_group.main.location
  resource_group_name = azurerm_resource_group.main.name
  sku = "Standard"
  allocation_method = "Static"
  # Zone-redundant: one address that stands in all zones of the region.
  zones = ["1", "2", "3"]

  tags = {{ exit.address.tags }}
}

resource "azurerm_lb" "{{ exit.balancer.local }}" {
  name = "{{ exit.balancer.name }}"
  location = azurerm_resource_group.main.location
  resource_group_name = azurerm_resource_group.main.name
  sku = "Standard"

  frontend_ip_configuration {
    name = "exit"
    public_ip_address_id = azurerm_public_ip.{{ exit.address.local | ident }}.id
  }

  tags = {{ exit.balancer.tags }}
}

resource "azurerm_lb_backend_address_pool" "{{ exit.pool.local }}" {
  name = "{{ exit.pool.name }}"
  loadbalancer_id = azurerm_lb.{{ exit.balancer.local | ident }}.id
}

# Nothing comes in this way: it has no rule for that.
resource "azurerm_lb_outbound_rule" "{{ exit.rule.local }}" {
  name = "{{ exit.rule.name }}"
  loadbalancer_id = azurerm_lb.{{ exit.balancer.local | ident }}.id
  backend_address_pool_id = azurerm_lb_backend_address_pool.{{ exit.pool.local | ident }}.id
  protocol = "All"
  # Enough for sixty machines behind one address.
  allocated_outbound_ports = 1024
  tcp_reset_enabled = true

  frontend_ip_configuration {
    name = "exit"
  }
}
