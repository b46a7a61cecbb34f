# Connections that are passed on as they come.

resource "azurerm_lb" "main" {
  name                = "releases"
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
    "provision-deployment" = "releases"
    "provision-address"    = "azurerm_lb.main"
  }
}

# server: web
resource "azurerm_lb_backend_address_pool" "server_web" {
  name            = "releases-server-web"
  loadbalancer_id = azurerm_lb.main.id
}

resource "azurerm_lb_probe" "server_web" {
  name            = "releases-server-web"
  loadbalancer_id = azurerm_lb.main.id
  protocol        = "Http"
  port            = 8080
  # Only 200 is well: a node that finishes its work answers 418, which takes it out (OCT-15).
  request_path        = "/api/octopusservernodes/ping"
  interval_in_seconds = 10
  probe_threshold     = 3
}

resource "azurerm_lb_rule" "server_web" {
  name                           = "releases-server-web"
  loadbalancer_id                = azurerm_lb.main.id
  frontend_ip_configuration_name = "users"
  protocol                       = "Tcp"
  frontend_port                  = 80
  backend_port                   = 8080
  backend_address_pool_ids       = [azurerm_lb_backend_address_pool.server_web.id]
  probe_id                       = azurerm_lb_probe.server_web.id
  # As long as the product's own server allows, so that the load balancer is not the one that hangs up.
  idle_timeout_in_minutes = 30
  tcp_reset_enabled       = true
  disable_outbound_snat   = true
}
