variable "deletion_protection" {
  description = "Whether the cloud refuses to delete what holds data. Turn it off to destroy the deployment."
  type        = bool
  default     = true
}
