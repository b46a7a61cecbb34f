output "address" {
  description = "Where users find the deployment; point a name of your own at it."
  value       = "http://${google_compute_address.main.address}"
}

output "kafka_brokers" {
  description = "The brokers that clients begin with."
  value       = "${google_compute_address.kafka_broker_0.address}:9092,${google_compute_address.kafka_broker_1.address}:9092,${google_compute_address.kafka_broker_2.address}:9092"
}

output "search_addresses" {
  description = "Where the search cluster answers."
  value       = "http://${google_compute_address.search_data_0.address}:9200,http://${google_compute_address.search_data_1.address}:9200,http://${google_compute_address.search_data_2.address}:9200"
}

output "storage_bucket" {
  description = "The bucket that holds the platform's files."
  value       = google_storage_bucket.storage.name
}
