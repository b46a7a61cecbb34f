variable "client_range" {
  description = "Who may reach the load balancer, as an address range; the whole internet by default."
  type        = string
  default     = "0.0.0.0/0"

  validation {
    condition     = can(regex("^[0-9]+\\.[0-9]+\\.[0-9]+\\.[0-9]+/[0-9]+$", var.client_range))
    error_message = "An address range is written like 10.0.0.0/16."
  }
}

variable "deletion_protection" {
  description = "Whether the cloud refuses to delete what holds data. Turn it off to destroy the deployment."
  type        = bool
  default     = true
}

variable "database_password" {
  description = "The database's password. Set TF_VAR_database_password; it is written into no file, no plan and no state."
  type        = string
  sensitive   = true
  ephemeral   = true

  validation {
    condition     = length(var.database_password) >= 16
    error_message = "It has 16 characters or more."
  }
}

variable "database_password_version" {
  description = "Raise it to put another password into the database and into Secret Manager."
  type        = number
  default     = 1
}
