# Who may connect to whom. A port is open only because somebody needs it: each rule says who.

resource "azurerm_application_security_group" "webserver" {
  name                = "orders-webserver"
  location            = azurerm_resource_group.main.location
  resource_group_name = azurerm_resource_group.main.name

  tags = {
    "provision-deployment" = "orders"
    "provision-address"    = "azurerm_application_security_group.webserver"
  }
}

resource "azurerm_application_security_group" "executor" {
  name                = "orders-executor"
  location            = azurerm_resource_group.main.location
  resource_group_name = azurerm_resource_group.main.name

  tags = {
    "provision-deployment" = "orders"
    "provision-address"    = "azurerm_application_security_group.executor"
  }
}

resource "azurerm_application_security_group" "scheduler" {
  name                = "orders-scheduler"
  location            = azurerm_resource_group.main.location
  resource_group_name = azurerm_resource_group.main.name

  tags = {
    "provision-deployment" = "orders"
    "provision-address"    = "azurerm_application_security_group.scheduler"
  }
}

resource "azurerm_application_security_group" "worker" {
  name                = "orders-worker"
  location            = azurerm_resource_group.main.location
  resource_group_name = azurerm_resource_group.main.name

  tags = {
    "provision-deployment" = "orders"
    "provision-address"    = "azurerm_application_security_group.worker"
  }
}

