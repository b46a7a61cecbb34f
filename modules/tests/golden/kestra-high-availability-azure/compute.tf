# Machines. What a machine does stands in its user data, under hosts/; a change of it is rolled out, not done in passing:
# new machines read the newest, those that run go on until they are reimaged.

# webserver

resource "azurerm_linux_virtual_machine_scale_set" "webserver" {
  name                = "orders-webserver"
  location            = azurerm_resource_group.main.location
  resource_group_name = azurerm_resource_group.main.name
  sku                 = "Standard_B2s"
  instances           = 2

  # The same number in every zone, as far as that can be: the loss of one takes no more than its part. A strict balance
  # would refuse to add machines to the zones that are left.
  zones                       = ["1", "2", "3"]
  zone_balance                = false
  platform_fault_domain_count = 1
  # Not for a moment more machines than were asked for.
  overprovision = false

  user_data = filebase64("${path.module}/hosts/webserver/user-data.gz")

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
    identity_ids = [azurerm_user_assigned_identity.webserver.id]
  }

  network_interface {
    name                      = "main"
    primary                   = true
    network_security_group_id = azurerm_network_security_group.webserver.id

    ip_configuration {
      name                                         = "main"
      primary                                      = true
      subnet_id                                    = azurerm_subnet.private.id
      application_security_group_ids               = [azurerm_application_security_group.webserver.id]
      application_gateway_backend_address_pool_ids = ["${azurerm_application_gateway.main.id}/backendAddressPools/webserver-ui"]
      load_balancer_backend_address_pool_ids       = [azurerm_lb_backend_address_pool.exit.id]
    }
  }

  # Asks the component on its machine whether it is well.
  extension {
    name                       = "health"
    publisher                  = "Microsoft.ManagedServices"
    type                       = "ApplicationHealthLinux"
    type_handler_version       = "1.0"
    auto_upgrade_minor_version = true
    settings = jsonencode({
      protocol          = "http"
      port              = 8081
      requestPath       = "/health"
      intervalInSeconds = 5
      numberOfProbes    = 3
    })
  }

  # A machine whose component doesn't answer is replaced, not only one that is off.
  automatic_instance_repair {
    enabled      = true
    action       = "Replace"
    grace_period = "PT10M"
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
    timeout = "PT7M"
  }

  scale_in {
    rule = "OldestVM"
  }

  boot_diagnostics {}

  tags = {
    "provision-deployment" = "orders"
    "provision-address"    = "azurerm_linux_virtual_machine_scale_set.webserver"
    "provision-component"  = "webserver"
    "provision-values"     = azurerm_key_vault.values.vault_uri
  }
}

# executor

resource "azurerm_linux_virtual_machine_scale_set" "executor" {
  name                = "orders-executor"
  location            = azurerm_resource_group.main.location
  resource_group_name = azurerm_resource_group.main.name
  sku                 = "Standard_B2s"
  instances           = 2

  # The same number in every zone, as far as that can be: the loss of one takes no more than its part. A strict balance
  # would refuse to add machines to the zones that are left.
  zones                       = ["1", "2", "3"]
  zone_balance                = false
  platform_fault_domain_count = 1
  # Not for a moment more machines than were asked for.
  overprovision = false

  user_data = filebase64("${path.module}/hosts/executor/user-data.gz")

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
    identity_ids = [azurerm_user_assigned_identity.executor.id]
  }

  network_interface {
    name                      = "main"
    primary                   = true
    network_security_group_id = azurerm_network_security_group.executor.id

    ip_configuration {
      name                                   = "main"
      primary                                = true
      subnet_id                              = azurerm_subnet.private.id
      application_security_group_ids         = [azurerm_application_security_group.executor.id]
      load_balancer_backend_address_pool_ids = [azurerm_lb_backend_address_pool.exit.id]
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
    timeout = "PT7M"
  }

  scale_in {
    rule = "OldestVM"
  }

  boot_diagnostics {}

  tags = {
    "provision-deployment" = "orders"
    "provision-address"    = "azurerm_linux_virtual_machine_scale_set.executor"
    "provision-component"  = "executor"
    "provision-values"     = azurerm_key_vault.values.vault_uri
  }
}

# scheduler

