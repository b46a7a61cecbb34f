# search-data-0, in zone 1. Its address and its disk outlive the machine.

resource "azurerm_network_interface" "search_data_0" {
  name                = "orders-search-data-0"
  location            = azurerm_resource_group.main.location
  resource_group_name = azurerm_resource_group.main.name

  ip_configuration {
    name                          = "main"
    subnet_id                     = azurerm_subnet.private.id
    private_ip_address_allocation = "Dynamic"
  }

  tags = {
    "provision-deployment" = "orders"
    "provision-address"    = "azurerm_network_interface.search_data_0"
  }
}

resource "azurerm_network_interface_security_group_association" "search_data_0" {
  network_interface_id      = azurerm_network_interface.search_data_0.id
  network_security_group_id = azurerm_network_security_group.search.id
}

resource "azurerm_network_interface_application_security_group_association" "search_data_0" {
  network_interface_id          = azurerm_network_interface.search_data_0.id
  application_security_group_id = azurerm_application_security_group.search.id
}

resource "azurerm_network_interface_backend_address_pool_association" "search_data_0" {
  network_interface_id    = azurerm_network_interface.search_data_0.id
  ip_configuration_name   = "main"
  backend_address_pool_id = azurerm_lb_backend_address_pool.exit.id
}

resource "azurerm_managed_disk" "search_data_0" {
  name                = "orders-search-data-0"
  location            = azurerm_resource_group.main.location
  resource_group_name = azurerm_resource_group.main.name
  zone                = "1"
  # Encrypted at rest by the cloud, always.
  storage_account_type          = "Premium_LRS"
  create_option                 = "Empty"
  disk_size_gb                  = 200
  public_network_access_enabled = false
  network_access_policy         = "DenyAll"

  tags = {
    "provision-deployment" = "orders"
    "provision-address"    = "azurerm_managed_disk.search_data_0"
  }
}

resource "azurerm_linux_virtual_machine" "search_data_0" {
  name                  = "orders-search-data-0"
  location              = azurerm_resource_group.main.location
  resource_group_name   = azurerm_resource_group.main.name
  zone                  = "1"
  size                  = "Standard_D2s_v5"
  network_interface_ids = [azurerm_network_interface.search_data_0.id]
  user_data             = filebase64("${path.module}/hosts/search-data/user-data.gz")

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
    identity_ids = [azurerm_user_assigned_identity.search_data.id]
  }

  # What runs on it comes with its user data, and by no other way.
  allow_extension_operations = false

  boot_diagnostics {}

  tags = {
    "provision-deployment" = "orders"
    "provision-address"    = "azurerm_linux_virtual_machine.search_data_0"
    "provision-component"  = "search-data"
    "provision-instance"   = "0"
    "provision-values"     = azurerm_key_vault.values.vault_uri
  }

  depends_on = [
    azurerm_network_interface_security_group_association.search_data_0,
  ]
}

resource "azurerm_virtual_machine_data_disk_attachment" "search_data_0" {
  managed_disk_id    = azurerm_managed_disk.search_data_0.id
  virtual_machine_id = azurerm_linux_virtual_machine.search_data_0.id
  lun                = 0
  caching            = "ReadOnly"
}

# search-data-1, in zone 2. Its address and its disk outlive the machine.

resource "azurerm_network_interface" "search_data_1" {
  name                = "orders-search-data-1"
  location            = azurerm_resource_group.main.location
  resource_group_name = azurerm_resource_group.main.name

  ip_configuration {
    name                          = "main"
    subnet_id                     = azurerm_subnet.private.id
    private_ip_address_allocation = "Dynamic"
  }

  tags = {
    "provision-deployment" = "orders"
    "provision-address"    = "azurerm_network_interface.search_data_1"
  }
}

resource "azurerm_network_interface_security_group_association" "search_data_1" {
  network_interface_id      = azurerm_network_interface.search_data_1.id
  network_security_group_id = azurerm_network_security_group.search.id
}

resource "azurerm_network_interface_application_security_group_association" "search_data_1" {
  network_interface_id          = azurerm_network_interface.search_data_1.id
  application_security_group_id = azurerm_application_security_group.search.id
}

