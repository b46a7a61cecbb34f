# Who may connect to whom. A port is open only because somebody needs it: each rule says who.

resource "azurerm_application_security_group" "server" {
  name                = "clicks-server"
  location            = azurerm_resource_group.main.location
  resource_group_name = azurerm_resource_group.main.name

  tags = {
    "provision-deployment" = "clicks"
    "provision-address"    = "azurerm_application_security_group.server"
  }
}

resource "azurerm_application_security_group" "transformer" {
  name                = "clicks-transformer"
  location            = azurerm_resource_group.main.location
  resource_group_name = azurerm_resource_group.main.name

  tags = {
    "provision-deployment" = "clicks"
    "provision-address"    = "azurerm_application_security_group.transformer"
  }
}

resource "azurerm_application_security_group" "database" {
  name                = "clicks-database"
  location            = azurerm_resource_group.main.location
  resource_group_name = azurerm_resource_group.main.name

  tags = {
    "provision-deployment" = "clicks"
    "provision-address"    = "azurerm_application_security_group.database"
  }
}

resource "azurerm_application_security_group" "monitoring" {
  name                = "clicks-monitoring"
  location            = azurerm_resource_group.main.location
  resource_group_name = azurerm_resource_group.main.name

  tags = {
    "provision-deployment" = "clicks"
    "provision-address"    = "azurerm_application_security_group.monitoring"
  }
}

