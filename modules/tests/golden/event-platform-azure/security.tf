# Who may connect to whom. A port is open only because somebody needs it: each rule says who.

resource "azurerm_application_security_group" "execution" {
  name                = "events-execution"
  location            = azurerm_resource_group.main.location
  resource_group_name = azurerm_resource_group.main.name

  tags = {
    "provision-deployment" = "events"
    "provision-address"    = "azurerm_application_security_group.execution"
  }
}

resource "azurerm_application_security_group" "job" {
  name                = "events-job"
  location            = azurerm_resource_group.main.location
  resource_group_name = azurerm_resource_group.main.name

  tags = {
    "provision-deployment" = "events"
    "provision-address"    = "azurerm_application_security_group.job"
  }
}

resource "azurerm_application_security_group" "kafka" {
  name                = "events-kafka"
  location            = azurerm_resource_group.main.location
  resource_group_name = azurerm_resource_group.main.name

  tags = {
    "provision-deployment" = "events"
    "provision-address"    = "azurerm_application_security_group.kafka"
  }
}

# Connections of execution
resource "azurerm_network_security_group" "execution" {
  name                = "events-execution-connections"
  location            = azurerm_resource_group.main.location
  resource_group_name = azurerm_resource_group.main.name

  tags = {
    "provision-deployment" = "events"
    "provision-address"    = "azurerm_network_security_group.execution"
  }
}

