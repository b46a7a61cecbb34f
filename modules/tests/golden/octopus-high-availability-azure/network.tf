# The network. Its subnets stand in all zones at once.

resource "azurerm_virtual_network" "main" {
  name                = "releases-network"
  location            = azurerm_resource_group.main.location
  resource_group_name = azurerm_resource_group.main.name
  address_space       = ["10.0.0.0/16"]

  tags = {
    "provision-deployment" = "releases"
    "provision-address"    = "azurerm_virtual_network.main"
  }
}

# Machines, and the addresses of the services that they use.
resource "azurerm_subnet" "private" {
  name                 = "releases-private"
  resource_group_name  = azurerm_resource_group.main.name
  virtual_network_name = azurerm_virtual_network.main.name
  address_prefixes     = ["10.0.0.0/17"]
  # The only way out is the one below.
  default_outbound_access_enabled = false
  # Filters hold for private endpoints, too.
  private_endpoint_network_policies = "Enabled"
}

# The way out. A NAT gateway of the usual kind stands in one zone, and the loss of that zone would take the way out of all
# others with it; a load balancer with an address of every zone loses nothing.

resource "azurerm_public_ip" "exit" {
  name                = "releases-exit"
  location            = azurerm_resource_group.main.location
  resource_group_name = azurerm_resource_group.main.name
  sku                 = "Standard"
  allocation_method   = "Static"
  # Zone-redundant: one address that stands in all zones of the region.
  zones = ["1", "2", "3"]

  tags = {
    "provision-deployment" = "releases"
    "provision-address"    = "azurerm_public_ip.exit"
  }
}

resource "azurerm_lb" "exit" {
  name                = "releases-exit"
  location            = azurerm_resource_group.main.location
  resource_group_name = azurerm_resource_group.main.name
  sku                 = "Standard"

  frontend_ip_configuration {
    name                 = "exit"
    public_ip_address_id = azurerm_public_ip.exit.id
  }

  tags = {
    "provision-deployment" = "releases"
    "provision-address"    = "azurerm_lb.exit"
  }
}

resource "azurerm_lb_backend_address_pool" "exit" {
  name            = "releases-exit"
  loadbalancer_id = azurerm_lb.exit.id
}

# Nothing comes in this way: it has no rule for that.
resource "azurerm_lb_outbound_rule" "exit" {
  name                    = "releases-exit"
  loadbalancer_id         = azurerm_lb.exit.id
  backend_address_pool_id = azurerm_lb_backend_address_pool.exit.id
  protocol                = "All"
  # Enough for sixty machines behind one address.
  allocated_outbound_ports = 1024
  tcp_reset_enabled        = true

  frontend_ip_configuration {
    name = "exit"
  }
}