# Connections of server
resource "azurerm_network_security_group" "server" {
  name                = "clicks-server-connections"
  location            = azurerm_resource_group.main.location
  resource_group_name = azurerm_resource_group.main.name

  tags = {
    "provision-deployment" = "clicks"
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

# Connections of transformer
resource "azurerm_network_security_group" "transformer" {
  name                = "clicks-transformer-connections"
  location            = azurerm_resource_group.main.location
  resource_group_name = azurerm_resource_group.main.name

  tags = {
    "provision-deployment" = "clicks"
    "provision-address"    = "azurerm_network_security_group.transformer"
  }
}

# The cloud lets everything within a network connect, and everything go out; here nothing may that no rule names.
resource "azurerm_network_security_rule" "transformer_from_others" {
  name                        = "from-others"
  resource_group_name         = azurerm_resource_group.main.name
  network_security_group_name = azurerm_network_security_group.transformer.name
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

resource "azurerm_network_security_rule" "transformer_to_others" {
  name                        = "to-others"
  resource_group_name         = azurerm_resource_group.main.name
  network_security_group_name = azurerm_network_security_group.transformer.name
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

# Connections of monitoring
resource "azurerm_network_security_group" "monitoring" {
  name                = "clicks-monitoring-connections"
  location            = azurerm_resource_group.main.location
  resource_group_name = azurerm_resource_group.main.name

  tags = {
    "provision-deployment" = "clicks"
    "provision-address"    = "azurerm_network_security_group.monitoring"
  }
}

# The cloud lets everything within a network connect, and everything go out; here nothing may that no rule names.
resource "azurerm_network_security_rule" "monitoring_from_others" {
  name                        = "from-others"
  resource_group_name         = azurerm_resource_group.main.name
  network_security_group_name = azurerm_network_security_group.monitoring.name
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

resource "azurerm_network_security_rule" "monitoring_to_others" {
  name                        = "to-others"
  resource_group_name         = azurerm_resource_group.main.name
  network_security_group_name = azurerm_network_security_group.monitoring.name
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
  name                        = "clicks-server-from-clients-8080"
  resource_group_name         = azurerm_resource_group.main.name
  network_security_group_name = azurerm_network_security_group.server.name
  description                 = "gateway"
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
  name                        = "clicks-server-from-health-checks-8080"
  resource_group_name         = azurerm_resource_group.main.name
  network_security_group_name = azurerm_network_security_group.server.name
  description                 = "gateway"
  priority                    = 110
  direction                   = "Inbound"
  access                      = "Allow"
  protocol                    = "Tcp"
  source_port_range           = "*"
  source_address_prefix       = "AzureLoadBalancer"
  destination_port_range      = "8080"
  destination_address_prefix  = "*"
}

resource "azurerm_network_security_rule" "transformer_from_server_9090" {
  name                                  = "clicks-transformer-from-server-9090"
  resource_group_name                   = azurerm_resource_group.main.name
  network_security_group_name           = azurerm_network_security_group.transformer.name
  description                           = "transformer"
  priority                              = 100
  direction                             = "Inbound"
  access                                = "Allow"
  protocol                              = "Tcp"
  source_port_range                     = "*"
  source_application_security_group_ids = [azurerm_application_security_group.server.id]
  destination_port_range                = "9090"
  destination_address_prefix            = "*"
}

resource "azurerm_network_security_rule" "transformer_from_health_checks_9090" {
  name                        = "clicks-transformer-from-health-checks-9090"
  resource_group_name         = azurerm_resource_group.main.name
  network_security_group_name = azurerm_network_security_group.transformer.name
  description                 = "transformer"
  priority                    = 110
  direction                   = "Inbound"
  access                      = "Allow"
  protocol                    = "Tcp"
  source_port_range           = "*"
  source_address_prefix       = "AzureLoadBalancer"
  destination_port_range      = "9090"
  destination_address_prefix  = "*"
}

resource "azurerm_network_security_rule" "server_from_monitoring_9100" {
  name                                  = "clicks-server-from-monitoring-9100"
  resource_group_name                   = azurerm_resource_group.main.name
  network_security_group_name           = azurerm_network_security_group.server.name
  description                           = "the machines' own metrics"
  priority                              = 120
  direction                             = "Inbound"
  access                                = "Allow"
  protocol                              = "Tcp"
  source_port_range                     = "*"
  source_application_security_group_ids = [azurerm_application_security_group.monitoring.id]
  destination_port_range                = "9100"
  destination_address_prefix            = "*"
}

resource "azurerm_network_security_rule" "server_from_monitoring_8080" {
  name                                  = "clicks-server-from-monitoring-8080"
  resource_group_name                   = azurerm_resource_group.main.name
  network_security_group_name           = azurerm_network_security_group.server.name
  description                           = "health checks"
  priority                              = 130
  direction                             = "Inbound"
  access                                = "Allow"
  protocol                              = "Tcp"
  source_port_range                     = "*"
  source_application_security_group_ids = [azurerm_application_security_group.monitoring.id]
  destination_port_range                = "8080"
  destination_address_prefix            = "*"
}

resource "azurerm_network_security_rule" "server_from_monitoring_9102" {
  name                                  = "clicks-server-from-monitoring-9102"
  resource_group_name                   = azurerm_resource_group.main.name
  network_security_group_name           = azurerm_network_security_group.server.name
  description                           = "the component's metrics"
  priority                              = 140
  direction                             = "Inbound"
  access                                = "Allow"
  protocol                              = "Tcp"
  source_port_range                     = "*"
  source_application_security_group_ids = [azurerm_application_security_group.monitoring.id]
  destination_port_range                = "9102"
  destination_address_prefix            = "*"
}

resource "azurerm_network_security_rule" "transformer_from_monitoring_9100" {
  name                                  = "clicks-transformer-from-monitoring-9100"
  resource_group_name                   = azurerm_resource_group.main.name
  network_security_group_name           = azurerm_network_security_group.transformer.name
  description                           = "the machines' own metrics"
  priority                              = 120
  direction                             = "Inbound"
  access                                = "Allow"
  protocol                              = "Tcp"
  source_port_range                     = "*"
  source_application_security_group_ids = [azurerm_application_security_group.monitoring.id]
  destination_port_range                = "9100"
  destination_address_prefix            = "*"
}

resource "azurerm_network_security_rule" "transformer_from_monitoring_9090" {
  name                                  = "clicks-transformer-from-monitoring-9090"
  resource_group_name                   = azurerm_resource_group.main.name
  network_security_group_name           = azurerm_network_security_group.transformer.name
  description                           = "health checks"
  priority                              = 130
  direction                             = "Inbound"
  access                                = "Allow"
  protocol                              = "Tcp"
  source_port_range                     = "*"
  source_application_security_group_ids = [azurerm_application_security_group.monitoring.id]
  destination_port_range                = "9090"
  destination_address_prefix            = "*"
}

resource "azurerm_network_security_rule" "monitoring_from_monitoring_9100" {
  name                                  = "clicks-monitoring-from-monitoring-9100"
  resource_group_name                   = azurerm_resource_group.main.name
  network_security_group_name           = azurerm_network_security_group.monitoring.name
  description                           = "the machines' own metrics"
  priority                              = 100
  direction                             = "Inbound"
  access                                = "Allow"
  protocol                              = "Tcp"
  source_port_range                     = "*"
  source_application_security_group_ids = [azurerm_application_security_group.monitoring.id]
  destination_port_range                = "9100"
  destination_address_prefix            = "*"
}

resource "azurerm_network_security_rule" "monitoring_from_monitoring_9090" {
  name                                  = "clicks-monitoring-from-monitoring-9090"
  resource_group_name                   = azurerm_resource_group.main.name
  network_security_group_name           = azurerm_network_security_group.monitoring.name
  description                           = "each watches the other"
  priority                              = 110
  direction                             = "Inbound"
  access                                = "Allow"
  protocol                              = "Tcp"
  source_port_range                     = "*"
  source_application_security_group_ids = [azurerm_application_security_group.monitoring.id]
  destination_port_range                = "9090"
  destination_address_prefix            = "*"
}

resource "azurerm_network_security_rule" "monitoring_from_monitoring_9093" {
  name                                  = "clicks-monitoring-from-monitoring-9093"
  resource_group_name                   = azurerm_resource_group.main.name
  network_security_group_name           = azurerm_network_security_group.monitoring.name
  description                           = "alerts go to both"
  priority                              = 120
  direction                             = "Inbound"
  access                                = "Allow"
  protocol                              = "Tcp"
  source_port_range                     = "*"
  source_application_security_group_ids = [azurerm_application_security_group.monitoring.id]
  destination_port_range                = "9093"
  destination_address_prefix            = "*"
}

resource "azurerm_network_security_rule" "monitoring_from_monitoring_9094" {
  name                                  = "clicks-monitoring-from-monitoring-9094"
  resource_group_name                   = azurerm_resource_group.main.name
  network_security_group_name           = azurerm_network_security_group.monitoring.name
  description                           = "so that an alert is sent once"
  priority                              = 130
  direction                             = "Inbound"
  access                                = "Allow"
  protocol                              = "Tcp"
  source_port_range                     = "*"
  source_application_security_group_ids = [azurerm_application_security_group.monitoring.id]
  destination_port_range                = "9094"
  destination_address_prefix            = "*"
}

resource "azurerm_network_security_rule" "server_to_database_5432" {
  name                                       = "clicks-server-to-database-5432"
  resource_group_name                        = azurerm_resource_group.main.name
  network_security_group_name                = azurerm_network_security_group.server.name
  description                                = "server to database"
  priority                                   = 100
  direction                                  = "Outbound"
  access                                     = "Allow"
  protocol                                   = "Tcp"
  source_port_range                          = "*"
  source_address_prefix                      = "*"
  destination_port_range                     = "5432"
  destination_application_security_group_ids = [azurerm_application_security_group.database.id]
}

resource "azurerm_network_security_rule" "server_to_transformer_balancer_9090" {
  name                        = "clicks-server-to-transformer-balancer-9090"
  resource_group_name         = azurerm_resource_group.main.name
  network_security_group_name = azurerm_network_security_group.server.name
  description                 = "transformer"
  priority                    = 110
  direction                   = "Outbound"
  access                      = "Allow"
  protocol                    = "Tcp"
  source_port_range           = "*"
  source_address_prefix       = "*"
  destination_port_range      = "9090"
  destination_address_prefix  = azurerm_lb.transformer.private_ip_address
}

resource "azurerm_network_security_rule" "server_to_anywhere_all" {
  name                        = "clicks-server-to-anywhere-all"
  resource_group_name         = azurerm_resource_group.main.name
  network_security_group_name = azurerm_network_security_group.server.name
  description                 = "events go to whatever destinations are set up"
  priority                    = 120
  direction                   = "Outbound"
  access                      = "Allow"
  protocol                    = "*"
  source_port_range           = "*"
  source_address_prefix       = "*"
  destination_port_range      = "*"
  destination_address_prefix  = "*"
}

resource "azurerm_network_security_rule" "transformer_to_anywhere_443" {
  name                        = "clicks-transformer-to-anywhere-443"
  resource_group_name         = azurerm_resource_group.main.name
  network_security_group_name = azurerm_network_security_group.transformer.name
  description                 = "the image registry and the cloud's own services"
  priority                    = 100
  direction                   = "Outbound"
  access                      = "Allow"
  protocol                    = "Tcp"
  source_port_range           = "*"
  source_address_prefix       = "*"
  destination_port_ranges     = ["80", "443"]
  destination_address_prefix  = "*"
}

resource "azurerm_network_security_rule" "monitoring_to_server_9100" {
  name                                       = "clicks-monitoring-to-server-9100"
  resource_group_name                        = azurerm_resource_group.main.name
  network_security_group_name                = azurerm_network_security_group.monitoring.name
  description                                = "the machines' own metrics"
  priority                                   = 100
  direction                                  = "Outbound"
  access                                     = "Allow"
  protocol                                   = "Tcp"
  source_port_range                          = "*"
  source_address_prefix                      = "*"
  destination_port_range                     = "9100"
  destination_application_security_group_ids = [azurerm_application_security_group.server.id]
}

resource "azurerm_network_security_rule" "monitoring_to_server_8080" {
  name                                       = "clicks-monitoring-to-server-8080"
  resource_group_name                        = azurerm_resource_group.main.name
  network_security_group_name                = azurerm_network_security_group.monitoring.name
  description                                = "health checks"
  priority                                   = 110
  direction                                  = "Outbound"
  access                                     = "Allow"
  protocol                                   = "Tcp"
  source_port_range                          = "*"
  source_address_prefix                      = "*"
  destination_port_range                     = "8080"
  destination_application_security_group_ids = [azurerm_application_security_group.server.id]
}

resource "azurerm_network_security_rule" "monitoring_to_server_9102" {
  name                                       = "clicks-monitoring-to-server-9102"
  resource_group_name                        = azurerm_resource_group.main.name
  network_security_group_name                = azurerm_network_security_group.monitoring.name
  description                                = "the component's metrics"
  priority                                   = 120
  direction                                  = "Outbound"
  access                                     = "Allow"
  protocol                                   = "Tcp"
  source_port_range                          = "*"
  source_address_prefix                      = "*"
  destination_port_range                     = "9102"
  destination_application_security_group_ids = [azurerm_application_security_group.server.id]
}

resource "azurerm_network_security_rule" "monitoring_to_transformer_9100" {
  name                                       = "clicks-monitoring-to-transformer-9100"
  resource_group_name                        = azurerm_resource_group.main.name
  network_security_group_name                = azurerm_network_security_group.monitoring.name
  description                                = "the machines' own metrics"
  priority                                   = 130
  direction                                  = "Outbound"
  access                                     = "Allow"
  protocol                                   = "Tcp"
  source_port_range                          = "*"
  source_address_prefix                      = "*"
  destination_port_range                     = "9100"
  destination_application_security_group_ids = [azurerm_application_security_group.transformer.id]
}

resource "azurerm_network_security_rule" "monitoring_to_transformer_9090" {
  name                                       = "clicks-monitoring-to-transformer-9090"
  resource_group_name                        = azurerm_resource_group.main.name
  network_security_group_name                = azurerm_network_security_group.monitoring.name
  description                                = "health checks"
  priority                                   = 140
  direction                                  = "Outbound"
  access                                     = "Allow"
  protocol                                   = "Tcp"
  source_port_range                          = "*"
  source_address_prefix                      = "*"
  destination_port_range                     = "9090"
  destination_application_security_group_ids = [azurerm_application_security_group.transformer.id]
}

resource "azurerm_network_security_rule" "monitoring_to_database_5432" {
  name                                       = "clicks-monitoring-to-database-5432"
  resource_group_name                        = azurerm_resource_group.main.name
  network_security_group_name                = azurerm_network_security_group.monitoring.name
  description                                = "whether it answers"
  priority                                   = 150
  direction                                  = "Outbound"
  access                                     = "Allow"
  protocol                                   = "Tcp"
  source_port_range                          = "*"
  source_address_prefix                      = "*"
  destination_port_range                     = "5432"
  destination_application_security_group_ids = [azurerm_application_security_group.database.id]
}

resource "azurerm_network_security_rule" "monitoring_to_monitoring_9100" {
  name                                       = "clicks-monitoring-to-monitoring-9100"
  resource_group_name                        = azurerm_resource_group.main.name
  network_security_group_name                = azurerm_network_security_group.monitoring.name
  description                                = "the machines' own metrics"
  priority                                   = 160
  direction                                  = "Outbound"
  access                                     = "Allow"
  protocol                                   = "Tcp"
  source_port_range                          = "*"
  source_address_prefix                      = "*"
  destination_port_range                     = "9100"
  destination_application_security_group_ids = [azurerm_application_security_group.monitoring.id]
}

resource "azurerm_network_security_rule" "monitoring_to_monitoring_9090" {
  name                                       = "clicks-monitoring-to-monitoring-9090"
  resource_group_name                        = azurerm_resource_group.main.name
  network_security_group_name                = azurerm_network_security_group.monitoring.name
  description                                = "each watches the other"
  priority                                   = 170
  direction                                  = "Outbound"
  access                                     = "Allow"
  protocol                                   = "Tcp"
  source_port_range                          = "*"
  source_address_prefix                      = "*"
  destination_port_range                     = "9090"
  destination_application_security_group_ids = [azurerm_application_security_group.monitoring.id]
}

resource "azurerm_network_security_rule" "monitoring_to_monitoring_9093" {
  name                                       = "clicks-monitoring-to-monitoring-9093"
  resource_group_name                        = azurerm_resource_group.main.name
  network_security_group_name                = azurerm_network_security_group.monitoring.name
  description                                = "alerts go to both"
  priority                                   = 180
  direction                                  = "Outbound"
  access                                     = "Allow"
  protocol                                   = "Tcp"
  source_port_range                          = "*"
  source_address_prefix                      = "*"
  destination_port_range                     = "9093"
  destination_application_security_group_ids = [azurerm_application_security_group.monitoring.id]
}

resource "azurerm_network_security_rule" "monitoring_to_monitoring_9094" {
  name                                       = "clicks-monitoring-to-monitoring-9094"
  resource_group_name                        = azurerm_resource_group.main.name
  network_security_group_name                = azurerm_network_security_group.monitoring.name
  description                                = "so that an alert is sent once"
  priority                                   = 190
  direction                                  = "Outbound"
  access                                     = "Allow"
  protocol                                   = "Tcp"
  source_port_range                          = "*"
  source_address_prefix                      = "*"
  destination_port_range                     = "9094"
  destination_application_security_group_ids = [azurerm_application_security_group.monitoring.id]
}

resource "azurerm_network_security_rule" "monitoring_to_anywhere_443" {
  name                        = "clicks-monitoring-to-anywhere-443"
  resource_group_name         = azurerm_resource_group.main.name
  network_security_group_name = azurerm_network_security_group.monitoring.name
  description                 = "the image registry, the cloud's own services, who is told"
  priority                    = 200
  direction                   = "Outbound"
  access                      = "Allow"
  protocol                    = "Tcp"
  source_port_range           = "*"
  source_address_prefix       = "*"
  destination_port_ranges     = ["80", "443"]
  destination_address_prefix  = "*"
}

resource "azurerm_network_security_rule" "monitoring_to_anywhere_587" {
  name                        = "clicks-monitoring-to-anywhere-587"
  resource_group_name         = azurerm_resource_group.main.name
  network_security_group_name = azurerm_network_security_group.monitoring.name
  description                 = "mail"
  priority                    = 210
  direction                   = "Outbound"
  access                      = "Allow"
  protocol                    = "Tcp"
  source_port_range           = "*"
  source_address_prefix       = "*"
  destination_port_range      = "587"
  destination_address_prefix  = "*"
}