resource "azurerm_network_interface_backend_address_pool_association" "search_data_1" {
  network_interface_id    = azurerm_network_interface.search_data_1.id
  ip_configuration_name   = "main"
  backend_address_pool_id = azurerm_lb_backend_address_pool.exit.id
}

resource "azurerm_managed_disk" "search_data_1" {
  name                = "orders-search-data-1"
  location            = azurerm_resource_group.main.location
  resource_group_name = azurerm_resource_group.main.name
  zone                = "2"
  # Encrypted at rest by the cloud, always.
  storage_account_type          = "Premium_LRS"
  create_option                 = "Empty"
  disk_size_gb                  = 200
  public_network_access_enabled = false
  network_access_policy         = "DenyAll"

  tags = {
    "provision-deployment" = "orders"
    "provision-address"    = "azurerm_managed_disk.search_data_1"
  }
}

resource "azurerm_linux_virtual_machine" "search_data_1" {
  name                  = "orders-search-data-1"
  location              = azurerm_resource_group.main.location
  resource_group_name   = azurerm_resource_group.main.name
  zone                  = "2"
  size                  = "Standard_D2s_v5"
  network_interface_ids = [azurerm_network_interface.search_data_1.id]
  user_data             = filebase64("${path.module}/hosts/search-data/user-data.gz")

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
    identity_ids = [azurerm_user_assigned_identity.search_data.id]
  }

  # What runs on it comes with its user data, and by no other way.
  allow_extension_operations = false

  boot_diagnostics {}

  tags = {
    "provision-deployment" = "orders"
    "provision-address"    = "azurerm_linux_virtual_machine.search_data_1"
    "provision-component"  = "search-data"
    "provision-instance"   = "1"
    "provision-values"     = azurerm_key_vault.values.vault_uri
  }

  depends_on = [
    azurerm_network_interface_security_group_association.search_data_1,
    # One after the other: two members of a quorum never change at once.
    azurerm_virtual_machine_data_disk_attachment.search_data_0,
  ]
}

resource "azurerm_virtual_machine_data_disk_attachment" "search_data_1" {
  managed_disk_id    = azurerm_managed_disk.search_data_1.id
  virtual_machine_id = azurerm_linux_virtual_machine.search_data_1.id
  lun                = 0
  caching            = "ReadOnly"
}

# search-data-2, in zone 3. Its address and its disk outlive the machine.

resource "azurerm_network_interface" "search_data_2" {
  name                = "orders-search-data-2"
  location            = azurerm_resource_group.main.location
  resource_group_name = azurerm_resource_group.main.name

  ip_configuration {
    name                          = "main"
    subnet_id                     = azurerm_subnet.private.id
    private_ip_address_allocation = "Dynamic"
  }

  tags = {
    "provision-deployment" = "orders"
    "provision-address"    = "azurerm_network_interface.search_data_2"
  }
}

resource "azurerm_network_interface_security_group_association" "search_data_2" {
  network_interface_id      = azurerm_network_interface.search_data_2.id
  network_security_group_id = azurerm_network_security_group.search.id
}

resource "azurerm_network_interface_application_security_group_association" "search_data_2" {
  network_interface_id          = azurerm_network_interface.search_data_2.id
  application_security_group_id = azurerm_application_security_group.search.id
}

resource "azurerm_network_interface_backend_address_pool_association" "search_data_2" {
  network_interface_id    = azurerm_network_interface.search_data_2.id
  ip_configuration_name   = "main"
  backend_address_pool_id = azurerm_lb_backend_address_pool.exit.id
}

resource "azurerm_managed_disk" "search_data_2" {
  name                = "orders-search-data-2"
  location            = azurerm_resource_group.main.location
  resource_group_name = azurerm_resource_group.main.name
  zone                = "3"
  # Encrypted at rest by the cloud, always.
  storage_account_type          = "Premium_LRS"
  create_option                 = "Empty"
  disk_size_gb                  = 200
  public_network_access_enabled = false
  network_access_policy         = "DenyAll"

  tags = {
    "provision-deployment" = "orders"
    "provision-address"    = "azurerm_managed_disk.search_data_2"
  }
}

