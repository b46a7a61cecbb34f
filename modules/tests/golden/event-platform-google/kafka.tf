# kafka-broker-0, in europe-west4-a. Its address and its disk outlive the machine.

resource "google_compute_address" "kafka_broker_0" {
  name         = "events-kafka-broker-0"
  address_type = "INTERNAL"
  subnetwork   = google_compute_subnetwork.private.id

  labels = {
    "provision-deployment" = "events"
  }
}

resource "google_compute_disk" "kafka_broker_0" {
  name                           = "events-kafka-broker-0"
  zone                           = "europe-west4-a"
  type                           = "pd-balanced"
  size                           = 1000
  create_snapshot_before_destroy = true

  labels = {
    "provision-deployment" = "events"
  }
}

resource "google_compute_instance" "kafka_broker_0" {
  name                      = "events-kafka-broker-0"
  zone                      = "europe-west4-a"
  machine_type              = "n2-standard-2"
  allow_stopping_for_update = true

  boot_disk {
    initialize_params {
      image = "projects/ubuntu-os-cloud/global/images/family/ubuntu-2404-lts-amd64"
      type  = "pd-balanced"
      size  = 20
    }
  }

  attached_disk {
    source      = google_compute_disk.kafka_broker_0.id
    device_name = "data"
  }

  network_interface {
    subnetwork = google_compute_subnetwork.private.id
    network_ip = google_compute_address.kafka_broker_0.address
  }

  service_account {
    email  = google_service_account.kafka_broker.email
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
    user-data = file("${path.module}/hosts/kafka-broker/cloud-init.yaml")
    provision-values = jsonencode({
      "kafka/controllers" = "${google_compute_address.kafka_controller_0.address}:9093,${google_compute_address.kafka_controller_1.address}:9093,${google_compute_address.kafka_controller_2.address}:9093"
    })
    provision-instance     = "0"
    enable-oslogin         = "TRUE"
    block-project-ssh-keys = "TRUE"
    serial-port-enable     = "FALSE"
  }

  labels = {
    "provision-deployment" = "events"
    "provision-component"  = "kafka-broker"
    "provision-instance"   = "0"
  }
}

# kafka-broker-1, in europe-west4-b. Its address and its disk outlive the machine.

resource "google_compute_address" "kafka_broker_1" {
  name         = "events-kafka-broker-1"
  address_type = "INTERNAL"
  subnetwork   = google_compute_subnetwork.private.id

  labels = {
    "provision-deployment" = "events"
  }
}

resource "google_compute_disk" "kafka_broker_1" {
  name                           = "events-kafka-broker-1"
  zone                           = "europe-west4-b"
  type                           = "pd-balanced"
  size                           = 1000
  create_snapshot_before_destroy = true

  labels = {
    "provision-deployment" = "events"
  }
}

resource "google_compute_instance" "kafka_broker_1" {
  name                      = "events-kafka-broker-1"
  zone                      = "europe-west4-b"
  machine_type              = "n2-standard-2"
  allow_stopping_for_update = true

  boot_disk {
    initialize_params {
      image = "projects/ubuntu-os-cloud/global/images/family/ubuntu-2404-lts-amd64"
      type  = "pd-balanced"
      size  = 20
    }
  }

  attached_disk {
    source      = google_compute_disk.kafka_broker_1.id
    device_name = "data"
  }

  network_interface {
    subnetwork = google_compute_subnetwork.private.id
    network_ip = google_compute_address.kafka_broker_1.address
  }

  service_account {
    email  = google_service_account.kafka_broker.email
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
    user-data = file("${path.module}/hosts/kafka-broker/cloud-init.yaml")
    provision-values = jsonencode({
      "kafka/controllers" = "${google_compute_address.kafka_controller_0.address}:9093,${google_compute_address.kafka_controller_1.address}:9093,${google_compute_address.kafka_controller_2.address}:9093"
    })
    provision-instance     = "1"
    enable-oslogin         = "TRUE"
    block-project-ssh-keys = "TRUE"
    serial-port-enable     = "FALSE"
  }

  labels = {
    "provision-deployment" = "events"
    "provision-component"  = "kafka-broker"
    "provision-instance"   = "1"
  }

  # One after the other: two members of a quorum never change at once.
  depends_on = [google_compute_instance.kafka_broker_0]
}

# kafka-broker-2, in europe-west4-c. Its address and its disk outlive the machine.

resource "google_compute_address" "kafka_broker_2" {
  name         = "events-kafka-broker-2"
  address_type = "INTERNAL"
  subnetwork   = google_compute_subnetwork.private.id

  labels = {
    "provision-deployment" = "events"
  }
}

