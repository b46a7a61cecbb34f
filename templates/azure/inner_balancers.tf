# How components reach each other: one address for all machines of a component, of which only those answer that are well.

{% for it in balancers %}
resource "azurerm_lb" "{{ it.balancer.local }}" {
  name = "{{ it.balancer.name }}"
  location = azurerm_resource_group.main.location
  resource_group_name = azurerm_resource_group.main.name
  sku = "Standard"

  frontend_ip_configuration {
    name = "{{ it.component }}"
    subnet_id = {{ subnet }}
    private_ip_address_allocation = "Dynamic"
    # Zone-redundant: one address that stands in all zones of the region.
    zones = ["1", "2", "3"]
  }

  tags = {{ it.balancer.tags }}
}

resource "azurerm_lb_backend_address_pool" "{{ it.pool.local }}" {
  name = "{{ it.pool.name }}"
  loadbalancer_id = azurerm_lb.{{ it.balancer.local | ident }}.id
}

resource "azurerm_lb_probe" "{{ it.probe.local }}" {
  name = "{{ it.probe.name }}"
  loadbalancer_id = azurerm_lb.{{ it.balancer.local | ident }}.id
  protocol = "Http"
  port = {{ it.health_port }}
  request_path = "{{ it.health_path }}"
  interval_in_seconds = {{ it.interval }}
  probe_threshold = {{ it.failures }}
}

resource "azurerm_lb_rule" "{{ it.rule.local }}" {
  name = "{{ it.rule.name }}"
  loadbalancer_id = azurerm_lb.{{ it.balancer.local | ident }}.id
  frontend_ip_configuration_name = "{{ it.component }}"
  protocol = "Tcp"
  frontend_port = {{ it.port }}
  backend_port = {{ it.port }}
  backend_address_pool_ids = [azurerm_lb_backend_address_pool.{{ it.pool.local | ident }}.id]
  probe_id = azurerm_lb_probe.{{ it.probe.local | ident }}.id
  tcp_reset_enabled = true
  disable_outbound_snat = true
}

{% endfor %}
{% include "azure/boot_values.tf" %}