resource "azurerm_linux_virtual_machine" "search_data_2" {
  name                  = "orders-search-data-2"
  location              = azurerm_resource_group.main.location
  resource_group_name   = azurerm_resource_group.main.name
  zone                  = "3"
  size                  = "Standard_D2s_v5"
  network_interface_ids = [azurerm_network_interface.search_data_2.id]
  user_data             = filebase64("${path.module}/hosts/search-data/user-data.gz")

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
    identity_ids = [azurerm_user_assigned_identity.search_data.id]
  }

  # What runs on it comes with its user data, and by no other way.
  allow_extension_operations = false

  boot_diagnostics {}

  tags = {
    "provision-deployment" = "orders"
    "provision-address"    = "azurerm_linux_virtual_machine.search_data_2"
    "provision-component"  = "search-data"
    "provision-instance"   = "2"
    "provision-values"     = azurerm_key_vault.values.vault_uri
  }

  depends_on = [
    azurerm_network_interface_security_group_association.search_data_2,
    # One after the other: two members of a quorum never change at once.
    azurerm_virtual_machine_data_disk_attachment.search_data_1,
  ]
}

resource "azurerm_virtual_machine_data_disk_attachment" "search_data_2" {
  managed_disk_id    = azurerm_managed_disk.search_data_2.id
  virtual_machine_id = azurerm_linux_virtual_machine.search_data_2.id
  lun                = 0
  caching            = "ReadOnly"
}

# search-master-0, in zone 1. Its address and its disk outlive the machine.

resource "azurerm_network_interface" "search_master_0" {
  name                = "orders-search-master-0"
  location            = azurerm_resource_group.main.location
  resource_group_name = azurerm_resource_group.main.name

  ip_configuration {
    name                          = "main"
    subnet_id                     = azurerm_subnet.private.id
    private_ip_address_allocation = "Dynamic"
  }

  tags = {
    "provision-deployment" = "orders"
    "provision-address"    = "azurerm_network_interface.search_master_0"
  }
}

resource "azurerm_network_interface_security_group_association" "search_master_0" {
  network_interface_id      = azurerm_network_interface.search_master_0.id
  network_security_group_id = azurerm_network_security_group.search.id
}

resource "azurerm_network_interface_application_security_group_association" "search_master_0" {
  network_interface_id          = azurerm_network_interface.search_master_0.id
  application_security_group_id = azurerm_application_security_group.search.id
}

resource "azurerm_network_interface_backend_address_pool_association" "search_master_0" {
  network_interface_id    = azurerm_network_interface.search_master_0.id
  ip_configuration_name   = "main"
  backend_address_pool_id = azurerm_lb_backend_address_pool.exit.id
}

resource "azurerm_managed_disk" "search_master_0" {
  name                = "orders-search-master-0"
  location            = azurerm_resource_group.main.location
  resource_group_name = azurerm_resource_group.main.name
  zone                = "1"
  # Encrypted at rest by the cloud, always.
  storage_account_type          = "Premium_LRS"
  create_option                 = "Empty"
  disk_size_gb                  = 20
  public_network_access_enabled = false
  network_access_policy         = "DenyAll"

  tags = {
    "provision-deployment" = "orders"
    "provision-address"    = "azurerm_managed_disk.search_master_0"
  }
}

resource "azurerm_linux_virtual_machine" "search_master_0" {
  name                  = "orders-search-master-0"
  location              = azurerm_resource_group.main.location
  resource_group_name   = azurerm_resource_group.main.name
  zone                  = "1"
  size                  = "Standard_B2s"
  network_interface_ids = [azurerm_network_interface.search_master_0.id]
  user_data             = filebase64("${path.module}/hosts/search-master/user-data.gz")

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
    identity_ids = [azurerm_user_assigned_identity.search_master.id]
  }

  # What runs on it comes with its user data, and by no other way.
  allow_extension_operations = false

  boot_diagnostics {}

  tags = {
    "provision-deployment" = "orders"
    "provision-address"    = "azurerm_linux_virtual_machine.search_master_0"
    "provision-component"  = "search-master"
    "provision-instance"   = "0"
    "provision-values"     = azurerm_key_vault.values.vault_uri
  }

  depends_on = [
    azurerm_network_interface_security_group_association.search_master_0,
  ]
}

