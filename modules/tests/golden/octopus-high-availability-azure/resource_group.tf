# Everything of the deployment stands in one resource group.

resource "azurerm_resource_group" "main" {
  name     = "releases"
  location = "northeurope"

  tags = {
    "provision-deployment" = "releases"
    "provision-address"    = "azurerm_resource_group.main"
  }
}

locals {
  # Nobody in the whole cloud may have a vault, a storage account or a database of the same name: the first digits of the
  # subscription make ours different.
  unique = regex("[0-9a-f]{8}", azurerm_resource_group.main.id)
}
