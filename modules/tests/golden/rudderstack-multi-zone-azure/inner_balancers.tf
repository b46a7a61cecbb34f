# How components reach each other: one address for all machines of a component, of which only those answer that are well.

resource "azurerm_lb" "transformer" {
  name                = "clicks-transformer"
  location            = azurerm_resource_group.main.location
  resource_group_name = azurerm_resource_group.main.name
  sku                 = "Standard"

  frontend_ip_configuration {
    name                          = "transformer"
    subnet_id                     = azurerm_subnet.private.id
    private_ip_address_allocation = "Dynamic"
    # Zone-redundant: one address that stands in all zones of the region.
    zones = ["1", "2", "3"]
  }

  tags = {
    "provision-deployment" = "clicks"
    "provision-address"    = "azurerm_lb.transformer"
  }
}

resource "azurerm_lb_backend_address_pool" "transformer" {
  name            = "clicks-transformer"
  loadbalancer_id = azurerm_lb.transformer.id
}

resource "azurerm_lb_probe" "transformer" {
  name                = "clicks-transformer"
  loadbalancer_id     = azurerm_lb.transformer.id
  protocol            = "Http"
  port                = 9090
  request_path        = "/health"
  interval_in_seconds = 10
  probe_threshold     = 3
}

resource "azurerm_lb_rule" "transformer" {
  name                           = "clicks-transformer"
  loadbalancer_id                = azurerm_lb.transformer.id
  frontend_ip_configuration_name = "transformer"
  protocol                       = "Tcp"
  frontend_port                  = 9090
  backend_port                   = 9090
  backend_address_pool_ids       = [azurerm_lb_backend_address_pool.transformer.id]
  probe_id                       = azurerm_lb_probe.transformer.id
  tcp_reset_enabled              = true
  disable_outbound_snat          = true
}

# What the machines read at boot.

resource "azurerm_key_vault_secret" "transformer_address" {
  name         = "transformer--address"
  key_vault_id = azurerm_key_vault.values.id
  content_type = "text/plain"
  value        = azurerm_lb.transformer.private_ip_address

  tags = {
    "provision-deployment" = "clicks"
    "provision-address"    = "azurerm_key_vault_secret.transformer_address"
  }

  depends_on = [azurerm_role_assignment.operator_values]
}
