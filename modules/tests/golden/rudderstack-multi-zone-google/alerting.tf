# The machines that watch the others and tell who is on call: Prometheus and Alertmanager, a pair in two zones where the
# deployment is highly available.

# monitoring-0, in europe-west4-a. Its address and its disk outlive the machine.

resource "google_compute_address" "monitoring_0" {
  name         = "clicks-monitoring-0"
  address_type = "INTERNAL"
  subnetwork   = google_compute_subnetwork.private.id

  labels = {
    "provision-deployment" = "clicks"
  }
}

resource "google_compute_disk" "monitoring_0" {
  name                           = "clicks-monitoring-0"
  zone                           = "europe-west4-a"
  type                           = "pd-balanced"
  size                           = 50
  create_snapshot_before_destroy = true

  labels = {
    "provision-deployment" = "clicks"
  }
}

resource "google_compute_instance" "monitoring_0" {
  name                      = "clicks-monitoring-0"
  zone                      = "europe-west4-a"
  machine_type              = "e2-medium"
  allow_stopping_for_update = true

  boot_disk {
    initialize_params {
      image = "projects/ubuntu-os-cloud/global/images/family/ubuntu-2404-lts-amd64"
      type  = "pd-balanced"
      size  = 20
    }
  }

  attached_disk {
    source      = google_compute_disk.monitoring_0.id
    device_name = "data"
  }

  network_interface {
    subnetwork = google_compute_subnetwork.private.id
    network_ip = google_compute_address.monitoring_0.address
  }

  service_account {
    email  = google_service_account.monitoring.email
    scopes = ["cloud-platform"]
  }

  scheduling {
    automatic_restart   = true
    on_host_maintenance = "MIGRATE"
  }

  shielded_instance_config {
    enable_secure_boot          = true
    enable_vtpm                 = true
    enable_integrity_monitoring = true
  }

  metadata = {
    user-data = file("${path.module}/hosts/monitoring/cloud-init.yaml")
    provision-values = jsonencode({
      "transformer/address" = google_compute_address.transformer.address
      "database/0/host"     = google_sql_database_instance.server_0.private_ip_address
      "database/0/secret"   = google_secret_manager_secret.database.secret_id
      "database/1/host"     = google_sql_database_instance.server_1.private_ip_address
      "database/1/secret"   = google_secret_manager_secret.database.secret_id
      "database/2/host"     = google_sql_database_instance.server_2.private_ip_address
      "database/2/secret"   = google_secret_manager_secret.database.secret_id
      "storage/bucket"      = google_storage_bucket.storage.name
      "alerting/peers"      = "${google_compute_address.monitoring_0.address}:9094,${google_compute_address.monitoring_1.address}:9094"
    })
    provision-instance     = "0"
    enable-oslogin         = "TRUE"
    block-project-ssh-keys = "TRUE"
    serial-port-enable     = "FALSE"
  }

  labels = {
    "provision-deployment" = "clicks"
    "provision-component"  = "monitoring"
    "provision-instance"   = "0"
  }
}

# monitoring-1, in europe-west4-b. Its address and its disk outlive the machine.

resource "google_compute_address" "monitoring_1" {
  name         = "clicks-monitoring-1"
  address_type = "INTERNAL"
  subnetwork   = google_compute_subnetwork.private.id

  labels = {
    "provision-deployment" = "clicks"
  }
}

resource "google_compute_disk" "monitoring_1" {
  name                           = "clicks-monitoring-1"
  zone                           = "europe-west4-b"
  type                           = "pd-balanced"
  size                           = 50
  create_snapshot_before_destroy = true

  labels = {
    "provision-deployment" = "clicks"
  }
}

resource "google_compute_instance" "monitoring_1" {
  name                      = "clicks-monitoring-1"
  zone                      = "europe-west4-b"
  machine_type              = "e2-medium"
  allow_stopping_for_update = true

  boot_disk {
    initialize_params {
      image = "projects/ubuntu-os-cloud/global/images/family/ubuntu-2404-lts-amd64"
      type  = "pd-balanced"
      size  = 20
    }
  }

  attached_disk {
    source      = google_compute_disk.monitoring_1.id
    device_name = "data"
  }

  network_interface {
    subnetwork = google_compute_subnetwork.private.id
    network_ip = google_compute_address.monitoring_1.address
  }

  service_account {
    email  = google_service_account.monitoring.email
    scopes = ["cloud-platform"]
  }

  scheduling {
    automatic_restart   = true
    on_host_maintenance = "MIGRATE"
  }

  shielded_instance_config {
    enable_secure_boot          = true
    enable_vtpm                 = true
    enable_integrity_monitoring = true
  }

  metadata = {
    user-data = file("${path.module}/hosts/monitoring/cloud-init.yaml")
    provision-values = jsonencode({
      "transformer/address" = google_compute_address.transformer.address
      "database/0/host"     = google_sql_database_instance.server_0.private_ip_address
      "database/0/secret"   = google_secret_manager_secret.database.secret_id
      "database/1/host"     = google_sql_database_instance.server_1.private_ip_address
      "database/1/secret"   = google_secret_manager_secret.database.secret_id
      "database/2/host"     = google_sql_database_instance.server_2.private_ip_address
      "database/2/secret"   = google_secret_manager_secret.database.secret_id
      "storage/bucket"      = google_storage_bucket.storage.name
      "alerting/peers"      = "${google_compute_address.monitoring_0.address}:9094,${google_compute_address.monitoring_1.address}:9094"
    })
    provision-instance     = "1"
    enable-oslogin         = "TRUE"
    block-project-ssh-keys = "TRUE"
    serial-port-enable     = "FALSE"
  }

  labels = {
    "provision-deployment" = "clicks"
    "provision-component"  = "monitoring"
    "provision-instance"   = "1"
  }

  # One after the other: two members of a quorum never change at once.
  depends_on = [google_compute_instance.monitoring_0]
}