resource "azurerm_linux_virtual_machine_scale_set" "scheduler" {
  name                = "orders-scheduler"
  location            = azurerm_resource_group.main.location
  resource_group_name = azurerm_resource_group.main.name
  sku                 = "Standard_B2s"
  instances           = 2

  # The same number in every zone, as far as that can be: the loss of one takes no more than its part. A strict balance
  # would refuse to add machines to the zones that are left.
  zones                       = ["1", "2", "3"]
  zone_balance                = false
  platform_fault_domain_count = 1
  # Not for a moment more machines than were asked for.
  overprovision = false

  user_data = filebase64("${path.module}/hosts/scheduler/user-data.gz")

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
    identity_ids = [azurerm_user_assigned_identity.scheduler.id]
  }

  network_interface {
    name                      = "main"
    primary                   = true
    network_security_group_id = azurerm_network_security_group.scheduler.id

    ip_configuration {
      name                                   = "main"
      primary                                = true
      subnet_id                              = azurerm_subnet.private.id
      application_security_group_ids         = [azurerm_application_security_group.scheduler.id]
      load_balancer_backend_address_pool_ids = [azurerm_lb_backend_address_pool.exit.id]
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
    timeout = "PT7M"
  }

  scale_in {
    rule = "OldestVM"
  }

  boot_diagnostics {}

  tags = {
    "provision-deployment" = "orders"
    "provision-address"    = "azurerm_linux_virtual_machine_scale_set.scheduler"
    "provision-component"  = "scheduler"
    "provision-values"     = azurerm_key_vault.values.vault_uri
  }
}

# worker

resource "azurerm_linux_virtual_machine_scale_set" "worker" {
  name                = "orders-worker"
  location            = azurerm_resource_group.main.location
  resource_group_name = azurerm_resource_group.main.name
  sku                 = "Standard_D2s_v5"
  instances           = 6

  # The same number in every zone, as far as that can be: the loss of one takes no more than its part. A strict balance
  # would refuse to add machines to the zones that are left.
  zones                       = ["1", "2", "3"]
  zone_balance                = false
  platform_fault_domain_count = 1
  # Not for a moment more machines than were asked for.
  overprovision = false

  user_data = filebase64("${path.module}/hosts/worker/user-data.gz")

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
    identity_ids = [azurerm_user_assigned_identity.worker.id]
  }

  network_interface {
    name                      = "main"
    primary                   = true
    network_security_group_id = azurerm_network_security_group.worker.id

    ip_configuration {
      name                                   = "main"
      primary                                = true
      subnet_id                              = azurerm_subnet.private.id
      application_security_group_ids         = [azurerm_application_security_group.worker.id]
      load_balancer_backend_address_pool_ids = [azurerm_lb_backend_address_pool.exit.id]
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
    timeout = "PT7M"
  }

  scale_in {
    rule = "OldestVM"
  }

  boot_diagnostics {}

  tags = {
    "provision-deployment" = "orders"
    "provision-address"    = "azurerm_linux_virtual_machine_scale_set.worker"
    "provision-component"  = "worker"
    "provision-values"     = azurerm_key_vault.values.vault_uri
  }
}

# indexer

resource "azurerm_linux_virtual_machine_scale_set" "indexer" {
  name                = "orders-indexer"
  location            = azurerm_resource_group.main.location
  resource_group_name = azurerm_resource_group.main.name
  sku                 = "Standard_B2s"
  instances           = 2

  # The same number in every zone, as far as that can be: the loss of one takes no more than its part. A strict balance
  # would refuse to add machines to the zones that are left.
  zones                       = ["1", "2", "3"]
  zone_balance                = false
  platform_fault_domain_count = 1
  # Not for a moment more machines than were asked for.
  overprovision = false

  user_data = filebase64("${path.module}/hosts/indexer/user-data.gz")

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
    identity_ids = [azurerm_user_assigned_identity.indexer.id]
  }

  network_interface {
    name                      = "main"
    primary                   = true
    network_security_group_id = azurerm_network_security_group.indexer.id

    ip_configuration {
      name                                   = "main"
      primary                                = true
      subnet_id                              = azurerm_subnet.private.id
      application_security_group_ids         = [azurerm_application_security_group.indexer.id]
      load_balancer_backend_address_pool_ids = [azurerm_lb_backend_address_pool.exit.id]
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
    timeout = "PT7M"
  }

  scale_in {
    rule = "OldestVM"
  }

  boot_diagnostics {}

  tags = {
    "provision-deployment" = "orders"
    "provision-address"    = "azurerm_linux_virtual_machine_scale_set.indexer"
    "provision-component"  = "indexer"
    "provision-values"     = azurerm_key_vault.values.vault_uri
  }
}