resource "azurerm_application_security_group" "indexer" {
  name                = "orders-indexer"
  location            = azurerm_resource_group.main.location
  resource_group_name = azurerm_resource_group.main.name

  tags = {
    "provision-deployment" = "orders"
    "provision-address"    = "azurerm_application_security_group.indexer"
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

# Connections of webserver
resource "azurerm_network_security_group" "webserver" {
  name                = "orders-webserver-connections"
  location            = azurerm_resource_group.main.location
  resource_group_name = azurerm_resource_group.main.name

  tags = {
    "provision-deployment" = "orders"
    "provision-address"    = "azurerm_network_security_group.webserver"
  }
}

# The cloud lets everything within a network connect, and everything go out; here nothing may that no rule names.
resource "azurerm_network_security_rule" "webserver_from_others" {
  name                        = "from-others"
  resource_group_name         = azurerm_resource_group.main.name
  network_security_group_name = azurerm_network_security_group.webserver.name
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

resource "azurerm_network_security_rule" "webserver_to_others" {
  name                        = "to-others"
  resource_group_name         = azurerm_resource_group.main.name
  network_security_group_name = azurerm_network_security_group.webserver.name
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

# Connections of executor
resource "azurerm_network_security_group" "executor" {
  name                = "orders-executor-connections"
  location            = azurerm_resource_group.main.location
  resource_group_name = azurerm_resource_group.main.name

  tags = {
    "provision-deployment" = "orders"
    "provision-address"    = "azurerm_network_security_group.executor"
  }
}

# The cloud lets everything within a network connect, and everything go out; here nothing may that no rule names.
resource "azurerm_network_security_rule" "executor_from_others" {
  name                        = "from-others"
  resource_group_name         = azurerm_resource_group.main.name
  network_security_group_name = azurerm_network_security_group.executor.name
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

resource "azurerm_network_security_rule" "executor_to_others" {
  name                        = "to-others"
  resource_group_name         = azurerm_resource_group.main.name
  network_security_group_name = azurerm_network_security_group.executor.name
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

# Connections of scheduler
resource "azurerm_network_security_group" "scheduler" {
  name                = "orders-scheduler-connections"
  location            = azurerm_resource_group.main.location
  resource_group_name = azurerm_resource_group.main.name

  tags = {
    "provision-deployment" = "orders"
    "provision-address"    = "azurerm_network_security_group.scheduler"
  }
}

# The cloud lets everything within a network connect, and everything go out; here nothing may that no rule names.
resource "azurerm_network_security_rule" "scheduler_from_others" {
  name                        = "from-others"
  resource_group_name         = azurerm_resource_group.main.name
  network_security_group_name = azurerm_network_security_group.scheduler.name
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

resource "azurerm_network_security_rule" "scheduler_to_others" {
  name                        = "to-others"
  resource_group_name         = azurerm_resource_group.main.name
  network_security_group_name = azurerm_network_security_group.scheduler.name
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

# Connections of worker
resource "azurerm_network_security_group" "worker" {
  name                = "orders-worker-connections"
  location            = azurerm_resource_group.main.location
  resource_group_name = azurerm_resource_group.main.name

  tags = {
    "provision-deployment" = "orders"
    "provision-address"    = "azurerm_network_security_group.worker"
  }
}

# The cloud lets everything within a network connect, and everything go out; here nothing may that no rule names.
resource "azurerm_network_security_rule" "worker_from_others" {
  name                        = "from-others"
  resource_group_name         = azurerm_resource_group.main.name
  network_security_group_name = azurerm_network_security_group.worker.name
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

resource "azurerm_network_security_rule" "worker_to_others" {
  name                        = "to-others"
  resource_group_name         = azurerm_resource_group.main.name
  network_security_group_name = azurerm_network_security_group.worker.name
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

# Connections of indexer
resource "azurerm_network_security_group" "indexer" {
  name                = "orders-indexer-connections"
  location            = azurerm_resource_group.main.location
  resource_group_name = azurerm_resource_group.main.name

  tags = {
    "provision-deployment" = "orders"
    "provision-address"    = "azurerm_network_security_group.indexer"
  }
}

# The cloud lets everything within a network connect, and everything go out; here nothing may that no rule names.
resource "azurerm_network_security_rule" "indexer_from_others" {
  name                        = "from-others"
  resource_group_name         = azurerm_resource_group.main.name
  network_security_group_name = azurerm_network_security_group.indexer.name
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

resource "azurerm_network_security_rule" "indexer_to_others" {
  name                        = "to-others"
  resource_group_name         = azurerm_resource_group.main.name
  network_security_group_name = azurerm_network_security_group.indexer.name
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

resource "azurerm_network_security_rule" "webserver_from_load_balancer_8080" {
  name                        = "orders-webserver-from-load-balancer-8080"
  resource_group_name         = azurerm_resource_group.main.name
  network_security_group_name = azurerm_network_security_group.webserver.name
  description                 = "ui"
  priority                    = 100
  direction                   = "Inbound"
  access                      = "Allow"
  protocol                    = "Tcp"
  source_port_range           = "*"
  source_address_prefix       = "10.0.128.0/17"
  destination_port_range      = "8080"
  destination_address_prefix  = "*"
}

resource "azurerm_network_security_rule" "webserver_from_load_balancer_8081" {
  name                        = "orders-webserver-from-load-balancer-8081"
  resource_group_name         = azurerm_resource_group.main.name
  network_security_group_name = azurerm_network_security_group.webserver.name
  description                 = "management"
  priority                    = 110
  direction                   = "Inbound"
  access                      = "Allow"
  protocol                    = "Tcp"
  source_port_range           = "*"
  source_address_prefix       = "10.0.128.0/17"
  destination_port_range      = "8081"
  destination_address_prefix  = "*"
}

resource "azurerm_network_security_rule" "kafka_from_webserver_9092" {
  name                                  = "orders-kafka-from-webserver-9092"
  resource_group_name                   = azurerm_resource_group.main.name
  network_security_group_name           = azurerm_network_security_group.kafka.name
  description                           = "webserver to queue"
  priority                              = 100
  direction                             = "Inbound"
  access                                = "Allow"
  protocol                              = "Tcp"
  source_port_range                     = "*"
  source_application_security_group_ids = [azurerm_application_security_group.webserver.id]
  destination_port_range                = "9092"
  destination_address_prefix            = "*"
}

resource "azurerm_network_security_rule" "search_from_webserver_9200" {
  name                                  = "orders-search-from-webserver-9200"
  resource_group_name                   = azurerm_resource_group.main.name
  network_security_group_name           = azurerm_network_security_group.search.name
  description                           = "webserver to search"
  priority                              = 100
  direction                             = "Inbound"
  access                                = "Allow"
  protocol                              = "Tcp"
  source_port_range                     = "*"
  source_application_security_group_ids = [azurerm_application_security_group.webserver.id]
  destination_port_range                = "9200"
  destination_address_prefix            = "*"
}

resource "azurerm_network_security_rule" "kafka_from_executor_9092" {
  name                                  = "orders-kafka-from-executor-9092"
  resource_group_name                   = azurerm_resource_group.main.name
  network_security_group_name           = azurerm_network_security_group.kafka.name
  description                           = "executor to queue"
  priority                              = 110
  direction                             = "Inbound"
  access                                = "Allow"
  protocol                              = "Tcp"
  source_port_range                     = "*"
  source_application_security_group_ids = [azurerm_application_security_group.executor.id]
  destination_port_range                = "9092"
  destination_address_prefix            = "*"
}

resource "azurerm_network_security_rule" "kafka_from_scheduler_9092" {
  name                                  = "orders-kafka-from-scheduler-9092"
  resource_group_name                   = azurerm_resource_group.main.name
  network_security_group_name           = azurerm_network_security_group.kafka.name
  description                           = "scheduler to queue"
  priority                              = 120
  direction                             = "Inbound"
  access                                = "Allow"
  protocol                              = "Tcp"
  source_port_range                     = "*"
  source_application_security_group_ids = [azurerm_application_security_group.scheduler.id]
  destination_port_range                = "9092"
  destination_address_prefix            = "*"
}

resource "azurerm_network_security_rule" "kafka_from_worker_9092" {
  name                                  = "orders-kafka-from-worker-9092"
  resource_group_name                   = azurerm_resource_group.main.name
  network_security_group_name           = azurerm_network_security_group.kafka.name
  description                           = "worker to queue"
  priority                              = 130
  direction                             = "Inbound"
  access                                = "Allow"
  protocol                              = "Tcp"
  source_port_range                     = "*"
  source_application_security_group_ids = [azurerm_application_security_group.worker.id]
  destination_port_range                = "9092"
  destination_address_prefix            = "*"
}

resource "azurerm_network_security_rule" "kafka_from_indexer_9092" {
  name                                  = "orders-kafka-from-indexer-9092"
  resource_group_name                   = azurerm_resource_group.main.name
  network_security_group_name           = azurerm_network_security_group.kafka.name
  description                           = "indexer to queue"
  priority                              = 140
  direction                             = "Inbound"
  access                                = "Allow"
  protocol                              = "Tcp"
  source_port_range                     = "*"
  source_application_security_group_ids = [azurerm_application_security_group.indexer.id]
  destination_port_range                = "9092"
  destination_address_prefix            = "*"
}

resource "azurerm_network_security_rule" "search_from_indexer_9200" {
  name                                  = "orders-search-from-indexer-9200"
  resource_group_name                   = azurerm_resource_group.main.name
  network_security_group_name           = azurerm_network_security_group.search.name
  description                           = "indexer to search"
  priority                              = 110
  direction                             = "Inbound"
  access                                = "Allow"
  protocol                              = "Tcp"
  source_port_range                     = "*"
  source_application_security_group_ids = [azurerm_application_security_group.indexer.id]
  destination_port_range                = "9200"
  destination_address_prefix            = "*"
}

resource "azurerm_network_security_rule" "kafka_from_kafka_9092" {
  name                                  = "orders-kafka-from-kafka-9092"
  resource_group_name                   = azurerm_resource_group.main.name
  network_security_group_name           = azurerm_network_security_group.kafka.name
  description                           = "brokers and controllers"
  priority                              = 150
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
  priority                              = 160
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
  priority                              = 120
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
  priority                              = 130
  direction                             = "Inbound"
  access                                = "Allow"
  protocol                              = "Tcp"
  source_port_range                     = "*"
  source_application_security_group_ids = [azurerm_application_security_group.search.id]
  destination_port_range                = "9300"
  destination_address_prefix            = "*"
}

resource "azurerm_network_security_rule" "webserver_to_kafka_9092" {
  name                                       = "orders-webserver-to-kafka-9092"
  resource_group_name                        = azurerm_resource_group.main.name
  network_security_group_name                = azurerm_network_security_group.webserver.name
  description                                = "webserver to queue"
  priority                                   = 100
  direction                                  = "Outbound"
  access                                     = "Allow"
  protocol                                   = "Tcp"
  source_port_range                          = "*"
  source_address_prefix                      = "*"
  destination_port_range                     = "9092"
  destination_application_security_group_ids = [azurerm_application_security_group.kafka.id]
}

resource "azurerm_network_security_rule" "webserver_to_search_9200" {
  name                                       = "orders-webserver-to-search-9200"
  resource_group_name                        = azurerm_resource_group.main.name
  network_security_group_name                = azurerm_network_security_group.webserver.name
  description                                = "webserver to search"
  priority                                   = 110
  direction                                  = "Outbound"
  access                                     = "Allow"
  protocol                                   = "Tcp"
  source_port_range                          = "*"
  source_address_prefix                      = "*"
  destination_port_range                     = "9200"
  destination_application_security_group_ids = [azurerm_application_security_group.search.id]
}

resource "azurerm_network_security_rule" "executor_to_kafka_9092" {
  name                                       = "orders-executor-to-kafka-9092"
  resource_group_name                        = azurerm_resource_group.main.name
  network_security_group_name                = azurerm_network_security_group.executor.name
  description                                = "executor to queue"
  priority                                   = 100
  direction                                  = "Outbound"
  access                                     = "Allow"
  protocol                                   = "Tcp"
  source_port_range                          = "*"
  source_address_prefix                      = "*"
  destination_port_range                     = "9092"
  destination_application_security_group_ids = [azurerm_application_security_group.kafka.id]
}

resource "azurerm_network_security_rule" "scheduler_to_kafka_9092" {
  name                                       = "orders-scheduler-to-kafka-9092"
  resource_group_name                        = azurerm_resource_group.main.name
  network_security_group_name                = azurerm_network_security_group.scheduler.name
  description                                = "scheduler to queue"
  priority                                   = 100
  direction                                  = "Outbound"
  access                                     = "Allow"
  protocol                                   = "Tcp"
  source_port_range                          = "*"
  source_address_prefix                      = "*"
  destination_port_range                     = "9092"
  destination_application_security_group_ids = [azurerm_application_security_group.kafka.id]
}

resource "azurerm_network_security_rule" "worker_to_kafka_9092" {
  name                                       = "orders-worker-to-kafka-9092"
  resource_group_name                        = azurerm_resource_group.main.name
  network_security_group_name                = azurerm_network_security_group.worker.name
  description                                = "worker to queue"
  priority                                   = 100
  direction                                  = "Outbound"
  access                                     = "Allow"
  protocol                                   = "Tcp"
  source_port_range                          = "*"
  source_address_prefix                      = "*"
  destination_port_range                     = "9092"
  destination_application_security_group_ids = [azurerm_application_security_group.kafka.id]
}

resource "azurerm_network_security_rule" "indexer_to_kafka_9092" {
  name                                       = "orders-indexer-to-kafka-9092"
  resource_group_name                        = azurerm_resource_group.main.name
  network_security_group_name                = azurerm_network_security_group.indexer.name
  description                                = "indexer to queue"
  priority                                   = 100
  direction                                  = "Outbound"
  access                                     = "Allow"
  protocol                                   = "Tcp"
  source_port_range                          = "*"
  source_address_prefix                      = "*"
  destination_port_range                     = "9092"
  destination_application_security_group_ids = [azurerm_application_security_group.kafka.id]
}

resource "azurerm_network_security_rule" "indexer_to_search_9200" {
  name                                       = "orders-indexer-to-search-9200"
  resource_group_name                        = azurerm_resource_group.main.name
  network_security_group_name                = azurerm_network_security_group.indexer.name
  description                                = "indexer to search"
  priority                                   = 110
  direction                                  = "Outbound"
  access                                     = "Allow"
  protocol                                   = "Tcp"
  source_port_range                          = "*"
  source_address_prefix                      = "*"
  destination_port_range                     = "9200"
  destination_application_security_group_ids = [azurerm_application_security_group.search.id]
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

resource "azurerm_network_security_rule" "webserver_to_anywhere_443" {
  name                        = "orders-webserver-to-anywhere-443"
  resource_group_name         = azurerm_resource_group.main.name
  network_security_group_name = azurerm_network_security_group.webserver.name
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

resource "azurerm_network_security_rule" "executor_to_anywhere_443" {
  name                        = "orders-executor-to-anywhere-443"
  resource_group_name         = azurerm_resource_group.main.name
  network_security_group_name = azurerm_network_security_group.executor.name
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

resource "azurerm_network_security_rule" "scheduler_to_anywhere_443" {
  name                        = "orders-scheduler-to-anywhere-443"
  resource_group_name         = azurerm_resource_group.main.name
  network_security_group_name = azurerm_network_security_group.scheduler.name
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

resource "azurerm_network_security_rule" "worker_to_anywhere_all" {
  name                        = "orders-worker-to-anywhere-all"
  resource_group_name         = azurerm_resource_group.main.name
  network_security_group_name = azurerm_network_security_group.worker.name
  description                 = "tasks reach whatever system they are written for"
  priority                    = 110
  direction                   = "Outbound"
  access                      = "Allow"
  protocol                    = "*"
  source_port_range           = "*"
  source_address_prefix       = "*"
  destination_port_range      = "*"
  destination_address_prefix  = "*"
}

resource "azurerm_network_security_rule" "indexer_to_anywhere_443" {
  name                        = "orders-indexer-to-anywhere-443"
  resource_group_name         = azurerm_resource_group.main.name
  network_security_group_name = azurerm_network_security_group.indexer.name
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

# The application gateway

resource "azurerm_network_security_group" "load_balancer" {
  name                = "orders-load-balancer-connections"
  location            = azurerm_resource_group.main.location
  resource_group_name = azurerm_resource_group.main.name

  tags = {
    "provision-deployment" = "orders"
    "provision-address"    = "azurerm_network_security_group.load_balancer"
  }
}

resource "azurerm_network_security_rule" "load_balancer_from_clients" {
  name                        = "orders-load-balancer-from-clients"
  resource_group_name         = azurerm_resource_group.main.name
  network_security_group_name = azurerm_network_security_group.load_balancer.name
  description                 = "users"
  priority                    = 100
  direction                   = "Inbound"
  access                      = "Allow"
  protocol                    = "Tcp"
  source_port_range           = "*"
  source_address_prefix       = var.client_range
  destination_port_ranges     = ["443", "80"]
  destination_address_prefix  = "*"
}

resource "azurerm_network_security_rule" "load_balancer_from_its_manager" {
  name                        = "orders-load-balancer-from-its-manager"
  resource_group_name         = azurerm_resource_group.main.name
  network_security_group_name = azurerm_network_security_group.load_balancer.name
  description                 = "What the cloud itself asks of each gateway"
  priority                    = 110
  direction                   = "Inbound"
  access                      = "Allow"
  protocol                    = "Tcp"
  source_port_range           = "*"
  source_address_prefix       = "GatewayManager"
  destination_port_range      = "65200-65535"
  destination_address_prefix  = "*"
}

resource "azurerm_subnet_network_security_group_association" "public" {
  subnet_id                 = azurerm_subnet.public.id
  network_security_group_id = azurerm_network_security_group.load_balancer.id

  depends_on = [
    azurerm_network_security_rule.load_balancer_from_clients,
    azurerm_network_security_rule.load_balancer_from_its_manager,
  ]
}
