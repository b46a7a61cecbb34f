# Connections that are passed on as they come.

resource "azurerm_lb" "main" {
  name                = "clicks"
  location            = azurerm_resource_group.main.location
  resource_group_name = azurerm_resource_group.main.name
  sku                 = "Standard"

  frontend_ip_configuration {
    name                          = "users"
    subnet_id                     = azurerm_subnet.private.id
    private_ip_address_allocation = "Dynamic"
    # Zone-redundant: one address that stands in all zones of the region.
    zones = ["1", "2", "3"]
  }

  tags = {
    "provision-deployment" = "clicks"
    "provision-address"    = "azurerm_lb.main"
  }
}

# server: gateway
resource "azurerm_lb_backend_address_pool" "server_gateway" {
  name            = "clicks-server-gateway"
  loadbalancer_id = azurerm_lb.main.id
}

resource "azurerm_lb_probe" "server_gateway" {
  name                = "clicks-server-gateway"
  loadbalancer_id     = azurerm_lb.main.id
  protocol            = "Http"
  port                = 8080
  request_path        = "/health"
  interval_in_seconds = 10
  probe_threshold     = 3
}

resource "azurerm_lb_rule" "server_gateway" {
  name                           = "clicks-server-gateway"
  loadbalancer_id                = azurerm_lb.main.id
  frontend_ip_configuration_name = "users"
  protocol                       = "Tcp"
  frontend_port                  = 80
  backend_port                   = 8080
  backend_address_pool_ids       = [azurerm_lb_backend_address_pool.server_gateway.id]
  probe_id                       = azurerm_lb_probe.server_gateway.id
  # As long as the product's own server allows, so that the load balancer is not the one that hangs up.
  idle_timeout_in_minutes = 4
  tcp_reset_enabled       = true
  disable_outbound_snat   = true
}