resource "google_compute_disk" "kafka_broker_2" {
  name                           = "events-kafka-broker-2"
  zone                           = "europe-west4-c"
  type                           = "pd-balanced"
  size                           = 1000
  create_snapshot_before_destroy = true

  labels = {
    "provision-deployment" = "events"
  }
}

resource "google_compute_instance" "kafka_broker_2" {
  name                      = "events-kafka-broker-2"
  zone                      = "europe-west4-c"
  machine_type              = "n2-standard-2"
  allow_stopping_for_update = true

  boot_disk {
    initialize_params {
      image = "projects/ubuntu-os-cloud/global/images/family/ubuntu-2404-lts-amd64"
      type  = "pd-balanced"
      size  = 20
    }
  }

  attached_disk {
    source      = google_compute_disk.kafka_broker_2.id
    device_name = "data"
  }

  network_interface {
    subnetwork = google_compute_subnetwork.private.id
    network_ip = google_compute_address.kafka_broker_2.address
  }

  service_account {
    email  = google_service_account.kafka_broker.email
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
    user-data = file("${path.module}/hosts/kafka-broker/cloud-init.yaml")
    provision-values = jsonencode({
      "kafka/controllers" = "${google_compute_address.kafka_controller_0.address}:9093,${google_compute_address.kafka_controller_1.address}:9093,${google_compute_address.kafka_controller_2.address}:9093"
    })
    provision-instance     = "2"
    enable-oslogin         = "TRUE"
    block-project-ssh-keys = "TRUE"
    serial-port-enable     = "FALSE"
  }

  labels = {
    "provision-deployment" = "events"
    "provision-component"  = "kafka-broker"
    "provision-instance"   = "2"
  }

  # One after the other: two members of a quorum never change at once.
  depends_on = [google_compute_instance.kafka_broker_1]
}

# kafka-broker-3, in europe-west4-a. Its address and its disk outlive the machine.

resource "google_compute_address" "kafka_broker_3" {
  name         = "events-kafka-broker-3"
  address_type = "INTERNAL"
  subnetwork   = google_compute_subnetwork.private.id

  labels = {
    "provision-deployment" = "events"
  }
}

resource "google_compute_disk" "kafka_broker_3" {
  name                           = "events-kafka-broker-3"
  zone                           = "europe-west4-a"
  type                           = "pd-balanced"
  size                           = 1000
  create_snapshot_before_destroy = true

  labels = {
    "provision-deployment" = "events"
  }
}

resource "google_compute_instance" "kafka_broker_3" {
  name                      = "events-kafka-broker-3"
  zone                      = "europe-west4-a"
  machine_type              = "n2-standard-2"
  allow_stopping_for_update = true

  boot_disk {
    initialize_params {
      image = "projects/ubuntu-os-cloud/global/images/family/ubuntu-2404-lts-amd64"
      type  = "pd-balanced"
      size  = 20
    }
  }

  attached_disk {
    source      = google_compute_disk.kafka_broker_3.id
    device_name = "data"
  }

  network_interface {
    subnetwork = google_compute_subnetwork.private.id
    network_ip = google_compute_address.kafka_broker_3.address
  }

  service_account {
    email  = google_service_account.kafka_broker.email
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
    user-data = file("${path.module}/hosts/kafka-broker/cloud-init.yaml")
    provision-values = jsonencode({
      "kafka/controllers" = "${google_compute_address.kafka_controller_0.address}:9093,${google_compute_address.kafka_controller_1.address}:9093,${google_compute_address.kafka_controller_2.address}:9093"
    })
    provision-instance     = "3"
    enable-oslogin         = "TRUE"
    block-project-ssh-keys = "TRUE"
    serial-port-enable     = "FALSE"
  }

  labels = {
    "provision-deployment" = "events"
    "provision-component"  = "kafka-broker"
    "provision-instance"   = "3"
  }

  # One after the other: two members of a quorum never change at once.
  depends_on = [google_compute_instance.kafka_broker_2]
}

# kafka-broker-4, in europe-west4-b. Its address and its disk outlive the machine.

resource "google_compute_address" "kafka_broker_4" {
  name         = "events-kafka-broker-4"
  address_type = "INTERNAL"
  subnetwork   = google_compute_subnetwork.private.id

  labels = {
    "provision-deployment" = "events"
  }
}

resource "google_compute_disk" "kafka_broker_4" {
  name                           = "events-kafka-broker-4"
  zone                           = "europe-west4-b"
  type                           = "pd-balanced"
  size                           = 1000
  create_snapshot_before_destroy = true

  labels = {
    "provision-deployment" = "events"
  }
}

