# TLS ends at an application gateway, which stands in all zones.

resource "azurerm_public_ip" "gateway" {
  name                = "orders-gateway"
  location            = azurerm_resource_group.main.location
  resource_group_name = azurerm_resource_group.main.name
  sku                 = "Standard"
  allocation_method   = "Static"
  zones               = ["1", "2", "3"]

  tags = {
    "provision-deployment" = "orders"
    "provision-address"    = "azurerm_public_ip.gateway"
  }
}

# Who reads the certificate. Give it the role Key Vault Secrets User on the certificate's vault.
resource "azurerm_user_assigned_identity" "load_balancer" {
  name                = "orders-load-balancer"
  location            = azurerm_resource_group.main.location
  resource_group_name = azurerm_resource_group.main.name

  tags = {
    "provision-deployment" = "orders"
    "provision-address"    = "azurerm_user_assigned_identity.load_balancer"
  }
}

resource "azurerm_application_gateway" "main" {
  name                = "orders"
  location            = azurerm_resource_group.main.location
  resource_group_name = azurerm_resource_group.main.name
  zones               = ["1", "2", "3"]

  sku {
    name = "Standard_v2"
    tier = "Standard_v2"
  }

  # Never less than one in two zones.
  autoscale_configuration {
    min_capacity = 2
    max_capacity = 10
  }

  identity {
    type         = "UserAssigned"
    identity_ids = [azurerm_user_assigned_identity.load_balancer.id]
  }

  gateway_ip_configuration {
    name      = "gateway"
    subnet_id = azurerm_subnet.public.id
  }

  frontend_ip_configuration {
    name                 = "users"
    public_ip_address_id = azurerm_public_ip.gateway.id
  }

  frontend_port {
    name = "https"
    port = 443
  }

  frontend_port {
    name = "http"
    port = 80
  }

  ssl_policy {
    # TLS 1.2 and 1.3 only.
    policy_type = "Predefined"
    policy_name = "AppGwSslPolicy20220101"
  }

  ssl_certificate {
    name                = "users"
    key_vault_secret_id = "https://example.vault.azure.net/secrets/orders"
  }

  http_listener {
    name                           = "https"
    frontend_ip_configuration_name = "users"
    frontend_port_name             = "https"
    protocol                       = "Https"
    ssl_certificate_name           = "users"
  }

  http_listener {
    name                           = "http"
    frontend_ip_configuration_name = "users"
    frontend_port_name             = "http"
    protocol                       = "Http"
  }

  redirect_configuration {
    name                 = "to-https"
    redirect_type        = "Permanent"
    target_listener_name = "https"
    include_path         = true
    include_query_string = true
  }

  request_routing_rule {
    name                        = "http"
    priority                    = 20
    rule_type                   = "Basic"
    http_listener_name          = "http"
    redirect_configuration_name = "to-https"
  }

  # webserver: ui
  backend_address_pool {
    name = "webserver-ui"
  }

  probe {
    name     = "webserver-ui"
    protocol = "Http"
    host     = "127.0.0.1"
    # Not the port that users reach: health has one of its own.
    port                = 8081
    path                = "/health"
    interval            = 5
    timeout             = 4
    unhealthy_threshold = 3

    match {
      status_code = ["200"]
    }
  }

  backend_http_settings {
    name                  = "webserver-ui"
    protocol              = "Http"
    port                  = 8080
    cookie_based_affinity = "Disabled"
    probe_name            = "webserver-ui"
    # As long as the product's own server allows, so that the gateway is not the one that hangs up.
    request_timeout = 3600

    connection_draining {
      enabled           = true
      drain_timeout_sec = 60
    }
  }

  request_routing_rule {
    name                       = "webserver-ui"
    priority                   = 10
    rule_type                  = "Basic"
    http_listener_name         = "https"
    backend_address_pool_name  = "webserver-ui"
    backend_http_settings_name = "webserver-ui"
  }

  tags = {
    "provision-deployment" = "orders"
    "provision-address"    = "azurerm_application_gateway.main"
  }
}
