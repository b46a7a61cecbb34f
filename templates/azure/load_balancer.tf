{% if gateway %}
# TLS ends at an application gateway, which stands in all zones.

{% if not internal %}
resource "azurerm_public_ip" "{{ gateway.address.local }}" {
  name = "{{ gateway.address.name }}"
  location = azurerm_resource_group.main.location
  resource_group_name = azurerm_resource_group.main.name
  sku = "Standard"
  allocation_method = "Static"
  zones = ["1", "2", "3"]

  tags = {{ gateway.address.tags }}
}

{% endif %}
# Who reads the certificate. Give it the role Key Vault Secrets User on the certificate's vault.
resource "azurerm_user_assigned_identity" "{{ gateway.identity.local }}" {
  name = "{{ gateway.identity.name }}"
  location = azurerm_resource_group.main.location
  resource_group_name = azurerm_resource_group.main.name

  tags = {{ gateway.identity.tags }}
}

resource "azurerm_application_gateway" "{{ gateway.gateway.local }}" {
  name = "{{ gateway.gateway.name }}"
  location = azurerm_resource_group.main.location
  resource_group_name = azurerm_resource_group.main.name
  zones = ["1", "2", "3"]

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
    type = "UserAssigned"
    identity_ids = [azurerm_user_assigned_identity.{{ gateway.identity.local | ident }}.id]
  }

  gateway_ip_configuration {
    name = "gateway"
    subnet_id = {{ gateway.subnet }}
  }

  frontend_ip_configuration {
    name = "users"
{% if internal %}
    # Needs the feature EnableApplicationGatewayNetworkIsolation of the subscription.
    subnet_id = {{ gateway.subnet }}
    private_ip_address_allocation = "Static"
    private_ip_address = "{{ gateway.private_address }}"
{% else %}
    public_ip_address_id = azurerm_public_ip.{{ gateway.address.local | ident }}.id
{% endif %}
  }

  frontend_port {
    name = "https"
    port = 443
  }

{% if gateway.redirects %}
  frontend_port {
    name = "http"
    port = 80
  }

{% endif %}
  ssl_policy {
    # TLS 1.2 and 1.3 only.
    policy_type = "Predefined"
    policy_name = "AppGwSslPolicy20220101"
  }

  ssl_certificate {
    name = "users"
    key_vault_secret_id = "{{ gateway.certificate }}"
  }

  http_listener {
    name = "https"
    frontend_ip_configuration_name = "users"
    frontend_port_name = "https"
    protocol = "Https"
    ssl_certificate_name = "users"
  }

{% if gateway.redirects %}
  http_listener {
    name = "http"
    frontend_ip_configuration_name = "users"
    frontend_port_name = "http"
    protocol = "Http"
  }

  redirect_configuration {
    name = "to-https"
    redirect_type = "Permanent"
    target_listener_name = "https"
    include_path = true
    include_query_string = true
  }

  request_routing_rule {
    name = "http"
    priority = 20
    rule_type = "Basic"
    http_listener_name = "http"
    redirect_configuration_name = "to-https"
  }

{% endif %}
{% for it in gateway.targets %}
  # {{ it.component }}: {{ it.purpose }}
  backend_address_pool {
    name = "{{ it.name }}"
{% if entry %}
    # The cluster's own load balancer, which knows the pods that are ready.
    ip_addresses = [{{ entry }}]
{% endif %}
  }

  probe {
    name = "{{ it.name }}"
    protocol = "Http"
    host = "127.0.0.1"
{% if it.health_port != it.port %}
    # Not the port that users reach: health has one of its own.
{% endif %}
    port = {{ it.health_port }}
    path = "{{ it.health_path }}"
    interval = {{ it.interval }}
    timeout = {{ it.timeout }}
    unhealthy_threshold = {{ it.failures }}

    match {
{% if it.draining_status %}
      # A node that finishes its work answers {{ it.draining_status }}, which takes it out (OCT-15).
{% endif %}
      status_code = ["200"]
    }
  }

  backend_http_settings {
    name = "{{ it.name }}"
    protocol = "Http"
    port = {{ it.port }}
    cookie_based_affinity = "Disabled"
    probe_name = "{{ it.name }}"
    # As long as the product's own server allows, so that the gateway is not the one that hangs up.
    request_timeout = {{ gateway.timeout }}

    connection_draining {
      enabled = true
      drain_timeout_sec = {{ it.leave }}
    }
  }

  request_routing_rule {
    name = "{{ it.name }}"
    priority = {{ 10 + loop.index0 }}
    rule_type = "Basic"
    http_listener_name = "https"
    backend_address_pool_name = "{{ it.name }}"
    backend_http_settings_name = "{{ it.name }}"
  }

