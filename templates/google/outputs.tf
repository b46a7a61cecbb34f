{% if address %}
output "address" {
{% if common.hostname %}
  description = "Where users find the deployment."
  value = "{{ common.scheme }}://{{ common.hostname }}"
{% else %}
  description = "Where users find the deployment; point a name of your own at it."
  value = {{ address }}
{% endif %}
}

{% endif %}
{% for server in common.database_servers %}
output "database_{{ server }}" {
  description = "The database server that machines connect to."
  value = google_sql_database_instance.{{ server | ident }}.private_ip_address
}

{% if project %}
output "database_{{ server }}_secret" {
  description = "Where user and password are kept."
  value = google_secret_manager_secret.database.secret_id
}

{% endif %}
{% endfor %}
{% if kafka_brokers %}
output "kafka_brokers" {
  description = "The brokers that clients begin with."
  value = {{ kafka_brokers }}
}

{% endif %}
{% if search_addresses %}
output "search_addresses" {
  description = "Where the search cluster answers."
  value = {{ search_addresses }}
}

{% endif %}
{% if common.storage %}
output "storage_bucket" {
  description = "The bucket that holds the platform's files."
  value = google_storage_bucket.storage.name
}

{% endif %}
{% if common.shared_files %}
output "shared_files" {
  description = "The file system that machines mount."
  value = google_filestore_instance.main.id
}

{% if project %}
output "shared_files_address" {
  description = "Where the file system answers."
  value = google_filestore_instance.main.networks[0].ip_addresses[0]
}

{% endif %}
{% endif %}
{% if project %}
output "cluster" {
  description = "The cluster that the components run in."
  value = google_container_cluster.main.name
}

output "cluster_is_public" {
  description = "Whether the cluster's interface has a public address."
  value = var.cluster_is_public
}

output "project" {
  description = "The project that everything stands in."
  value = {{ project }}
}

{% for it in identities %}
output "identity_{{ it.local }}" {
  description = "What the pods of {{ it.name }} act as."
  value = google_service_account.{{ it.local | ident }}.email
}

{% endfor %}
{% endif %}
