# kafka-broker-0, in zone 1. Its address and its disk outlive the machine.

resource "azurerm_network_interface" "kafka_broker_0" {
  name                = "orders-kafka-broker-0"
  location            = azurerm_resource_group.main.location
  resource_group_name = azurerm_resource_group.main.name

  ip_configuration {
    name                          = "main"
    subnet_id                     = azurerm_subnet.private.id
    private_ip_address_allocation = "Dynamic"
  }

  tags = {
    "provision-deployment" = "orders"
    "provision-address"    = "azurerm_network_interface.kafka_broker_0"
  }
}

resource "azurerm_network_interface_security_group_association" "kafka_broker_0" {
  network_interface_id      = azurerm_network_interface.kafka_broker_0.id
  network_security_group_id = azurerm_network_security_group.kafka.id
}

resource "azurerm_network_interface_application_security_group_association" "kafka_broker_0" {
  network_interface_id          = azurerm_network_interface.kafka_broker_0.id
  application_security_group_id = azurerm_application_security_group.kafka.id
}

resource "azurerm_network_interface_backend_address_pool_association" "kafka_broker_0" {
  network_interface_id    = azurerm_network_interface.kafka_broker_0.id
  ip_configuration_name   = "main"
  backend_address_pool_id = azurerm_lb_backend_address_pool.exit.id
}

resource "azurerm_managed_disk" "kafka_broker_0" {
  name                = "orders-kafka-broker-0"
  location            = azurerm_resource_group.main.location
  resource_group_name = azurerm_resource_group.main.name
  zone                = "1"
  # Encrypted at rest by the cloud, always.
  storage_account_type          = "Premium_LRS"
  create_option                 = "Empty"
  disk_size_gb                  = 500
  public_network_access_enabled = false
  network_access_policy         = "DenyAll"

  tags = {
    "provision-deployment" = "orders"
    "provision-address"    = "azurerm_managed_disk.kafka_broker_0"
  }
}

resource "azurerm_linux_virtual_machine" "kafka_broker_0" {
  name                  = "orders-kafka-broker-0"
  location              = azurerm_resource_group.main.location
  resource_group_name   = azurerm_resource_group.main.name
  zone                  = "1"
  size                  = "Standard_D2s_v5"
  network_interface_ids = [azurerm_network_interface.kafka_broker_0.id]
  user_data             = filebase64("${path.module}/hosts/kafka-broker/user-data.gz")

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
    caching              = "ReadWrite"
    storage_account_type = "Premium_LRS"
    disk_size_gb         = 30
  }

  identity {
    type         = "UserAssigned"
    identity_ids = [azurerm_user_assigned_identity.kafka_broker.id]
  }

  # What runs on it comes with its user data, and by no other way.
  allow_extension_operations = false

  boot_diagnostics {}

  tags = {
    "provision-deployment" = "orders"
    "provision-address"    = "azurerm_linux_virtual_machine.kafka_broker_0"
    "provision-component"  = "kafka-broker"
    "provision-instance"   = "0"
    "provision-values"     = azurerm_key_vault.values.vault_uri
  }

  depends_on = [
    azurerm_network_interface_security_group_association.kafka_broker_0,
  ]
}

resource "azurerm_virtual_machine_data_disk_attachment" "kafka_broker_0" {
  managed_disk_id    = azurerm_managed_disk.kafka_broker_0.id
  virtual_machine_id = azurerm_linux_virtual_machine.kafka_broker_0.id
  lun                = 0
  caching            = "ReadOnly"
}

# kafka-broker-1, in zone 2. Its address and its disk outlive the machine.

resource "azurerm_network_interface" "kafka_broker_1" {
  name                = "orders-kafka-broker-1"
  location            = azurerm_resource_group.main.location
  resource_group_name = azurerm_resource_group.main.name

  ip_configuration {
    name                          = "main"
    subnet_id                     = azurerm_subnet.private.id
    private_ip_address_allocation = "Dynamic"
  }

  tags = {
    "provision-deployment" = "orders"
    "provision-address"    = "azurerm_network_interface.kafka_broker_1"
  }
}

resource "azurerm_network_interface_security_group_association" "kafka_broker_1" {
  network_interface_id      = azurerm_network_interface.kafka_broker_1.id
  network_security_group_id = azurerm_network_security_group.kafka.id
}

resource "azurerm_network_interface_application_security_group_association" "kafka_broker_1" {
  network_interface_id          = azurerm_network_interface.kafka_broker_1.id
  application_security_group_id = azurerm_application_security_group.kafka.id
}