resource "azurerm_virtual_machine_data_disk_attachment" "search_master_0" {
  managed_disk_id    = azurerm_managed_disk.search_master_0.id
  virtual_machine_id = azurerm_linux_virtual_machine.search_master_0.id
  lun                = 0
  caching            = "ReadOnly"
}

# search-master-1, in zone 2. Its address and its disk outlive the machine.

resource "azurerm_network_interface" "search_master_1" {
  name                = "orders-search-master-1"
  location            = azurerm_resource_group.main.location
  resource_group_name = azurerm_resource_group.main.name

  ip_configuration {
    name                          = "main"
    subnet_id                     = azurerm_subnet.private.id
    private_ip_address_allocation = "Dynamic"
  }

  tags = {
    "provision-deployment" = "orders"
    "provision-address"    = "azurerm_network_interface.search_master_1"
  }
}

resource "azurerm_network_interface_security_group_association" "search_master_1" {
  network_interface_id      = azurerm_network_interface.search_master_1.id
  network_security_group_id = azurerm_network_security_group.search.id
}

resource "azurerm_network_interface_application_security_group_association" "search_master_1" {
  network_interface_id          = azurerm_network_interface.search_master_1.id
  application_security_group_id = azurerm_application_security_group.search.id
}

resource "azurerm_network_interface_backend_address_pool_association" "search_master_1" {
  network_interface_id    = azurerm_network_interface.search_master_1.id
  ip_configuration_name   = "main"
  backend_address_pool_id = azurerm_lb_backend_address_pool.exit.id
}

resource "azurerm_managed_disk" "search_master_1" {
  name                = "orders-search-master-1"
  location            = azurerm_resource_group.main.location
  resource_group_name = azurerm_resource_group.main.name
  zone                = "2"
  # Encrypted at rest by the cloud, always.
  storage_account_type          = "Premium_LRS"
  create_option                 = "Empty"
  disk_size_gb                  = 20
  public_network_access_enabled = false
  network_access_policy         = "DenyAll"

  tags = {
    "provision-deployment" = "orders"
    "provision-address"    = "azurerm_managed_disk.search_master_1"
  }
}

resource "azurerm_linux_virtual_machine" "search_master_1" {
  name                  = "orders-search-master-1"
  location              = azurerm_resource_group.main.location
  resource_group_name   = azurerm_resource_group.main.name
  zone                  = "2"
  size                  = "Standard_B2s"
  network_interface_ids = [azurerm_network_interface.search_master_1.id]
  user_data             = filebase64("${path.module}/hosts/search-master/user-data.gz")

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
    identity_ids = [azurerm_user_assigned_identity.search_master.id]
  }

  # What runs on it comes with its user data, and by no other way.
  allow_extension_operations = false

  boot_diagnostics {}

  tags = {
    "provision-deployment" = "orders"
    "provision-address"    = "azurerm_linux_virtual_machine.search_master_1"
    "provision-component"  = "search-master"
    "provision-instance"   = "1"
    "provision-values"     = azurerm_key_vault.values.vault_uri
  }

  depends_on = [
    azurerm_network_interface_security_group_association.search_master_1,
    # One after the other: two members of a quorum never change at once.
    azurerm_virtual_machine_data_disk_attachment.search_master_0,
  ]
}

resource "azurerm_virtual_machine_data_disk_attachment" "search_master_1" {
  managed_disk_id    = azurerm_managed_disk.search_master_1.id
  virtual_machine_id = azurerm_linux_virtual_machine.search_master_1.id
  lun                = 0
  caching            = "ReadOnly"
}

# search-master-2, in zone 3. Its address and its disk outlive the machine.

resource "azurerm_network_interface" "search_master_2" {
  name                = "orders-search-master-2"
  location            = azurerm_resource_group.main.location
  resource_group_name = azurerm_resource_group.main.name

  ip_configuration {
    name                          = "main"
    subnet_id                     = azurerm_subnet.private.id
    private_ip_address_allocation = "Dynamic"
  }

  tags = {
    "provision-deployment" = "orders"
    "provision-address"    = "azurerm_network_interface.search_master_2"
  }
}

