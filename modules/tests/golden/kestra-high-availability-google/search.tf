# The search cluster, on machines in every zone: Google Cloud does not run it as a service.

# search-data-0, in europe-west4-a. Its address and its disk outlive the machine.

resource "google_compute_address" "search_data_0" {
  name         = "orders-search-data-0"
  address_type = "INTERNAL"
  subnetwork   = google_compute_subnetwork.private.id

  labels = {
    "provision-deployment" = "orders"
  }
}

resource "google_compute_disk" "search_data_0" {
  name                           = "orders-search-data-0"
  zone                           = "europe-west4-a"
  type                           = "pd-balanced"
  size                           = 200
  create_snapshot_before_destroy = true

  labels = {
    "provision-deployment" = "orders"
  }
}

resource "google_compute_instance" "search_data_0" {
  name                      = "orders-search-data-0"
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
    source      = google_compute_disk.search_data_0.id
    device_name = "data"
  }

  network_interface {
    subnetwork = google_compute_subnetwork.private.id
    network_ip = google_compute_address.search_data_0.address
  }

  service_account {
    email  = google_service_account.search_data.email
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
    user-data = file("${path.module}/hosts/search-data/cloud-init.yaml")
    provision-values = jsonencode({
      "search/seeds" = "${google_compute_address.search_master_0.address}:9300,${google_compute_address.search_master_1.address}:9300,${google_compute_address.search_master_2.address}:9300"
    })
    provision-instance     = "0"
    enable-oslogin         = "TRUE"
    block-project-ssh-keys = "TRUE"
    serial-port-enable     = "FALSE"
  }

  labels = {
    "provision-deployment" = "orders"
    "provision-component"  = "search-data"
    "provision-instance"   = "0"
  }
}

# search-data-1, in europe-west4-b. Its address and its disk outlive the machine.

resource "google_compute_address" "search_data_1" {
  name         = "orders-search-data-1"
  address_type = "INTERNAL"
  subnetwork   = google_compute_subnetwork.private.id

  labels = {
    "provision-deployment" = "orders"
  }
}

resource "google_compute_disk" "search_data_1" {
  name                           = "orders-search-data-1"
  zone                           = "europe-west4-b"
  type                           = "pd-balanced"
  size                           = 200
  create_snapshot_before_destroy = true

  labels = {
    "provision-deployment" = "orders"
  }
}

resource "google_compute_instance" "search_data_1" {
  name                      = "orders-search-data-1"
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
    source      = google_compute_disk.search_data_1.id
    device_name = "data"
  }

  network_interface {
    subnetwork = google_compute_subnetwork.private.id
    network_ip = google_compute_address.search_data_1.address
  }

  service_account {
    email  = google_service_account.search_data.email
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
    user-data = file("${path.module}/hosts/search-data/cloud-init.yaml")
    provision-values = jsonencode({
      "search/seeds" = "${google_compute_address.search_master_0.address}:9300,${google_compute_address.search_master_1.address}:9300,${google_compute_address.search_master_2.address}:9300"
    })
    provision-instance     = "1"
    enable-oslogin         = "TRUE"
    block-project-ssh-keys = "TRUE"
    serial-port-enable     = "FALSE"
  }

  labels = {
    "provision-deployment" = "orders"
    "provision-component"  = "search-data"
    "provision-instance"   = "1"
  }

  # One after the other: two members of a quorum never change at once.
  depends_on = [google_compute_instance.search_data_0]
}

# search-data-2, in europe-west4-c. Its address and its disk outlive the machine.

resource "google_compute_address" "search_data_2" {
  name         = "orders-search-data-2"
  address_type = "INTERNAL"
  subnetwork   = google_compute_subnetwork.private.id

  labels = {
    "provision-deployment" = "orders"
  }
}

resource "google_compute_disk" "search_data_2" {
  name                           = "orders-search-data-2"
  zone                           = "europe-west4-c"
  type                           = "pd-balanced"
  size                           = 200
  create_snapshot_before_destroy = true

  labels = {
    "provision-deployment" = "orders"
  }
}

resource "google_compute_instance" "search_data_2" {
  name                      = "orders-search-data-2"
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
    source      = google_compute_disk.search_data_2.id
    device_name = "data"
  }

  network_interface {
    subnetwork = google_compute_subnetwork.private.id
    network_ip = google_compute_address.search_data_2.address
  }

  service_account {
    email  = google_service_account.search_data.email
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
    user-data = file("${path.module}/hosts/search-data/cloud-init.yaml")
    provision-values = jsonencode({
      "search/seeds" = "${google_compute_address.search_master_0.address}:9300,${google_compute_address.search_master_1.address}:9300,${google_compute_address.search_master_2.address}:9300"
    })
    provision-instance     = "2"
    enable-oslogin         = "TRUE"
    block-project-ssh-keys = "TRUE"
    serial-port-enable     = "FALSE"
  }

  labels = {
    "provision-deployment" = "orders"
    "provision-component"  = "search-data"
    "provision-instance"   = "2"
  }

  # One after the other: two members of a quorum never change at once.
  depends_on = [google_compute_instance.search_data_1]
}