resource "azurerm_network_interface_backend_address_pool_association" "kafka_broker_1" {
  network_interface_id    = azurerm_network_interface.kafka_broker_1.id
  ip_configuration_name   = "main"
  backend_address_pool_id = azurerm_lb_backend_address_pool.exit.id
}

resource "azurerm_managed_disk" "kafka_broker_1" {
  name                = "orders-kafka-broker-1"
  location            = azurerm_resource_group.main.location
  resource_group_name = azurerm_resource_group.main.name
  zone                = "2"
  # Encrypted at rest by the cloud, always.
  storage_account_type          = "Premium_LRS"
  create_option                 = "Empty"
  disk_size_gb                  = 500
  public_network_access_enabled = false
  network_access_policy         = "DenyAll"

  tags = {
    "provision-deployment" = "orders"
    "provision-address"    = "azurerm_managed_disk.kafka_broker_1"
  }
}

resource "azurerm_linux_virtual_machine" "kafka_broker_1" {
  name                  = "orders-kafka-broker-1"
  location              = azurerm_resource_group.main.location
  resource_group_name   = azurerm_resource_group.main.name
  zone                  = "2"
  size                  = "Standard_D2s_v5"
  network_interface_ids = [azurerm_network_interface.kafka_broker_1.id]
  user_data             = filebase64("${path.module}/hosts/kafka-broker/user-data.gz")

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
    caching              = "ReadWrite"
    storage_account_type = "Premium_LRS"
    disk_size_gb         = 30
  }

  identity {
    type         = "UserAssigned"
    identity_ids = [azurerm_user_assigned_identity.kafka_broker.id]
  }

  # What runs on it comes with its user data, and by no other way.
  allow_extension_operations = false

  boot_diagnostics {}

  tags = {
    "provision-deployment" = "orders"
    "provision-address"    = "azurerm_linux_virtual_machine.kafka_broker_1"
    "provision-component"  = "kafka-broker"
    "provision-instance"   = "1"
    "provision-values"     = azurerm_key_vault.values.vault_uri
  }

  depends_on = [
    azurerm_network_interface_security_group_association.kafka_broker_1,
    # One after the other: two members of a quorum never change at once.
    azurerm_virtual_machine_data_disk_attachment.kafka_broker_0,
  ]
}

resource "azurerm_virtual_machine_data_disk_attachment" "kafka_broker_1" {
  managed_disk_id    = azurerm_managed_disk.kafka_broker_1.id
  virtual_machine_id = azurerm_linux_virtual_machine.kafka_broker_1.id
  lun                = 0
  caching            = "ReadOnly"
}

# kafka-broker-2, in zone 3. Its address and its disk outlive the machine.

resource "azurerm_network_interface" "kafka_broker_2" {
  name                = "orders-kafka-broker-2"
  location            = azurerm_resource_group.main.location
  resource_group_name = azurerm_resource_group.main.name

  ip_configuration {
    name                          = "main"
    subnet_id                     = azurerm_subnet.private.id
    private_ip_address_allocation = "Dynamic"
  }

  tags = {
    "provision-deployment" = "orders"
    "provision-address"    = "azurerm_network_interface.kafka_broker_2"
  }
}

resource "azurerm_network_interface_security_group_association" "kafka_broker_2" {
  network_interface_id      = azurerm_network_interface.kafka_broker_2.id
  network_security_group_id = azurerm_network_security_group.kafka.id
}

resource "azurerm_network_interface_application_security_group_association" "kafka_broker_2" {
  network_interface_id          = azurerm_network_interface.kafka_broker_2.id
  application_security_group_id = azurerm_application_security_group.kafka.id
}

resource "azurerm_network_interface_backend_address_pool_association" "kafka_broker_2" {
  network_interface_id    = azurerm_network_interface.kafka_broker_2.id
  ip_configuration_name   = "main"
  backend_address_pool_id = azurerm_lb_backend_address_pool.exit.id
}

resource "azurerm_managed_disk" "kafka_broker_2" {
  name                = "orders-kafka-broker-2"
  location            = azurerm_resource_group.main.location
  resource_group_name = azurerm_resource_group.main.name
  zone                = "3"
  # Encrypted at rest by the cloud, always.
  storage_account_type          = "Premium_LRS"
  create_option                 = "Empty"
  disk_size_gb                  = 500
  public_network_access_enabled = false
  network_access_policy         = "DenyAll"

  tags = {
    "provision-deployment" = "orders"
    "provision-address"    = "azurerm_managed_disk.kafka_broker_2"
  }
}

