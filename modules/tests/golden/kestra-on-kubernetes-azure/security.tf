# Who may connect to whom. A port is open only because somebody needs it: each rule says who.

resource "azurerm_application_security_group" "components_nodes" {
  name                = "orders-components-nodes"
  location            = azurerm_resource_group.main.location
  resource_group_name = azurerm_resource_group.main.name

  tags = {
    "provision-deployment" = "orders"
    "provision-address"    = "azurerm_application_security_group.components_nodes"
  }
}

resource "azurerm_application_security_group" "kafka" {
  name                = "orders-kafka"
  location            = azurerm_resource_group.main.location
  resource_group_name = azurerm_resource_group.main.name

  tags = {
    "provision-deployment" = "orders"
    "provision-address"    = "azurerm_application_security_group.kafka"
  }
}

resource "azurerm_application_security_group" "search" {
  name                = "orders-search"
  location            = azurerm_resource_group.main.location
  resource_group_name = azurerm_resource_group.main.name

  tags = {
    "provision-deployment" = "orders"
    "provision-address"    = "azurerm_application_security_group.search"
  }
}

# Connections of kafka
resource "azurerm_network_security_group" "kafka" {
  name                = "orders-kafka-connections"
  location            = azurerm_resource_group.main.location
  resource_group_name = azurerm_resource_group.main.name

  tags = {
    "provision-deployment" = "orders"
    "provision-address"    = "azurerm_network_security_group.kafka"
  }
}

