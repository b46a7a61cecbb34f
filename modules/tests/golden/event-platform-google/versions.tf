# Deployment `events`, rendered by provision. README.md says how to apply and how to change it.

terraform {
  # Write-only arguments came with 1.11.
  required_version = ">= 1.11"

  required_providers {
    google = {
      source  = "hashicorp/google"
      version = ">= 6.50, < 8.0"
    }
  }
}

# The project comes from GOOGLE_PROJECT or from the settings of gcloud.
provider "google" {
  region = "europe-west4"
}