resource "azurerm_linux_virtual_machine" "kafka_broker_2" {
  name                  = "orders-kafka-broker-2"
  location              = azurerm_resource_group.main.location
  resource_group_name   = azurerm_resource_group.main.name
  zone                  = "3"
  size                  = "Standard_D2s_v5"
  network_interface_ids = [azurerm_network_interface.kafka_broker_2.id]
  user_data             = filebase64("${path.module}/hosts/kafka-broker/user-data.gz")

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
    caching              = "ReadWrite"
    storage_account_type = "Premium_LRS"
    disk_size_gb         = 30
  }

  identity {
    type         = "UserAssigned"
    identity_ids = [azurerm_user_assigned_identity.kafka_broker.id]
  }

  # What runs on it comes with its user data, and by no other way.
  allow_extension_operations = false

  boot_diagnostics {}

  tags = {
    "provision-deployment" = "orders"
    "provision-address"    = "azurerm_linux_virtual_machine.kafka_broker_2"
    "provision-component"  = "kafka-broker"
    "provision-instance"   = "2"
    "provision-values"     = azurerm_key_vault.values.vault_uri
  }

  depends_on = [
    azurerm_network_interface_security_group_association.kafka_broker_2,
    # One after the other: two members of a quorum never change at once.
    azurerm_virtual_machine_data_disk_attachment.kafka_broker_1,
  ]
}

resource "azurerm_virtual_machine_data_disk_attachment" "kafka_broker_2" {
  managed_disk_id    = azurerm_managed_disk.kafka_broker_2.id
  virtual_machine_id = azurerm_linux_virtual_machine.kafka_broker_2.id
  lun                = 0
  caching            = "ReadOnly"
}

# kafka-controller-0, in zone 1. Its address and its disk outlive the machine.

resource "azurerm_network_interface" "kafka_controller_0" {
  name                = "orders-kafka-controller-0"
  location            = azurerm_resource_group.main.location
  resource_group_name = azurerm_resource_group.main.name

  ip_configuration {
    name                          = "main"
    subnet_id                     = azurerm_subnet.private.id
    private_ip_address_allocation = "Dynamic"
  }

  tags = {
    "provision-deployment" = "orders"
    "provision-address"    = "azurerm_network_interface.kafka_controller_0"
  }
}

resource "azurerm_network_interface_security_group_association" "kafka_controller_0" {
  network_interface_id      = azurerm_network_interface.kafka_controller_0.id
  network_security_group_id = azurerm_network_security_group.kafka.id
}

resource "azurerm_network_interface_application_security_group_association" "kafka_controller_0" {
  network_interface_id          = azurerm_network_interface.kafka_controller_0.id
  application_security_group_id = azurerm_application_security_group.kafka.id
}

resource "azurerm_network_interface_backend_address_pool_association" "kafka_controller_0" {
  network_interface_id    = azurerm_network_interface.kafka_controller_0.id
  ip_configuration_name   = "main"
  backend_address_pool_id = azurerm_lb_backend_address_pool.exit.id
}

resource "azurerm_managed_disk" "kafka_controller_0" {
  name                = "orders-kafka-controller-0"
  location            = azurerm_resource_group.main.location
  resource_group_name = azurerm_resource_group.main.name
  zone                = "1"
  # Encrypted at rest by the cloud, always.
  storage_account_type          = "Premium_LRS"
  create_option                 = "Empty"
  disk_size_gb                  = 64
  public_network_access_enabled = false
  network_access_policy         = "DenyAll"

  tags = {
    "provision-deployment" = "orders"
    "provision-address"    = "azurerm_managed_disk.kafka_controller_0"
  }
}

resource "azurerm_linux_virtual_machine" "kafka_controller_0" {
  name                  = "orders-kafka-controller-0"
  location              = azurerm_resource_group.main.location
  resource_group_name   = azurerm_resource_group.main.name
  zone                  = "1"
  size                  = "Standard_B2s"
  network_interface_ids = [azurerm_network_interface.kafka_controller_0.id]
  user_data             = filebase64("${path.module}/hosts/kafka-controller/user-data.gz")

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
    caching              = "ReadWrite"
    storage_account_type = "Premium_LRS"
    disk_size_gb         = 30
  }

  identity {
    type         = "UserAssigned"
    identity_ids = [azurerm_user_assigned_identity.kafka_controller.id]
  }

  # What runs on it comes with its user data, and by no other way.
  allow_extension_operations = false

  boot_diagnostics {}

  tags = {
    "provision-deployment" = "orders"
    "provision-address"    = "azurerm_linux_virtual_machine.kafka_controller_0"
    "provision-component"  = "kafka-controller"
    "provision-instance"   = "0"
    "provision-values"     = azurerm_key_vault.values.vault_uri
  }

  depends_on = [
    azurerm_network_interface_security_group_association.kafka_controller_0,
  ]
}

