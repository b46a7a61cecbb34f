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
