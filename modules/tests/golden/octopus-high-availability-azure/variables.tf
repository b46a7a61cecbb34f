variable "client_range" {
  description = "Who may reach the load balancer, as an address range; it has no public address."
  type        = string
  default     = "10.0.0.0/16"

  validation {
    condition     = can(regex("^[0-9]+\\.[0-9]+\\.[0-9]+\\.[0-9]+/[0-9]+$", var.client_range))
    error_message = "An address range is written like 10.0.0.0/16."
  }
}

variable "operator_id" {
  description = "Object id of who applies this: it may write into the vaults."
  type        = string

  validation {
    condition     = can(regex("^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$", var.operator_id))
    error_message = "An object id is written like 01234567-89ab-cdef-0123-456789abcdef."
  }
}

variable "operator_range" {
  description = "Address or range that this is applied from: from outside of the network the vaults let nobody else in."
  type        = string

  validation {
    condition     = can(regex("^[0-9]+\\.[0-9]+\\.[0-9]+\\.[0-9]+(/[0-9]+)?$", var.operator_range))
    error_message = "An address is written like 198.51.100.7, a range like 198.51.100.0/24."
  }
}

variable "ssh_public_key" {
  description = "Azure makes no machine without a key of its operators; no port is open for it."
  type        = string

  validation {
    condition     = can(regex("^ssh-(rsa|ed25519) ", var.ssh_public_key))
    error_message = "A public key begins with ssh-rsa or ssh-ed25519."
  }
}

variable "secrets_vault_id" {
  description = "Id of the key vault that holds the secrets which were there before, like the licence."
  type        = string

  validation {
    condition     = can(regex("^/subscriptions/.+/providers/Microsoft.KeyVault/vaults/[0-9A-Za-z-]+$", var.secrets_vault_id))
    error_message = "A vault's id is written like /subscriptions/.../providers/Microsoft.KeyVault/vaults/NAME."
  }
}
