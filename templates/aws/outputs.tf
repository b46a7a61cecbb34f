{% if balancer %}
output "address" {
{% if hostname %}
  description = "Where users find the deployment."
  value = "{{ scheme }}://{{ hostname }}"
{% else %}
  description = "Where users find the deployment; point a name of your own at it."
  value = "{{ scheme }}://${aws_lb.main.dns_name}"
{% endif %}
}

{% endif %}
{% for server in database_servers %}
output "database_{{ server }}" {
  description = "The database server that machines connect to."
  value = aws_db_instance.{{ server | ident }}.address
}

{% if cluster %}
output "database_{{ server }}_secret" {
  description = "Where the database service keeps the password."
  value = aws_db_instance.{{ server | ident }}.master_user_secret[0].secret_arn
}

{% endif %}
{% endfor %}
{% if kafka %}
output "kafka_brokers" {
  description = "The brokers that clients begin with."
  value = aws_ssm_parameter.kafka_brokers.value
  sensitive = true
}

{% endif %}
{% if search %}
output "search_addresses" {
  description = "Where the search cluster answers."
  value = aws_ssm_parameter.search_addresses.value
  sensitive = true
}

{% endif %}
{% if storage %}
output "storage_bucket" {
  description = "The bucket that holds the platform's files."
  value = aws_s3_bucket.storage.bucket
}

{% endif %}
{% if shared_files %}
output "shared_files" {
  description = "The file system that machines mount."
  value = aws_efs_file_system.main.id
}

{% endif %}
{% if cluster %}
output "cluster" {
  description = "The cluster that the components run in."
  value = aws_eks_cluster.main.name
}
{% endif %}
