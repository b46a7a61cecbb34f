# Who may connect to whom. A port is open only because somebody needs it: each rule says who.

resource "azurerm_application_security_group" "server" {
  name                = "releases-server"
  location            = azurerm_resource_group.main.location
  resource_group_name = azurerm_resource_group.main.name

  tags = {
    "provision-deployment" = "releases"
    "provision-address"    = "azurerm_application_security_group.server"
  }
}

resource "azurerm_application_security_group" "database" {
  name                = "releases-database"
  location            = azurerm_resource_group.main.location
  resource_group_name = azurerm_resource_group.main.name

  tags = {
    "provision-deployment" = "releases"
    "provision-address"    = "azurerm_application_security_group.database"
  }
}

resource "azurerm_application_security_group" "shared_files" {
  name                = "releases-shared-files"
  location            = azurerm_resource_group.main.location
  resource_group_name = azurerm_resource_group.main.name

  tags = {
    "provision-deployment" = "releases"
    "provision-address"    = "azurerm_application_security_group.shared_files"
  }
}

# Connections of server
resource "azurerm_network_security_group" "server" {
  name                = "releases-server-connections"
  location            = azurerm_resource_group.main.location
  resource_group_name = azurerm_resource_group.main.name

  tags = {
    "provision-deployment" = "releases"
    "provision-address"    = "azurerm_network_security_group.server"
  }
}

# The cloud lets everything within a network connect, and everything go out; here nothing may that no rule names.
resource "azurerm_network_security_rule" "server_from_others" {
  name                        = "from-others"
  resource_group_name         = azurerm_resource_group.main.name
  network_security_group_name = azurerm_network_security_group.server.name
  description                 = "Nobody else"
  priority                    = 4096
  direction                   = "Inbound"
  access                      = "Deny"
  protocol                    = "*"
  source_port_range           = "*"
  source_address_prefix       = "*"
  destination_port_range      = "*"
  destination_address_prefix  = "*"
}

resource "azurerm_network_security_rule" "server_to_others" {
  name                        = "to-others"
  resource_group_name         = azurerm_resource_group.main.name
  network_security_group_name = azurerm_network_security_group.server.name
  description                 = "Nobody else"
  priority                    = 4096
  direction                   = "Outbound"
  access                      = "Deny"
  protocol                    = "*"
  source_port_range           = "*"
  source_address_prefix       = "*"
  destination_port_range      = "*"
  destination_address_prefix  = "*"
}

resource "azurerm_network_security_rule" "server_from_clients_8080" {
  name                        = "releases-server-from-clients-8080"
  resource_group_name         = azurerm_resource_group.main.name
  network_security_group_name = azurerm_network_security_group.server.name
  description                 = "web"
  priority                    = 100
  direction                   = "Inbound"
  access                      = "Allow"
  protocol                    = "Tcp"
  source_port_range           = "*"
  source_address_prefix       = var.client_range
  destination_port_range      = "8080"
  destination_address_prefix  = "*"
}

resource "azurerm_network_security_rule" "server_from_health_checks_8080" {
  name                        = "releases-server-from-health-checks-8080"
  resource_group_name         = azurerm_resource_group.main.name
  network_security_group_name = azurerm_network_security_group.server.name
  description                 = "web"
  priority                    = 110
  direction                   = "Inbound"
  access                      = "Allow"
  protocol                    = "Tcp"
  source_port_range           = "*"
  source_address_prefix       = "AzureLoadBalancer"
  destination_port_range      = "8080"
  destination_address_prefix  = "*"
}

resource "azurerm_network_security_rule" "server_to_database_1433" {
  name                                       = "releases-server-to-database-1433"
  resource_group_name                        = azurerm_resource_group.main.name
  network_security_group_name                = azurerm_network_security_group.server.name
  description                                = "server to database"
  priority                                   = 100
  direction                                  = "Outbound"
  access                                     = "Allow"
  protocol                                   = "Tcp"
  source_port_range                          = "*"
  source_address_prefix                      = "*"
  destination_port_range                     = "1433"
  destination_application_security_group_ids = [azurerm_application_security_group.database.id]
}

resource "azurerm_network_security_rule" "server_to_shared_files_445" {
  name                                       = "releases-server-to-shared-files-445"
  resource_group_name                        = azurerm_resource_group.main.name
  network_security_group_name                = azurerm_network_security_group.server.name
  description                                = "the shared files"
  priority                                   = 110
  direction                                  = "Outbound"
  access                                     = "Allow"
  protocol                                   = "Tcp"
  source_port_range                          = "*"
  source_address_prefix                      = "*"
  destination_port_range                     = "445"
  destination_application_security_group_ids = [azurerm_application_security_group.shared_files.id]
}

resource "azurerm_network_security_rule" "server_to_anywhere_all" {
  name                        = "releases-server-to-anywhere-all"
  resource_group_name         = azurerm_resource_group.main.name
  network_security_group_name = azurerm_network_security_group.server.name
  description                 = "deployments reach their targets on ports of the targets' choice"
  priority                    = 120
  direction                   = "Outbound"
  access                      = "Allow"
  protocol                    = "*"
  source_port_range           = "*"
  source_address_prefix       = "*"
  destination_port_range      = "*"
  destination_address_prefix  = "*"
}