resource "azurerm_virtual_machine_data_disk_attachment" "kafka_controller_0" {
  managed_disk_id    = azurerm_managed_disk.kafka_controller_0.id
  virtual_machine_id = azurerm_linux_virtual_machine.kafka_controller_0.id
  lun                = 0
  caching            = "ReadOnly"
}

# kafka-controller-1, in zone 2. Its address and its disk outlive the machine.

resource "azurerm_network_interface" "kafka_controller_1" {
  name                = "orders-kafka-controller-1"
  location            = azurerm_resource_group.main.location
  resource_group_name = azurerm_resource_group.main.name

  ip_configuration {
    name                          = "main"
    subnet_id                     = azurerm_subnet.private.id
    private_ip_address_allocation = "Dynamic"
  }

  tags = {
    "provision-deployment" = "orders"
    "provision-address"    = "azurerm_network_interface.kafka_controller_1"
  }
}

resource "azurerm_network_interface_security_group_association" "kafka_controller_1" {
  network_interface_id      = azurerm_network_interface.kafka_controller_1.id
  network_security_group_id = azurerm_network_security_group.kafka.id
}

resource "azurerm_network_interface_application_security_group_association" "kafka_controller_1" {
  network_interface_id          = azurerm_network_interface.kafka_controller_1.id
  application_security_group_id = azurerm_application_security_group.kafka.id
}

resource "azurerm_network_interface_backend_address_pool_association" "kafka_controller_1" {
  network_interface_id    = azurerm_network_interface.kafka_controller_1.id
  ip_configuration_name   = "main"
  backend_address_pool_id = azurerm_lb_backend_address_pool.exit.id
}

resource "azurerm_managed_disk" "kafka_controller_1" {
  name                = "orders-kafka-controller-1"
  location            = azurerm_resource_group.main.location
  resource_group_name = azurerm_resource_group.main.name
  zone                = "2"
  # Encrypted at rest by the cloud, always.
  storage_account_type          = "Premium_LRS"
  create_option                 = "Empty"
  disk_size_gb                  = 64
  public_network_access_enabled = false
  network_access_policy         = "DenyAll"

  tags = {
    "provision-deployment" = "orders"
    "provision-address"    = "azurerm_managed_disk.kafka_controller_1"
  }
}

resource "azurerm_linux_virtual_machine" "kafka_controller_1" {
  name                  = "orders-kafka-controller-1"
  location              = azurerm_resource_group.main.location
  resource_group_name   = azurerm_resource_group.main.name
  zone                  = "2"
  size                  = "Standard_B2s"
  network_interface_ids = [azurerm_network_interface.kafka_controller_1.id]
  user_data             = filebase64("${path.module}/hosts/kafka-controller/user-data.gz")

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
    caching              = "ReadWrite"
    storage_account_type = "Premium_LRS"
    disk_size_gb         = 30
  }

  identity {
    type         = "UserAssigned"
    identity_ids = [azurerm_user_assigned_identity.kafka_controller.id]
  }

  # What runs on it comes with its user data, and by no other way.
  allow_extension_operations = false

  boot_diagnostics {}

  tags = {
    "provision-deployment" = "orders"
    "provision-address"    = "azurerm_linux_virtual_machine.kafka_controller_1"
    "provision-component"  = "kafka-controller"
    "provision-instance"   = "1"
    "provision-values"     = azurerm_key_vault.values.vault_uri
  }

  depends_on = [
    azurerm_network_interface_security_group_association.kafka_controller_1,
    # One after the other: two members of a quorum never change at once.
    azurerm_virtual_machine_data_disk_attachment.kafka_controller_0,
  ]
}

resource "azurerm_virtual_machine_data_disk_attachment" "kafka_controller_1" {
  managed_disk_id    = azurerm_managed_disk.kafka_controller_1.id
  virtual_machine_id = azurerm_linux_virtual_machine.kafka_controller_1.id
  lun                = 0
  caching            = "ReadOnly"
}

# kafka-controller-2, in zone 3. Its address and its disk outlive the machine.

resource "azurerm_network_interface" "kafka_controller_2" {
  name                = "orders-kafka-controller-2"
  location            = azurerm_resource_group.main.location
  resource_group_name = azurerm_resource_group.main.name

  ip_configuration {
    name                          = "main"
    subnet_id                     = azurerm_subnet.private.id
    private_ip_address_allocation = "Dynamic"
  }

  tags = {
    "provision-deployment" = "orders"
    "provision-address"    = "azurerm_network_interface.kafka_controller_2"
  }
}

