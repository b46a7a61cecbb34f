# Machines. What a machine does stands in its user data, under hosts/; a change of it is rolled out, not done in passing:
# new machines read the newest, those that run go on until they are reimaged.

# server

resource "azurerm_linux_virtual_machine_scale_set" "server" {
  name                = "releases-server"
  location            = azurerm_resource_group.main.location
  resource_group_name = azurerm_resource_group.main.name
  sku                 = "Standard_D2s_v5"
  instances           = 2

  # The same number in every zone, as far as that can be: the loss of one takes no more than its part. A strict balance
  # would refuse to add machines to the zones that are left.
  zones                       = ["1", "2"]
  zone_balance                = false
  platform_fault_domain_count = 1
  # Not for a moment more machines than were asked for.
  overprovision = false

  user_data = filebase64("${path.module}/hosts/server/user-data.gz")

  # Nobody logs in by password, and no port is open for the key.
  admin_username                  = "provision"
  disable_password_authentication = true

  admin_ssh_key {
    username   = "provision"
    public_key = var.ssh_public_key
  }

  source_image_reference {
    publisher = "Canonical"
    offer     = "ubuntu-24_04-lts"
    sku       = "server"
    version   = "latest"
  }

  os_disk {
    caching = "ReadWrite"
    # Encrypted at rest by the cloud, always.
    storage_account_type = "Premium_LRS"
    disk_size_gb         = 50
  }

  identity {
    type         = "UserAssigned"
    identity_ids = [azurerm_user_assigned_identity.server.id]
  }

  network_interface {
    name                      = "main"
    primary                   = true
    network_security_group_id = azurerm_network_security_group.server.id

    ip_configuration {
      name                                   = "main"
      primary                                = true
      subnet_id                              = azurerm_subnet.private.id
      application_security_group_ids         = [azurerm_application_security_group.server.id]
      load_balancer_backend_address_pool_ids = [azurerm_lb_backend_address_pool.server_web.id, azurerm_lb_backend_address_pool.exit.id]
    }
  }

  # The machine looks after what runs on it: it closes this port when restarts don't help and it has to be replaced.
  extension {
    name                       = "health"
    publisher                  = "Microsoft.ManagedServices"
    type                       = "ApplicationHealthLinux"
    type_handler_version       = "1.0"
    auto_upgrade_minor_version = true
    settings = jsonencode({
      protocol          = "tcp"
      port              = 9099
      intervalInSeconds = 30
      numberOfProbes    = 10
    })
  }

  # A machine whose component doesn't answer is replaced, not only one that is off.
  automatic_instance_repair {
    enabled      = true
    action       = "Replace"
    grace_period = "PT45M"
  }

  # Batch after batch, zone after zone, each only once the last one is well.
  upgrade_mode = "Rolling"

  rolling_upgrade_policy {
    max_batch_instance_percent              = 34
    max_unhealthy_instance_percent          = 34
    max_unhealthy_upgraded_instance_percent = 20
    # The new one first: capacity never falls.
    maximum_surge_instances_enabled        = true
    cross_zone_upgrades_enabled            = false
    prioritize_unhealthy_instances_enabled = true
    pause_time_between_batches             = "PT1M"
  }

  # Time to finish what is in work before a machine goes; the cloud takes no longer than PT15M.
  termination_notification {
    enabled = true
    timeout = "PT12M"
  }

  scale_in {
    rule = "OldestVM"
  }

  boot_diagnostics {}

  tags = {
    "provision-deployment" = "releases"
    "provision-address"    = "azurerm_linux_virtual_machine_scale_set.server"
    "provision-component"  = "server"
    "provision-values"     = azurerm_key_vault.values.vault_uri
  }
}
