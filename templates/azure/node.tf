# {{ it.name }}, in zone {{ it.zone }}. Its address and its disk outlive the machine.

resource "azurerm_network_interface" "{{ it.address.local }}" {
  name = "{{ it.address.name }}"
  location = azurerm_resource_group.main.location
  resource_group_name = azurerm_resource_group.main.name

  ip_configuration {
    name = "main"
    subnet_id = {{ it.subnet }}
    private_ip_address_allocation = "Dynamic"
  }

  tags = {{ it.address.tags }}
}

resource "azurerm_network_interface_security_group_association" "{{ it.filter.local }}" {
  network_interface_id = azurerm_network_interface.{{ it.address.local | ident }}.id
  network_security_group_id = {{ it.filter_id }}
}

resource "azurerm_network_interface_application_security_group_association" "{{ it.member.local }}" {
  network_interface_id = azurerm_network_interface.{{ it.address.local | ident }}.id
  application_security_group_id = {{ it.group }}
}

{% if it.exit %}
resource "azurerm_network_interface_backend_address_pool_association" "{{ it.exit.association.local }}" {
  network_interface_id = azurerm_network_interface.{{ it.address.local | ident }}.id
  ip_configuration_name = "main"
  backend_address_pool_id = {{ it.exit.pool }}
}

{% endif %}
resource "azurerm_managed_disk" "{{ it.disk.local }}" {
  name = "{{ it.disk.name }}"
  location = azurerm_resource_group.main.location
  resource_group_name = azurerm_resource_group.main.name
  zone = "{{ it.zone }}"
  # Encrypted at rest by the cloud, always.
  storage_account_type = "Premium_LRS"
  create_option = "Empty"
  disk_size_gb = {{ it.storage_gb }}
  public_network_access_enabled = false
  network_access_policy = "DenyAll"

  tags = {{ it.disk.tags }}
}

resource "azurerm_linux_virtual_machine" "{{ it.machine.local }}" {
  name = "{{ it.machine.name }}"
  location = azurerm_resource_group.main.location
  resource_group_name = azurerm_resource_group.main.name
  zone = "{{ it.zone }}"
  size = "{{ it.machine_type }}"
  network_interface_ids = [azurerm_network_interface.{{ it.address.local | ident }}.id]
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
    storage_account_type = "Premium_LRS"
    disk_size_gb = 30
  }

  identity {
    type = "UserAssigned"
    identity_ids = [{{ it.identity }}]
  }

  # What runs on it comes with its user data, and by no other way.
  allow_extension_operations = false

  boot_diagnostics {}

  tags = {{ it.machine_tags }}

  depends_on = [
    azurerm_network_interface_security_group_association.{{ it.filter.local | ident }},
{% if it.after %}
    # One after the other: two members of a quorum never change at once.
    {{ it.after }},
{% endif %}
  ]
}

resource "azurerm_virtual_machine_data_disk_attachment" "{{ it.attachment.local }}" {
  managed_disk_id = azurerm_managed_disk.{{ it.disk.local | ident }}.id
  virtual_machine_id = azurerm_linux_virtual_machine.{{ it.machine.local | ident }}.id
  lun = 0
  caching = "ReadOnly"
}
