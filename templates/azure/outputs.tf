{% if balancer %}
output "address" {
{% if hostname %}
  description = "Where users find the deployment."
  value = "{{ scheme }}://{{ hostname }}"
{% else %}
  description = "Where users find the deployment; point a name of your own at it."
  value = {{ url }}
{% endif %}
}

{% if agents %}
output "agents_address" {
  description = "Where connections are passed through to: agents that poll connect here."
  value = {{ agents }}
}

{% endif %}
{% if reader %}
output "certificate_reader" {
  description = "Give this identity the role Key Vault Secrets User on the vault of the certificate."
  value = {{ reader }}
}

{% endif %}
{% endif %}
{% for server in servers %}
output "database_{{ server.name }}" {
  description = "The database server that machines connect to."
  value = {{ server.address }}
}

{% if cluster and has_password %}
output "database_{{ server.name }}_secret" {
  description = "What the vault calls the password."
  value = azurerm_key_vault_secret.database_password.name
}

{% endif %}
{% endfor %}
{% if kafka %}
output "kafka_brokers" {
  description = "The brokers that clients begin with."
  value = azurerm_key_vault_secret.kafka_brokers.value
  sensitive = true
}

{% endif %}
{% if search %}
output "search_addresses" {
  description = "Where the search cluster answers."
  value = azurerm_key_vault_secret.search_addresses.value
  sensitive = true
}

{% endif %}
{% if storage %}
output "storage_bucket" {
  description = "The container that holds the platform's files."
{% if cluster %}
  value = azurerm_storage_container.storage.name
{% else %}
  value = azurerm_storage_container.storage.id
{% endif %}
}

{% if cluster %}
output "storage_endpoint" {
  description = "Where the container's account answers."
  value = azurerm_storage_account.storage.primary_blob_endpoint
}

output "storage_account" {
  description = "The container's account."
  value = azurerm_storage_account.storage.name
}

{% endif %}

{% endif %}
{% if shared_files %}
output "shared_files" {
{% if cluster %}
  description = "The account of the share that pods mount."
  value = azurerm_storage_account.files.name
{% else %}
  description = "The share that machines mount."
  value = azurerm_storage_share.main.id
{% endif %}
}

{% endif %}
{% if cluster %}
output "cluster" {
  description = "The cluster that the components run in."
  value = azurerm_kubernetes_cluster.main.name
}

output "resource_group" {
  description = "The resource group that everything stands in."
  value = azurerm_resource_group.main.name
}

output "secrets_vault" {
  description = "Where secrets are kept."
  value = azurerm_key_vault.secrets.vault_uri
}

{% if existing_vault %}
output "existing_vault" {
  description = "Where secrets are kept that were there before."
  value = "https://${local.secrets_vault}.vault.azure.net/"
}

{% endif %}
{% for it in identities %}
output "identity_{{ it.local }}" {
  description = "What the pods of {{ it.name }} act as."
  value = azurerm_user_assigned_identity.{{ it.local | ident }}.client_id
}

{% endfor %}
{% if entry %}
output "entry_address" {
  description = "Where the cluster's own load balancer answers."
  value = {{ entry }}
}

output "client_range" {
  description = "Who may connect to the load balancer."
  value = var.client_range
}

{% endif %}
{% if passes_publicly %}
output "public_address_name" {
  description = "The public address of the connections that are passed on as they come."
  value = azurerm_public_ip.main.name
}

{% endif %}
{% endif %}