resource "google_compute_instance" "kafka_broker_4" {
  name                      = "events-kafka-broker-4"
  zone                      = "europe-west4-b"
  machine_type              = "n2-standard-2"
  allow_stopping_for_update = true

  boot_disk {
    initialize_params {
      image = "projects/ubuntu-os-cloud/global/images/family/ubuntu-2404-lts-amd64"
      type  = "pd-balanced"
      size  = 20
    }
  }

  attached_disk {
    source      = google_compute_disk.kafka_broker_4.id
    device_name = "data"
  }

  network_interface {
    subnetwork = google_compute_subnetwork.private.id
    network_ip = google_compute_address.kafka_broker_4.address
  }

  service_account {
    email  = google_service_account.kafka_broker.email
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
    user-data = file("${path.module}/hosts/kafka-broker/cloud-init.yaml")
    provision-values = jsonencode({
      "kafka/controllers" = "${google_compute_address.kafka_controller_0.address}:9093,${google_compute_address.kafka_controller_1.address}:9093,${google_compute_address.kafka_controller_2.address}:9093"
    })
    provision-instance     = "4"
    enable-oslogin         = "TRUE"
    block-project-ssh-keys = "TRUE"
    serial-port-enable     = "FALSE"
  }

  labels = {
    "provision-deployment" = "events"
    "provision-component"  = "kafka-broker"
    "provision-instance"   = "4"
  }

  # One after the other: two members of a quorum never change at once.
  depends_on = [google_compute_instance.kafka_broker_3]
}

# kafka-broker-5, in europe-west4-c. Its address and its disk outlive the machine.

resource "google_compute_address" "kafka_broker_5" {
  name         = "events-kafka-broker-5"
  address_type = "INTERNAL"
  subnetwork   = google_compute_subnetwork.private.id

  labels = {
    "provision-deployment" = "events"
  }
}

resource "google_compute_disk" "kafka_broker_5" {
  name                           = "events-kafka-broker-5"
  zone                           = "europe-west4-c"
  type                           = "pd-balanced"
  size                           = 1000
  create_snapshot_before_destroy = true

  labels = {
    "provision-deployment" = "events"
  }
}

resource "google_compute_instance" "kafka_broker_5" {
  name                      = "events-kafka-broker-5"
  zone                      = "europe-west4-c"
  machine_type              = "n2-standard-2"
  allow_stopping_for_update = true

  boot_disk {
    initialize_params {
      image = "projects/ubuntu-os-cloud/global/images/family/ubuntu-2404-lts-amd64"
      type  = "pd-balanced"
      size  = 20
    }
  }

  attached_disk {
    source      = google_compute_disk.kafka_broker_5.id
    device_name = "data"
  }

  network_interface {
    subnetwork = google_compute_subnetwork.private.id
    network_ip = google_compute_address.kafka_broker_5.address
  }

  service_account {
    email  = google_service_account.kafka_broker.email
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
    user-data = file("${path.module}/hosts/kafka-broker/cloud-init.yaml")
    provision-values = jsonencode({
      "kafka/controllers" = "${google_compute_address.kafka_controller_0.address}:9093,${google_compute_address.kafka_controller_1.address}:9093,${google_compute_address.kafka_controller_2.address}:9093"
    })
    provision-instance     = "5"
    enable-oslogin         = "TRUE"
    block-project-ssh-keys = "TRUE"
    serial-port-enable     = "FALSE"
  }

  labels = {
    "provision-deployment" = "events"
    "provision-component"  = "kafka-broker"
    "provision-instance"   = "5"
  }

  # One after the other: two members of a quorum never change at once.
  depends_on = [google_compute_instance.kafka_broker_4]
}

# kafka-controller-0, in europe-west4-a. Its address and its disk outlive the machine.

resource "google_compute_address" "kafka_controller_0" {
  name         = "events-kafka-controller-0"
  address_type = "INTERNAL"
  subnetwork   = google_compute_subnetwork.private.id

  labels = {
    "provision-deployment" = "events"
  }
}

resource "google_compute_disk" "kafka_controller_0" {
  name                           = "events-kafka-controller-0"
  zone                           = "europe-west4-a"
  type                           = "pd-balanced"
  size                           = 64
  create_snapshot_before_destroy = true

  labels = {
    "provision-deployment" = "events"
  }
}