# search-master-0, in europe-west4-a. Its address and its disk outlive the machine.

resource "google_compute_address" "search_master_0" {
  name         = "orders-search-master-0"
  address_type = "INTERNAL"
  subnetwork   = google_compute_subnetwork.private.id

  labels = {
    "provision-deployment" = "orders"
  }
}

resource "google_compute_disk" "search_master_0" {
  name                           = "orders-search-master-0"
  zone                           = "europe-west4-a"
  type                           = "pd-balanced"
  size                           = 20
  create_snapshot_before_destroy = true

  labels = {
    "provision-deployment" = "orders"
  }
}

resource "google_compute_instance" "search_master_0" {
  name                      = "orders-search-master-0"
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
    source      = google_compute_disk.search_master_0.id
    device_name = "data"
  }

  network_interface {
    subnetwork = google_compute_subnetwork.private.id
    network_ip = google_compute_address.search_master_0.address
  }

  service_account {
    email  = google_service_account.search_master.email
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
    user-data = file("${path.module}/hosts/search-master/cloud-init.yaml")
    provision-values = jsonencode({
      "search/seeds" = "${google_compute_address.search_master_0.address}:9300,${google_compute_address.search_master_1.address}:9300,${google_compute_address.search_master_2.address}:9300"
    })
    provision-instance     = "0"
    enable-oslogin         = "TRUE"
    block-project-ssh-keys = "TRUE"
    serial-port-enable     = "FALSE"
  }

  labels = {
    "provision-deployment" = "orders"
    "provision-component"  = "search-master"
    "provision-instance"   = "0"
  }
}

# search-master-1, in europe-west4-b. Its address and its disk outlive the machine.

resource "google_compute_address" "search_master_1" {
  name         = "orders-search-master-1"
  address_type = "INTERNAL"
  subnetwork   = google_compute_subnetwork.private.id

  labels = {
    "provision-deployment" = "orders"
  }
}

resource "google_compute_disk" "search_master_1" {
  name                           = "orders-search-master-1"
  zone                           = "europe-west4-b"
  type                           = "pd-balanced"
  size                           = 20
  create_snapshot_before_destroy = true

  labels = {
    "provision-deployment" = "orders"
  }
}

resource "google_compute_instance" "search_master_1" {
  name                      = "orders-search-master-1"
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
    source      = google_compute_disk.search_master_1.id
    device_name = "data"
  }

  network_interface {
    subnetwork = google_compute_subnetwork.private.id
    network_ip = google_compute_address.search_master_1.address
  }

  service_account {
    email  = google_service_account.search_master.email
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
    user-data = file("${path.module}/hosts/search-master/cloud-init.yaml")
    provision-values = jsonencode({
      "search/seeds" = "${google_compute_address.search_master_0.address}:9300,${google_compute_address.search_master_1.address}:9300,${google_compute_address.search_master_2.address}:9300"
    })
    provision-instance     = "1"
    enable-oslogin         = "TRUE"
    block-project-ssh-keys = "TRUE"
    serial-port-enable     = "FALSE"
  }

  labels = {
    "provision-deployment" = "orders"
    "provision-component"  = "search-master"
    "provision-instance"   = "1"
  }

  # One after the other: two members of a quorum never change at once.
  depends_on = [google_compute_instance.search_master_0]
}

# search-master-2, in europe-west4-c. Its address and its disk outlive the machine.

resource "google_compute_address" "search_master_2" {
  name         = "orders-search-master-2"
  address_type = "INTERNAL"
  subnetwork   = google_compute_subnetwork.private.id

  labels = {
    "provision-deployment" = "orders"
  }
}

resource "google_compute_disk" "search_master_2" {
  name                           = "orders-search-master-2"
  zone                           = "europe-west4-c"
  type                           = "pd-balanced"
  size                           = 20
  create_snapshot_before_destroy = true

  labels = {
    "provision-deployment" = "orders"
  }
}

resource "google_compute_instance" "search_master_2" {
  name                      = "orders-search-master-2"
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
    source      = google_compute_disk.search_master_2.id
    device_name = "data"
  }

  network_interface {
    subnetwork = google_compute_subnetwork.private.id
    network_ip = google_compute_address.search_master_2.address
  }

  service_account {
    email  = google_service_account.search_master.email
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
    user-data = file("${path.module}/hosts/search-master/cloud-init.yaml")
    provision-values = jsonencode({
      "search/seeds" = "${google_compute_address.search_master_0.address}:9300,${google_compute_address.search_master_1.address}:9300,${google_compute_address.search_master_2.address}:9300"
    })
    provision-instance     = "2"
    enable-oslogin         = "TRUE"
    block-project-ssh-keys = "TRUE"
    serial-port-enable     = "FALSE"
  }

  labels = {
    "provision-deployment" = "orders"
    "provision-component"  = "search-master"
    "provision-instance"   = "2"
  }

  # One after the other: two members of a quorum never change at once.
  depends_on = [google_compute_instance.search_master_1]
}
