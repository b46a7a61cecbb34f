output "kafka_brokers" {
  description = "The brokers that clients begin with."
  value       = "${google_compute_address.kafka_broker_0.address}:9092,${google_compute_address.kafka_broker_1.address}:9092,${google_compute_address.kafka_broker_2.address}:9092,${google_compute_address.kafka_broker_3.address}:9092,${google_compute_address.kafka_broker_4.address}:9092,${google_compute_address.kafka_broker_5.address}:9092"
}

output "storage_bucket" {
  description = "The bucket that holds the platform's files."
  value       = google_storage_bucket.storage.name
}