{% endfor %}
  tags = {{ gateway.gateway.tags }}
}

{% endif %}
{% if passing %}
# Connections that are passed on as they come.
{% if entry %}
# The cluster's own load balancer does it; kubernetes/users.yaml says how.
{% endif %}

{% if not internal %}
resource "azurerm_public_ip" "{{ passing.address.local }}" {
  name = "{{ passing.address.name }}"
  location = azurerm_resource_group.main.location
  resource_group_name = azurerm_resource_group.main.name
  sku = "Standard"
  allocation_method = "Static"
  zones = ["1", "2", "3"]

  tags = {{ passing.address.tags }}
}

{% endif %}
{% if not entry %}
resource "azurerm_lb" "{{ passing.balancer.local }}" {
  name = "{{ passing.balancer.name }}"
  location = azurerm_resource_group.main.location
  resource_group_name = azurerm_resource_group.main.name
  sku = "Standard"

  frontend_ip_configuration {
    name = "users"
{% if internal %}
    subnet_id = {{ passing.subnet }}
    private_ip_address_allocation = "Dynamic"
    # Zone-redundant: one address that stands in all zones of the region.
    zones = ["1", "2", "3"]
{% else %}
    public_ip_address_id = azurerm_public_ip.{{ passing.address.local | ident }}.id
{% endif %}
  }

  tags = {{ passing.balancer.tags }}
}

{% for it in passing.rules %}
# {{ it.target.component }}: {{ it.target.purpose }}
resource "azurerm_lb_backend_address_pool" "{{ it.pool.local }}" {
  name = "{{ it.pool.name }}"
  loadbalancer_id = azurerm_lb.{{ passing.balancer.local | ident }}.id
}

resource "azurerm_lb_probe" "{{ it.probe.local }}" {
  name = "{{ it.probe.name }}"
  loadbalancer_id = azurerm_lb.{{ passing.balancer.local | ident }}.id
  protocol = "Http"
{% if it.target.health_port != it.target.port %}
  # Not the port that users reach: health has one of its own.
{% endif %}
  port = {{ it.target.health_port }}
{% if it.target.draining_status %}
  # Only 200 is well: a node that finishes its work answers {{ it.target.draining_status }}, which takes it out (OCT-15).
{% endif %}
  request_path = "{{ it.target.health_path }}"
  interval_in_seconds = {{ it.target.interval }}
  probe_threshold = {{ it.target.failures }}
}

resource "azurerm_lb_rule" "{{ it.rule.local }}" {
  name = "{{ it.rule.name }}"
  loadbalancer_id = azurerm_lb.{{ passing.balancer.local | ident }}.id
  frontend_ip_configuration_name = "users"
  protocol = "Tcp"
  frontend_port = {{ it.entry }}
  backend_port = {{ it.target.port }}
  backend_address_pool_ids = [azurerm_lb_backend_address_pool.{{ it.pool.local | ident }}.id]
  probe_id = azurerm_lb_probe.{{ it.probe.local | ident }}.id
  # As long as the product's own server allows, so that the load balancer is not the one that hangs up.
  idle_timeout_in_minutes = {{ passing.idle_minutes }}
  tcp_reset_enabled = true
  disable_outbound_snat = true
}

{% if passing.exit and loop.first %}
# A machine may stand behind one public load balancer only: its way out leads through this one.
resource "azurerm_lb_outbound_rule" "{{ passing.exit.local }}" {
  name = "{{ passing.exit.name }}"
  loadbalancer_id = azurerm_lb.{{ passing.balancer.local | ident }}.id
  backend_address_pool_id = azurerm_lb_backend_address_pool.{{ it.pool.local | ident }}.id
  protocol = "All"
  allocated_outbound_ports = 1024
  tcp_reset_enabled = true

  frontend_ip_configuration {
    name = "users"
  }
}

{% endif %}
{% endfor %}
{% endif %}
{% endif %}
{% if alias %}
resource "azurerm_dns_a_record" "{{ alias.record.local }}" {
  name = "{{ alias.record.name }}"
  zone_name = "{{ alias.zone }}"
  resource_group_name = var.dns_zone_group
  ttl = 300
{% if alias.target %}
  target_resource_id = {{ alias.target }}
{% else %}
  records = [{{ alias.address }}]
{% endif %}

  tags = {{ alias.record.tags }}
}
{% endif %}
