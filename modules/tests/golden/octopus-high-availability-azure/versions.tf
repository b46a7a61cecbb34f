# Deployment `releases`, rendered by provision. README.md says how to apply and how to change it.

terraform {
  # Write-only arguments came with 1.11.
  required_version = ">= 1.11"

  required_providers {
    azurerm = {
      source  = "hashicorp/azurerm"
      version = ">= 4.55, < 5.0"
    }
  }
}

# The subscription comes from ARM_SUBSCRIPTION_ID in the environment.
provider "azurerm" {
  # Nobody logs in to storage with a key.
  storage_use_azuread = true

  features {
    key_vault {
      # What was destroyed by mistake can be had back.
      purge_soft_delete_on_destroy          = false
      purge_soft_deleted_secrets_on_destroy = false
    }

    storage {
      # Storage is reached from inside of the network only.
      data_plane_available = false
    }

    virtual_machine_scale_set {
      # A change of host files is a pending roll, not done in passing.
      roll_instances_when_required = false
    }
  }
}