resource "azurerm_network_interface_security_group_association" "search_master_2" {
  network_interface_id      = azurerm_network_interface.search_master_2.id
  network_security_group_id = azurerm_network_security_group.search.id
}

resource "azurerm_network_interface_application_security_group_association" "search_master_2" {
  network_interface_id          = azurerm_network_interface.search_master_2.id
  application_security_group_id = azurerm_application_security_group.search.id
}

resource "azurerm_network_interface_backend_address_pool_association" "search_master_2" {
  network_interface_id    = azurerm_network_interface.search_master_2.id
  ip_configuration_name   = "main"
  backend_address_pool_id = azurerm_lb_backend_address_pool.exit.id
}

resource "azurerm_managed_disk" "search_master_2" {
  name                = "orders-search-master-2"
  location            = azurerm_resource_group.main.location
  resource_group_name = azurerm_resource_group.main.name
  zone                = "3"
  # Encrypted at rest by the cloud, always.
  storage_account_type          = "Premium_LRS"
  create_option                 = "Empty"
  disk_size_gb                  = 20
  public_network_access_enabled = false
  network_access_policy         = "DenyAll"

  tags = {
    "provision-deployment" = "orders"
    "provision-address"    = "azurerm_managed_disk.search_master_2"
  }
}

resource "azurerm_linux_virtual_machine" "search_master_2" {
  name                  = "orders-search-master-2"
  location              = azurerm_resource_group.main.location
  resource_group_name   = azurerm_resource_group.main.name
  zone                  = "3"
  size                  = "Standard_B2s"
  network_interface_ids = [azurerm_network_interface.search_master_2.id]
  user_data             = filebase64("${path.module}/hosts/search-master/user-data.gz")

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
    identity_ids = [azurerm_user_assigned_identity.search_master.id]
  }

  # What runs on it comes with its user data, and by no other way.
  allow_extension_operations = false

  boot_diagnostics {}

  tags = {
    "provision-deployment" = "orders"
    "provision-address"    = "azurerm_linux_virtual_machine.search_master_2"
    "provision-component"  = "search-master"
    "provision-instance"   = "2"
    "provision-values"     = azurerm_key_vault.values.vault_uri
  }

  depends_on = [
    azurerm_network_interface_security_group_association.search_master_2,
    # One after the other: two members of a quorum never change at once.
    azurerm_virtual_machine_data_disk_attachment.search_master_1,
  ]
}

resource "azurerm_virtual_machine_data_disk_attachment" "search_master_2" {
  managed_disk_id    = azurerm_managed_disk.search_master_2.id
  virtual_machine_id = azurerm_linux_virtual_machine.search_master_2.id
  lun                = 0
  caching            = "ReadOnly"
}

# What the machines read at boot.

resource "azurerm_key_vault_secret" "search_addresses" {
  name         = "search--addresses"
  key_vault_id = azurerm_key_vault.values.id
  content_type = "text/plain"
  value        = "http://${azurerm_network_interface.search_data_0.private_ip_address}:9200,http://${azurerm_network_interface.search_data_1.private_ip_address}:9200,http://${azurerm_network_interface.search_data_2.private_ip_address}:9200"

  tags = {
    "provision-deployment" = "orders"
    "provision-address"    = "azurerm_key_vault_secret.search_addresses"
  }

  depends_on = [azurerm_role_assignment.operator_values]
}

resource "azurerm_key_vault_secret" "search_seeds" {
  name         = "search--seeds"
  key_vault_id = azurerm_key_vault.values.id
  content_type = "text/plain"
  value        = "${azurerm_network_interface.search_master_0.private_ip_address}:9300,${azurerm_network_interface.search_master_1.private_ip_address}:9300,${azurerm_network_interface.search_master_2.private_ip_address}:9300"

  tags = {
    "provision-deployment" = "orders"
    "provision-address"    = "azurerm_key_vault_secret.search_seeds"
  }

  depends_on = [azurerm_role_assignment.operator_values]
}
