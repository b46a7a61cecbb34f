{% if filters_clients %}
variable "client_range" {
  description = "Who may reach the load balancer, as an address range; the whole internet by default."
  type = string
  default = "{{ common.clients }}"

  validation {
    condition = can(regex("^[0-9]+\\.[0-9]+\\.[0-9]+\\.[0-9]+/[0-9]+$", var.client_range))
    error_message = "An address range is written like 10.0.0.0/16."
  }
}

{% endif %}
{% if asks_for_proxies %}
variable "proxy_range" {
  description = "The range of the network's proxy-only subnet in this region: the internal load balancer connects from there."
  type = string
  default = "10.0.0.0/8"

  validation {
    condition = can(regex("^[0-9]+\\.[0-9]+\\.[0-9]+\\.[0-9]+/[0-9]+$", var.proxy_range))
    error_message = "An address range is written like 10.0.0.0/16."
  }
}

{% endif %}
{% if common.holds_data %}
variable "deletion_protection" {
  description = "Whether the cloud refuses to delete what holds data. Turn it off to destroy the deployment."
  type = bool
  default = true
}

{% endif %}
{% if cluster_clients %}
variable "project_number" {
  description = "The project's number: the cloud's own account for clusters is named by it."
  type = string

  validation {
    condition = can(regex("^[0-9]+$", var.project_number))
    error_message = "A project's number is written like 123456789012."
  }
}

variable "cluster_clients" {
  description = "Who may reach the cluster's interface, as an address range; its own network by default."
  type = string
  default = "{{ cluster_clients }}"

  validation {
    condition = can(regex("^[0-9]+\\.[0-9]+\\.[0-9]+\\.[0-9]+/[0-9]+$", var.cluster_clients))
    error_message = "An address range is written like 10.0.0.0/16."
  }
}

variable "cluster_is_public" {
  description = "Whether the cluster's interface has a public address, too, for whom cluster_clients names."
  type = bool
  default = false
}

{% endif %}
{% if asks_for_ranges %}
variable "pods_range" {
  description = "What the subnet calls its secondary range for pods."
  type = string
}

variable "services_range" {
  description = "What the subnet calls its secondary range for a cluster's services."
  type = string
}

{% endif %}
{% if database %}
variable "database_password" {
  description = "The database's password. Set TF_VAR_database_password; it is written into no file, no plan and no state."
  type = string
  sensitive = true
  ephemeral = true

  validation {
    condition = length(var.database_password) >= 16
    error_message = "It has 16 characters or more."
  }
}

variable "database_password_version" {
  description = "Raise it to put another password into the database and into Secret Manager."
  type = number
  default = 1
}
{% endif %}