resource "google_compute_instance" "kafka_controller_0" {
  name                      = "events-kafka-controller-0"
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
    source      = google_compute_disk.kafka_controller_0.id
    device_name = "data"
  }

  network_interface {
    subnetwork = google_compute_subnetwork.private.id
    network_ip = google_compute_address.kafka_controller_0.address
  }

  service_account {
    email  = google_service_account.kafka_controller.email
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
    user-data = file("${path.module}/hosts/kafka-controller/cloud-init.yaml")
    provision-values = jsonencode({
      "kafka/controllers" = "${google_compute_address.kafka_controller_0.address}:9093,${google_compute_address.kafka_controller_1.address}:9093,${google_compute_address.kafka_controller_2.address}:9093"
    })
    provision-instance     = "0"
    enable-oslogin         = "TRUE"
    block-project-ssh-keys = "TRUE"
    serial-port-enable     = "FALSE"
  }

  labels = {
    "provision-deployment" = "events"
    "provision-component"  = "kafka-controller"
    "provision-instance"   = "0"
  }
}

# kafka-controller-1, in europe-west4-b. Its address and its disk outlive the machine.

resource "google_compute_address" "kafka_controller_1" {
  name         = "events-kafka-controller-1"
  address_type = "INTERNAL"
  subnetwork   = google_compute_subnetwork.private.id

  labels = {
    "provision-deployment" = "events"
  }
}

resource "google_compute_disk" "kafka_controller_1" {
  name                           = "events-kafka-controller-1"
  zone                           = "europe-west4-b"
  type                           = "pd-balanced"
  size                           = 64
  create_snapshot_before_destroy = true

  labels = {
    "provision-deployment" = "events"
  }
}

resource "google_compute_instance" "kafka_controller_1" {
  name                      = "events-kafka-controller-1"
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
    source      = google_compute_disk.kafka_controller_1.id
    device_name = "data"
  }

  network_interface {
    subnetwork = google_compute_subnetwork.private.id
    network_ip = google_compute_address.kafka_controller_1.address
  }

  service_account {
    email  = google_service_account.kafka_controller.email
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
    user-data = file("${path.module}/hosts/kafka-controller/cloud-init.yaml")
    provision-values = jsonencode({
      "kafka/controllers" = "${google_compute_address.kafka_controller_0.address}:9093,${google_compute_address.kafka_controller_1.address}:9093,${google_compute_address.kafka_controller_2.address}:9093"
    })
    provision-instance     = "1"
    enable-oslogin         = "TRUE"
    block-project-ssh-keys = "TRUE"
    serial-port-enable     = "FALSE"
  }

  labels = {
    "provision-deployment" = "events"
    "provision-component"  = "kafka-controller"
    "provision-instance"   = "1"
  }

  # One after the other: two members of a quorum never change at once.
  depends_on = [google_compute_instance.kafka_controller_0]
}

# kafka-controller-2, in europe-west4-c. Its address and its disk outlive the machine.

resource "google_compute_address" "kafka_controller_2" {
  name         = "events-kafka-controller-2"
  address_type = "INTERNAL"
  subnetwork   = google_compute_subnetwork.private.id

  labels = {
    "provision-deployment" = "events"
  }
}

resource "google_compute_disk" "kafka_controller_2" {
  name                           = "events-kafka-controller-2"
  zone                           = "europe-west4-c"
  type                           = "pd-balanced"
  size                           = 64
  create_snapshot_before_destroy = true

  labels = {
    "provision-deployment" = "events"
  }
}

resource "google_compute_instance" "kafka_controller_2" {
  name                      = "events-kafka-controller-2"
  zone                      = "europe-west4-c"
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
    source      = google_compute_disk.kafka_controller_2.id
    device_name = "data"
  }

  network_interface {
    subnetwork = google_compute_subnetwork.private.id
    network_ip = google_compute_address.kafka_controller_2.address
  }

  service_account {
    email  = google_service_account.kafka_controller.email
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
    user-data = file("${path.module}/hosts/kafka-controller/cloud-init.yaml")
    provision-values = jsonencode({
      "kafka/controllers" = "${google_compute_address.kafka_controller_0.address}:9093,${google_compute_address.kafka_controller_1.address}:9093,${google_compute_address.kafka_controller_2.address}:9093"
    })
    provision-instance     = "2"
    enable-oslogin         = "TRUE"
    block-project-ssh-keys = "TRUE"
    serial-port-enable     = "FALSE"
  }

  labels = {
    "provision-deployment" = "events"
    "provision-component"  = "kafka-controller"
    "provision-instance"   = "2"
  }

  # One after the other: two members of a quorum never change at once.
  depends_on = [google_compute_instance.kafka_controller_1]
}