resource "azurerm_network_interface_security_group_association" "kafka_controller_2" {
  network_interface_id      = azurerm_network_interface.kafka_controller_2.id
  network_security_group_id = azurerm_network_security_group.kafka.id
}

resource "azurerm_network_interface_application_security_group_association" "kafka_controller_2" {
  network_interface_id          = azurerm_network_interface.kafka_controller_2.id
  application_security_group_id = azurerm_application_security_group.kafka.id
}

resource "azurerm_network_interface_backend_address_pool_association" "kafka_controller_2" {
  network_interface_id    = azurerm_network_interface.kafka_controller_2.id
  ip_configuration_name   = "main"
  backend_address_pool_id = azurerm_lb_backend_address_pool.exit.id
}

resource "azurerm_managed_disk" "kafka_controller_2" {
  name                = "orders-kafka-controller-2"
  location            = azurerm_resource_group.main.location
  resource_group_name = azurerm_resource_group.main.name
  zone                = "3"
  # Encrypted at rest by the cloud, always.
  storage_account_type          = "Premium_LRS"
  create_option                 = "Empty"
  disk_size_gb                  = 64
  public_network_access_enabled = false
  network_access_policy         = "DenyAll"

  tags = {
    "provision-deployment" = "orders"
    "provision-address"    = "azurerm_managed_disk.kafka_controller_2"
  }
}

resource "azurerm_linux_virtual_machine" "kafka_controller_2" {
  name                  = "orders-kafka-controller-2"
  location              = azurerm_resource_group.main.location
  resource_group_name   = azurerm_resource_group.main.name
  zone                  = "3"
  size                  = "Standard_B2s"
  network_interface_ids = [azurerm_network_interface.kafka_controller_2.id]
  user_data             = filebase64("${path.module}/hosts/kafka-controller/user-data.gz")

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
    caching              = "ReadWrite"
    storage_account_type = "Premium_LRS"
    disk_size_gb         = 30
  }

  identity {
    type         = "UserAssigned"
    identity_ids = [azurerm_user_assigned_identity.kafka_controller.id]
  }

  # What runs on it comes with its user data, and by no other way.
  allow_extension_operations = false

  boot_diagnostics {}

  tags = {
    "provision-deployment" = "orders"
    "provision-address"    = "azurerm_linux_virtual_machine.kafka_controller_2"
    "provision-component"  = "kafka-controller"
    "provision-instance"   = "2"
    "provision-values"     = azurerm_key_vault.values.vault_uri
  }

  depends_on = [
    azurerm_network_interface_security_group_association.kafka_controller_2,
    # One after the other: two members of a quorum never change at once.
    azurerm_virtual_machine_data_disk_attachment.kafka_controller_1,
  ]
}

resource "azurerm_virtual_machine_data_disk_attachment" "kafka_controller_2" {
  managed_disk_id    = azurerm_managed_disk.kafka_controller_2.id
  virtual_machine_id = azurerm_linux_virtual_machine.kafka_controller_2.id
  lun                = 0
  caching            = "ReadOnly"
}

# What the machines read at boot.

resource "azurerm_key_vault_secret" "kafka_brokers" {
  name         = "kafka--brokers"
  key_vault_id = azurerm_key_vault.values.id
  content_type = "text/plain"
  value        = "${azurerm_network_interface.kafka_broker_0.private_ip_address}:9092,${azurerm_network_interface.kafka_broker_1.private_ip_address}:9092,${azurerm_network_interface.kafka_broker_2.private_ip_address}:9092"

  tags = {
    "provision-deployment" = "orders"
    "provision-address"    = "azurerm_key_vault_secret.kafka_brokers"
  }

  depends_on = [azurerm_role_assignment.operator_values]
}

resource "azurerm_key_vault_secret" "kafka_controllers" {
  name         = "kafka--controllers"
  key_vault_id = azurerm_key_vault.values.id
  content_type = "text/plain"
  value        = "${azurerm_network_interface.kafka_controller_0.private_ip_address}:9093,${azurerm_network_interface.kafka_controller_1.private_ip_address}:9093,${azurerm_network_interface.kafka_controller_2.private_ip_address}:9093"

  tags = {
    "provision-deployment" = "orders"
    "provision-address"    = "azurerm_key_vault_secret.kafka_controllers"
  }

  depends_on = [azurerm_role_assignment.operator_values]
}
