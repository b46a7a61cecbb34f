terraform {
  required_version = ">= 1.11"
}

provider "aws" {
  region = var.region
}

variable "region" {
  description = "Where it all stands."
  type        = string
  default     = "eu-west-1"
}

variable "size" {
  type    = string
  default = "m7i.large"

  validation {
    condition     = can(regex("^[a-z0-9]+\\.[a-z0-9]+$", var.size))
    error_message = "An instance type is needed, not ${var.size}."
  }
}

variable "database_password" {
  type      = string
  sensitive = true
  default   = "correct horse battery staple"
}

locals {
  deployment = "web"
  subnets    = [aws_subnet.a.id, aws_subnet.b.id, aws_subnet.c.id]
  assume = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = ["sts:AssumeRole"]
      Principal = { Service = ["ec2.amazonaws.com"] }
    }]
  })
}