# The cloud lets everything within a network connect, and everything go out; here nothing may that no rule names.
resource "azurerm_network_security_rule" "execution_from_others" {
  name                        = "from-others"
  resource_group_name         = azurerm_resource_group.main.name
  network_security_group_name = azurerm_network_security_group.execution.name
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

resource "azurerm_network_security_rule" "execution_to_others" {
  name                        = "to-others"
  resource_group_name         = azurerm_resource_group.main.name
  network_security_group_name = azurerm_network_security_group.execution.name
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

# Connections of job
resource "azurerm_network_security_group" "job" {
  name                = "events-job-connections"
  location            = azurerm_resource_group.main.location
  resource_group_name = azurerm_resource_group.main.name

  tags = {
    "provision-deployment" = "events"
    "provision-address"    = "azurerm_network_security_group.job"
  }
}

# The cloud lets everything within a network connect, and everything go out; here nothing may that no rule names.
resource "azurerm_network_security_rule" "job_from_others" {
  name                        = "from-others"
  resource_group_name         = azurerm_resource_group.main.name
  network_security_group_name = azurerm_network_security_group.job.name
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

resource "azurerm_network_security_rule" "job_to_others" {
  name                        = "to-others"
  resource_group_name         = azurerm_resource_group.main.name
  network_security_group_name = azurerm_network_security_group.job.name
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

# Connections of kafka
resource "azurerm_network_security_group" "kafka" {
  name                = "events-kafka-connections"
  location            = azurerm_resource_group.main.location
  resource_group_name = azurerm_resource_group.main.name

  tags = {
    "provision-deployment" = "events"
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

resource "azurerm_network_security_rule" "kafka_from_execution_9092" {
  name                                  = "events-kafka-from-execution-9092"
  resource_group_name                   = azurerm_resource_group.main.name
  network_security_group_name           = azurerm_network_security_group.kafka.name
  description                           = "execution to queue"
  priority                              = 100
  direction                             = "Inbound"
  access                                = "Allow"
  protocol                              = "Tcp"
  source_port_range                     = "*"
  source_application_security_group_ids = [azurerm_application_security_group.execution.id]
  destination_port_range                = "9092"
  destination_address_prefix            = "*"
}

resource "azurerm_network_security_rule" "kafka_from_job_9092" {
  name                                  = "events-kafka-from-job-9092"
  resource_group_name                   = azurerm_resource_group.main.name
  network_security_group_name           = azurerm_network_security_group.kafka.name
  description                           = "job to queue"
  priority                              = 110
  direction                             = "Inbound"
  access                                = "Allow"
  protocol                              = "Tcp"
  source_port_range                     = "*"
  source_application_security_group_ids = [azurerm_application_security_group.job.id]
  destination_port_range                = "9092"
  destination_address_prefix            = "*"
}

resource "azurerm_network_security_rule" "kafka_from_kafka_9092" {
  name                                  = "events-kafka-from-kafka-9092"
  resource_group_name                   = azurerm_resource_group.main.name
  network_security_group_name           = azurerm_network_security_group.kafka.name
  description                           = "brokers and controllers"
  priority                              = 120
  direction                             = "Inbound"
  access                                = "Allow"
  protocol                              = "Tcp"
  source_port_range                     = "*"
  source_application_security_group_ids = [azurerm_application_security_group.kafka.id]
  destination_port_range                = "9092"
  destination_address_prefix            = "*"
}

resource "azurerm_network_security_rule" "kafka_from_kafka_9093" {
  name                                  = "events-kafka-from-kafka-9093"
  resource_group_name                   = azurerm_resource_group.main.name
  network_security_group_name           = azurerm_network_security_group.kafka.name
  description                           = "brokers and controllers"
  priority                              = 130
  direction                             = "Inbound"
  access                                = "Allow"
  protocol                              = "Tcp"
  source_port_range                     = "*"
  source_application_security_group_ids = [azurerm_application_security_group.kafka.id]
  destination_port_range                = "9093"
  destination_address_prefix            = "*"
}

resource "azurerm_network_security_rule" "execution_to_kafka_9092" {
  name                                       = "events-execution-to-kafka-9092"
  resource_group_name                        = azurerm_resource_group.main.name
  network_security_group_name                = azurerm_network_security_group.execution.name
  description                                = "execution to queue"
  priority                                   = 100
  direction                                  = "Outbound"
  access                                     = "Allow"
  protocol                                   = "Tcp"
  source_port_range                          = "*"
  source_address_prefix                      = "*"
  destination_port_range                     = "9092"
  destination_application_security_group_ids = [azurerm_application_security_group.kafka.id]
}

resource "azurerm_network_security_rule" "job_to_kafka_9092" {
  name                                       = "events-job-to-kafka-9092"
  resource_group_name                        = azurerm_resource_group.main.name
  network_security_group_name                = azurerm_network_security_group.job.name
  description                                = "job to queue"
  priority                                   = 100
  direction                                  = "Outbound"
  access                                     = "Allow"
  protocol                                   = "Tcp"
  source_port_range                          = "*"
  source_address_prefix                      = "*"
  destination_port_range                     = "9092"
  destination_application_security_group_ids = [azurerm_application_security_group.kafka.id]
}

resource "azurerm_network_security_rule" "kafka_to_kafka_9092" {
  name                                       = "events-kafka-to-kafka-9092"
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
  name                                       = "events-kafka-to-kafka-9093"
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

resource "azurerm_network_security_rule" "execution_to_anywhere_443" {
  name                        = "events-execution-to-anywhere-443"
  resource_group_name         = azurerm_resource_group.main.name
  network_security_group_name = azurerm_network_security_group.execution.name
  description                 = "the image registry and the cloud's own services"
  priority                    = 110
  direction                   = "Outbound"
  access                      = "Allow"
  protocol                    = "Tcp"
  source_port_range           = "*"
  source_address_prefix       = "*"
  destination_port_ranges     = ["80", "443"]
  destination_address_prefix  = "*"
}

resource "azurerm_network_security_rule" "job_to_anywhere_all" {
  name                        = "events-job-to-anywhere-all"
  resource_group_name         = azurerm_resource_group.main.name
  network_security_group_name = azurerm_network_security_group.job.name
  description                 = "jobs reach whatever system they are written for"
  priority                    = 110
  direction                   = "Outbound"
  access                      = "Allow"
  protocol                    = "*"
  source_port_range           = "*"
  source_address_prefix       = "*"
  destination_port_range      = "*"
  destination_address_prefix  = "*"
}

resource "azurerm_network_security_rule" "kafka_to_anywhere_443" {
  name                        = "events-kafka-to-anywhere-443"
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
