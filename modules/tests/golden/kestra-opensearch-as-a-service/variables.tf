variable "client_range" {
  description = "Who may reach the load balancer, as an address range; it has no public address."
  type        = string
  default     = "10.0.0.0/16"

  validation {
    condition     = can(regex("^[0-9]+\\.[0-9]+\\.[0-9]+\\.[0-9]+/[0-9]+$", var.client_range))
    error_message = "An address range is written like 10.0.0.0/16."
  }
}

variable "deletion_protection" {
  description = "Whether the cloud refuses to delete the database and the load balancer. Turn it off to destroy the deployment."
  type        = bool
  default     = true
}

variable "log_retention_days" {
  description = "How many days logs are kept."
  type        = number
  default     = 365

  validation {
    condition     = contains([7, 14, 30, 60, 90, 120, 180, 365, 731, 1827, 3653], var.log_retention_days)
    error_message = "The cloud keeps logs for 7, 14, 30, 60, 90, 120, 180, 365, 731, 1827 or 3653 days."
  }
}
