# Machines. What a machine does stands in its user data, under hosts/; a change of it is rolled out, not done in passing:
# new machines read the newest, those that run go on until they are reimaged.

{% for it in groups %}
# {{ it.name }}

resource "azurerm_linux_virtual_machine_scale_set" "{{ it.group.local }}" {
  name = "{{ it.group.name }}"
  location = azurerm_resource_group.main.location
  resource_group_name = azurerm_resource_group.main.name
  sku = "{{ it.machine_type }}"
  instances = {{ it.instances }}

  # The same number in every zone, as far as that can be: the loss of one takes no more than its part. A strict balance
  # would refuse to add machines to the zones that are left.
  zones = {{ zones }}
  zone_balance = false
  platform_fault_domain_count = 1
  # Not for a moment more machines than were asked for.
  overprovision = false

  user_data = filebase64("${path.module}/{{ it.user_data }}")

  # Nobody logs in by password, and no port is open for the key.
  admin_username = "provision"
  disable_password_authentication = true

  admin_ssh_key {
    username = "provision"
    public_key = var.ssh_public_key
  }

  source_image_reference {
    publisher = "Canonical"
    offer = "ubuntu-24_04-lts"
    sku = "{{ it.image }}"
    version = "latest"
  }

  os_disk {
    caching = "ReadWrite"
    # Encrypted at rest by the cloud, always.
    storage_account_type = "Premium_LRS"
    disk_size_gb = {{ it.disk_gb }}
  }

  identity {
    type = "UserAssigned"
    identity_ids = [{{ it.identity }}]
  }

  network_interface {
    name = "main"
    primary = true
    network_security_group_id = {{ it.filter }}

    ip_configuration {
      name = "main"
      primary = true
      subnet_id = {{ subnet }}
      application_security_group_ids = [{{ it.member }}]
{% if it.gateway_pools %}
      application_gateway_backend_address_pool_ids = {{ it.gateway_pools }}
{% endif %}
{% if it.pools %}
      load_balancer_backend_address_pool_ids = {{ it.pools }}
{% endif %}
    }
  }

{% if it.health %}
{% if it.health.path %}
  # Asks the component on its machine whether it is well.
{% else %}
  # The machine looks after what runs on it: it closes this port when restarts don't help and it has to be replaced.
{% endif %}
  extension {
    name = "health"
    publisher = "Microsoft.ManagedServices"
    type = "ApplicationHealthLinux"
    type_handler_version = "1.0"
    auto_upgrade_minor_version = true
    settings = jsonencode({
{% if it.health.path %}
      protocol = "http"
      port = {{ it.health.port }}
      requestPath = "{{ it.health.path }}"
{% else %}
      protocol = "tcp"
      port = {{ it.health.port }}
{% endif %}
      intervalInSeconds = {{ it.health.interval }}
      numberOfProbes = {{ it.health.failures }}
    })
  }

  # A machine whose component doesn't answer is replaced, not only one that is off.
  automatic_instance_repair {
    enabled = true
    action = "Replace"
    grace_period = "PT{{ it.start }}M"
  }

  # Batch after batch, zone after zone, each only once the last one is well.
  upgrade_mode = "Rolling"

  rolling_upgrade_policy {
{% if it.new_first %}
    max_batch_instance_percent = 34
    max_unhealthy_instance_percent = 34
    max_unhealthy_upgraded_instance_percent = 20
    # The new one first: capacity never falls.
    maximum_surge_instances_enabled = true
{% else %}
    max_batch_instance_percent = 100
    max_unhealthy_instance_percent = 100
    max_unhealthy_upgraded_instance_percent = 100
    # The old one first: two of them must never be there at once.
    maximum_surge_instances_enabled = false
{% endif %}
    cross_zone_upgrades_enabled = false
    prioritize_unhealthy_instances_enabled = true
    pause_time_between_batches = "PT1M"
  }
{% else %}
  # Nothing is documented to ask the component whether it is well, so nothing is replaced by itself.
  upgrade_mode = "Manual"
{% endif %}

  # Time to finish what is in work before a machine goes; the cloud takes no longer than PT15M.
  termination_notification {
    enabled = true
    timeout = "PT{{ it.finish }}M"
  }

  scale_in {
    rule = "OldestVM"
  }

  boot_diagnostics {}

  tags = {{ it.tags }}
{% if it.aim_at_load %}

  lifecycle {
    # The load decides.
    ignore_changes = [instances]
  }
{% endif %}
}

{% if it.aim_at_load %}
resource "azurerm_monitor_autoscale_setting" "{{ it.scaling.local }}" {
  name = "{{ it.scaling.name }}"
  location = azurerm_resource_group.main.location
  resource_group_name = azurerm_resource_group.main.name
  target_resource_id = azurerm_linux_virtual_machine_scale_set.{{ it.group.local | ident }}.id

  profile {
    name = "load"

    capacity {
      default = {{ it.least }}
      minimum = {{ it.least }}
      maximum = {{ it.most }}
    }

    rule {
      metric_trigger {
        metric_name = "Percentage CPU"
        metric_resource_id = azurerm_linux_virtual_machine_scale_set.{{ it.group.local | ident }}.id
        operator = "GreaterThan"
        threshold = {{ it.grow_above }}
        statistic = "Average"
        time_aggregation = "Average"
        time_grain = "PT1M"
        time_window = "PT5M"
      }

      scale_action {
        direction = "Increase"
        type = "ChangeCount"
        value = 1
        cooldown = "PT5M"
      }
    }

    rule {
      metric_trigger {
        metric_name = "Percentage CPU"
        metric_resource_id = azurerm_linux_virtual_machine_scale_set.{{ it.group.local | ident }}.id
        operator = "LessThan"
        threshold = {{ it.shrink_below }}
        statistic = "Average"
        time_aggregation = "Average"
        time_grain = "PT1M"
        time_window = "PT10M"
      }

      scale_action {
        direction = "Decrease"
        type = "ChangeCount"
        value = 1
        cooldown = "PT10M"
      }
    }
  }

  tags = {{ it.scaling.tags }}
}

{% endif %}
{% endfor %}
