# Deployment `orders`, rendered by provision. README.md says how to apply and how to change it.

terraform {
  # Write-only arguments came with 1.11.
  required_version = ">= 1.11"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 6.25, < 7.0"
    }
  }
}

provider "aws" {
  region = "eu-west-1"

  # The embedded engine's own: Terraform leaves them alone where it takes over.
  ignore_tags {
    keys = ["provision:engine", "provision:generation", "provision:kept"]
  }
}
