variable "deletion_protection" {
  description = "Whether the cloud refuses to delete what holds data. Turn it off to destroy the deployment."
  type        = bool
  default     = true
}

variable "project_number" {
  description = "The project's number: the cloud's own account for clusters is named by it."
  type        = string

  validation {
    condition     = can(regex("^[0-9]+$", var.project_number))
    error_message = "A project's number is written like 123456789012."
  }
}

variable "cluster_clients" {
  description = "Who may reach the cluster's interface, as an address range; its own network by default."
  type        = string
  default     = "10.0.0.0/16"

  validation {
    condition     = can(regex("^[0-9]+\\.[0-9]+\\.[0-9]+\\.[0-9]+/[0-9]+$", var.cluster_clients))
    error_message = "An address range is written like 10.0.0.0/16."
  }
}

variable "cluster_is_public" {
  description = "Whether the cluster's interface has a public address, too, for whom cluster_clients names."
  type        = bool
  default     = false
}