# The cloud lets everything within a network connect, and everything go out; here nothing may that no rule names.
resource "azurerm_network_security_rule" "kafka_from_others" {
  name                        = "from-others"
  resource_group_name         = azurerm_resource_group.main.name
  network_security_group_name = azurerm_network_security_group.kafka.name
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

resource "azurerm_network_security_rule" "kafka_to_others" {
  name                        = "to-others"
  resource_group_name         = azurerm_resource_group.main.name
  network_security_group_name = azurerm_network_security_group.kafka.name
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

# Connections of search
resource "azurerm_network_security_group" "search" {
  name                = "orders-search-connections"
  location            = azurerm_resource_group.main.location
  resource_group_name = azurerm_resource_group.main.name

  tags = {
    "provision-deployment" = "orders"
    "provision-address"    = "azurerm_network_security_group.search"
  }
}

# The cloud lets everything within a network connect, and everything go out; here nothing may that no rule names.
resource "azurerm_network_security_rule" "search_from_others" {
  name                        = "from-others"
  resource_group_name         = azurerm_resource_group.main.name
  network_security_group_name = azurerm_network_security_group.search.name
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

resource "azurerm_network_security_rule" "search_to_others" {
  name                        = "to-others"
  resource_group_name         = azurerm_resource_group.main.name
  network_security_group_name = azurerm_network_security_group.search.name
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

resource "azurerm_network_security_rule" "kafka_from_components_nodes_9092" {
  name                                  = "orders-kafka-from-components-nodes-9092"
  resource_group_name                   = azurerm_resource_group.main.name
  network_security_group_name           = azurerm_network_security_group.kafka.name
  description                           = "webserver to queue"
  priority                              = 100
  direction                             = "Inbound"
  access                                = "Allow"
  protocol                              = "Tcp"
  source_port_range                     = "*"
  source_application_security_group_ids = [azurerm_application_security_group.components_nodes.id]
  destination_port_range                = "9092"
  destination_address_prefix            = "*"
}

resource "azurerm_network_security_rule" "search_from_components_nodes_9200" {
  name                                  = "orders-search-from-components-nodes-9200"
  resource_group_name                   = azurerm_resource_group.main.name
  network_security_group_name           = azurerm_network_security_group.search.name
  description                           = "webserver to search"
  priority                              = 100
  direction                             = "Inbound"
  access                                = "Allow"
  protocol                              = "Tcp"
  source_port_range                     = "*"
  source_application_security_group_ids = [azurerm_application_security_group.components_nodes.id]
  destination_port_range                = "9200"
  destination_address_prefix            = "*"
}

resource "azurerm_network_security_rule" "kafka_from_kafka_9092" {
  name                                  = "orders-kafka-from-kafka-9092"
  resource_group_name                   = azurerm_resource_group.main.name
  network_security_group_name           = azurerm_network_security_group.kafka.name
  description                           = "brokers and controllers"
  priority                              = 110
  direction                             = "Inbound"
  access                                = "Allow"
  protocol                              = "Tcp"
  source_port_range                     = "*"
  source_application_security_group_ids = [azurerm_application_security_group.kafka.id]
  destination_port_range                = "9092"
  destination_address_prefix            = "*"
}

resource "azurerm_network_security_rule" "kafka_from_kafka_9093" {
  name                                  = "orders-kafka-from-kafka-9093"
  resource_group_name                   = azurerm_resource_group.main.name
  network_security_group_name           = azurerm_network_security_group.kafka.name
  description                           = "brokers and controllers"
  priority                              = 120
  direction                             = "Inbound"
  access                                = "Allow"
  protocol                              = "Tcp"
  source_port_range                     = "*"
  source_application_security_group_ids = [azurerm_application_security_group.kafka.id]
  destination_port_range                = "9093"
  destination_address_prefix            = "*"
}

resource "azurerm_network_security_rule" "search_from_search_9200" {
  name                                  = "orders-search-from-search-9200"
  resource_group_name                   = azurerm_resource_group.main.name
  network_security_group_name           = azurerm_network_security_group.search.name
  description                           = "nodes of the cluster"
  priority                              = 110
  direction                             = "Inbound"
  access                                = "Allow"
  protocol                              = "Tcp"
  source_port_range                     = "*"
  source_application_security_group_ids = [azurerm_application_security_group.search.id]
  destination_port_range                = "9200"
  destination_address_prefix            = "*"
}

resource "azurerm_network_security_rule" "search_from_search_9300" {
  name                                  = "orders-search-from-search-9300"
  resource_group_name                   = azurerm_resource_group.main.name
  network_security_group_name           = azurerm_network_security_group.search.name
  description                           = "nodes of the cluster"
  priority                              = 120
  direction                             = "Inbound"
  access                                = "Allow"
  protocol                              = "Tcp"
  source_port_range                     = "*"
  source_application_security_group_ids = [azurerm_application_security_group.search.id]
  destination_port_range                = "9300"
  destination_address_prefix            = "*"
}

resource "azurerm_network_security_rule" "kafka_to_kafka_9092" {
  name                                       = "orders-kafka-to-kafka-9092"
  resource_group_name                        = azurerm_resource_group.main.name
  network_security_group_name                = azurerm_network_security_group.kafka.name
  description                                = "brokers and controllers"
  priority                                   = 100
  direction                                  = "Outbound"
  access                                     = "Allow"
  protocol                                   = "Tcp"
  source_port_range                          = "*"
  source_address_prefix                      = "*"
  destination_port_range                     = "9092"
  destination_application_security_group_ids = [azurerm_application_security_group.kafka.id]
}

resource "azurerm_network_security_rule" "kafka_to_kafka_9093" {
  name                                       = "orders-kafka-to-kafka-9093"
  resource_group_name                        = azurerm_resource_group.main.name
  network_security_group_name                = azurerm_network_security_group.kafka.name
  description                                = "brokers and controllers"
  priority                                   = 110
  direction                                  = "Outbound"
  access                                     = "Allow"
  protocol                                   = "Tcp"
  source_port_range                          = "*"
  source_address_prefix                      = "*"
  destination_port_range                     = "9093"
  destination_application_security_group_ids = [azurerm_application_security_group.kafka.id]
}

resource "azurerm_network_security_rule" "search_to_search_9200" {
  name                                       = "orders-search-to-search-9200"
  resource_group_name                        = azurerm_resource_group.main.name
  network_security_group_name                = azurerm_network_security_group.search.name
  description                                = "nodes of the cluster"
  priority                                   = 100
  direction                                  = "Outbound"
  access                                     = "Allow"
  protocol                                   = "Tcp"
  source_port_range                          = "*"
  source_address_prefix                      = "*"
  destination_port_range                     = "9200"
  destination_application_security_group_ids = [azurerm_application_security_group.search.id]
}

resource "azurerm_network_security_rule" "search_to_search_9300" {
  name                                       = "orders-search-to-search-9300"
  resource_group_name                        = azurerm_resource_group.main.name
  network_security_group_name                = azurerm_network_security_group.search.name
  description                                = "nodes of the cluster"
  priority                                   = 110
  direction                                  = "Outbound"
  access                                     = "Allow"
  protocol                                   = "Tcp"
  source_port_range                          = "*"
  source_address_prefix                      = "*"
  destination_port_range                     = "9300"
  destination_application_security_group_ids = [azurerm_application_security_group.search.id]
}

resource "azurerm_network_security_rule" "kafka_to_anywhere_443" {
  name                        = "orders-kafka-to-anywhere-443"
  resource_group_name         = azurerm_resource_group.main.name
  network_security_group_name = azurerm_network_security_group.kafka.name
  description                 = "the image registry and the cloud's own services"
  priority                    = 120
  direction                   = "Outbound"
  access                      = "Allow"
  protocol                    = "Tcp"
  source_port_range           = "*"
  source_address_prefix       = "*"
  destination_port_ranges     = ["80", "443"]
  destination_address_prefix  = "*"
}

resource "azurerm_network_security_rule" "search_to_anywhere_443" {
  name                        = "orders-search-to-anywhere-443"
  resource_group_name         = azurerm_resource_group.main.name
  network_security_group_name = azurerm_network_security_group.search.name
  description                 = "the image registry and the cloud's own services"
  priority                    = 120
  direction                   = "Outbound"
  access                      = "Allow"
  protocol                    = "Tcp"
  source_port_range           = "*"
  source_address_prefix       = "*"
  destination_port_ranges     = ["80", "443"]
  destination_address_prefix  = "*"
}
