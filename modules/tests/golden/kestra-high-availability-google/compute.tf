# Machines. What a machine does stands in its user data, under hosts/; a change of it is rolled out, not done in passing:
# the groups start new machines from the newest template, and leave those that run alone.

# What the machines read at boot, from their own metadata: addresses, and no secrets.
locals {
  boot_values = jsonencode({
    "kafka/brokers"    = "${google_compute_address.kafka_broker_0.address}:9092,${google_compute_address.kafka_broker_1.address}:9092,${google_compute_address.kafka_broker_2.address}:9092"
    "search/addresses" = "http://${google_compute_address.search_data_0.address}:9200,http://${google_compute_address.search_data_1.address}:9200,http://${google_compute_address.search_data_2.address}:9200"
    "storage/bucket"   = google_storage_bucket.storage.name
  })
}

# webserver

resource "google_compute_region_instance_template" "webserver" {
  # Templates never change: the next one needs another name, and is there before this one goes.
  name_prefix  = "orders-webserver-"
  machine_type = "e2-medium"

  disk {
    source_image = "projects/ubuntu-os-cloud/global/images/family/ubuntu-2404-lts-amd64"
    boot         = true
    auto_delete  = true
    disk_type    = "pd-balanced"
    disk_size_gb = 50
    labels = {
      "provision-deployment" = "orders"
      "provision-component"  = "webserver"
    }
  }

  network_interface {
    subnetwork = google_compute_subnetwork.private.id
  }

  service_account {
    email = google_service_account.webserver.email
    # What it may do is decided by its roles.
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
    user-data              = file("${path.module}/hosts/webserver/cloud-init.yaml")
    provision-values       = local.boot_values
    enable-oslogin         = "TRUE"
    block-project-ssh-keys = "TRUE"
    serial-port-enable     = "FALSE"
  }

  labels = {
    "provision-deployment" = "orders"
    "provision-component"  = "webserver"
  }

  lifecycle {
    create_before_destroy = true
  }
}

# More patient than the load balancer: a machine leaves the traffic first, and is made anew only when it stays away.
resource "google_compute_region_health_check" "webserver_repair" {
  name                = "orders-webserver-repair"
  check_interval_sec  = 5
  timeout_sec         = 5
  healthy_threshold   = 1
  unhealthy_threshold = 6

  http_health_check {
    port         = 8081
    request_path = "/health"
  }
}

resource "google_compute_region_instance_group_manager" "webserver" {
  name               = "orders-webserver"
  base_instance_name = "orders-webserver"
  # Every zone, by name: a machine that is lost with its zone comes back in another one.
  distribution_policy_zones        = ["europe-west4-a", "europe-west4-b", "europe-west4-c"]
  distribution_policy_target_shape = "EVEN"
  target_size                      = 2

  version {
    instance_template = google_compute_region_instance_template.webserver.self_link
  }

  named_port {
    name = "ui"
    port = 8080
  }

  # A machine that doesn't answer is made anew, not only one that is off.
  auto_healing_policies {
    health_check      = google_compute_region_health_check.webserver_repair.id
    initial_delay_sec = 300
  }

  update_policy {
    # Machines that run are left alone; `gcloud compute instance-groups managed rolling-action` replaces them.
    type                           = "OPPORTUNISTIC"
    minimal_action                 = "REPLACE"
    most_disruptive_allowed_action = "REPLACE"
    replacement_method             = "SUBSTITUTE"
    max_surge_fixed                = 3
    max_unavailable_fixed          = 0
    instance_redistribution_type   = "PROACTIVE"
  }
}

# executor

resource "google_compute_region_instance_template" "executor" {
  # Templates never change: the next one needs another name, and is there before this one goes.
  name_prefix  = "orders-executor-"
  machine_type = "e2-medium"

  disk {
    source_image = "projects/ubuntu-os-cloud/global/images/family/ubuntu-2404-lts-amd64"
    boot         = true
    auto_delete  = true
    disk_type    = "pd-balanced"
    disk_size_gb = 50
    labels = {
      "provision-deployment" = "orders"
      "provision-component"  = "executor"
    }
  }

  network_interface {
    subnetwork = google_compute_subnetwork.private.id
  }

  service_account {
    email = google_service_account.executor.email
    # What it may do is decided by its roles.
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
    user-data              = file("${path.module}/hosts/executor/cloud-init.yaml")
    provision-values       = local.boot_values
    enable-oslogin         = "TRUE"
    block-project-ssh-keys = "TRUE"
    serial-port-enable     = "FALSE"
  }

  labels = {
    "provision-deployment" = "orders"
    "provision-component"  = "executor"
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "google_compute_region_health_check" "executor_repair" {
  name                = "orders-executor-repair"
  check_interval_sec  = 30
  timeout_sec         = 5
  healthy_threshold   = 1
  unhealthy_threshold = 10

  # The machine looks after what runs on it: it closes this port when restarts don't help and it has to be replaced.
  tcp_health_check {
    port = 9099
  }
}

resource "google_compute_region_instance_group_manager" "executor" {
  name               = "orders-executor"
  base_instance_name = "orders-executor"
  # Every zone, by name: a machine that is lost with its zone comes back in another one.
  distribution_policy_zones        = ["europe-west4-a", "europe-west4-b", "europe-west4-c"]
  distribution_policy_target_shape = "EVEN"
  target_size                      = 2

  version {
    instance_template = google_compute_region_instance_template.executor.self_link
  }

  # A machine that doesn't answer is made anew, not only one that is off.
  auto_healing_policies {
    health_check      = google_compute_region_health_check.executor_repair.id
    initial_delay_sec = 2700
  }

  update_policy {
    # Machines that run are left alone; `gcloud compute instance-groups managed rolling-action` replaces them.
    type                           = "OPPORTUNISTIC"
    minimal_action                 = "REPLACE"
    most_disruptive_allowed_action = "REPLACE"
    replacement_method             = "SUBSTITUTE"
    max_surge_fixed                = 3
    max_unavailable_fixed          = 0
    instance_redistribution_type   = "PROACTIVE"
  }
}

# scheduler

resource "google_compute_region_instance_template" "scheduler" {
  # Templates never change: the next one needs another name, and is there before this one goes.
  name_prefix  = "orders-scheduler-"
  machine_type = "e2-medium"

  disk {
    source_image = "projects/ubuntu-os-cloud/global/images/family/ubuntu-2404-lts-amd64"
    boot         = true
    auto_delete  = true
    disk_type    = "pd-balanced"
    disk_size_gb = 50
    labels = {
      "provision-deployment" = "orders"
      "provision-component"  = "scheduler"
    }
  }

  network_interface {
    subnetwork = google_compute_subnetwork.private.id
  }

  service_account {
    email = google_service_account.scheduler.email
    # What it may do is decided by its roles.
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
    user-data              = file("${path.module}/hosts/scheduler/cloud-init.yaml")
    provision-values       = local.boot_values
    enable-oslogin         = "TRUE"
    block-project-ssh-keys = "TRUE"
    serial-port-enable     = "FALSE"
  }

  labels = {
    "provision-deployment" = "orders"
    "provision-component"  = "scheduler"
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "google_compute_region_health_check" "scheduler_repair" {
  name                = "orders-scheduler-repair"
  check_interval_sec  = 30
  timeout_sec         = 5
  healthy_threshold   = 1
  unhealthy_threshold = 10

  # The machine looks after what runs on it: it closes this port when restarts don't help and it has to be replaced.
  tcp_health_check {
    port = 9099
  }
}

resource "google_compute_region_instance_group_manager" "scheduler" {
  name               = "orders-scheduler"
  base_instance_name = "orders-scheduler"
  # Every zone, by name: a machine that is lost with its zone comes back in another one.
  distribution_policy_zones        = ["europe-west4-a", "europe-west4-b", "europe-west4-c"]
  distribution_policy_target_shape = "EVEN"
  target_size                      = 2

  version {
    instance_template = google_compute_region_instance_template.scheduler.self_link
  }

  # A machine that doesn't answer is made anew, not only one that is off.
  auto_healing_policies {
    health_check      = google_compute_region_health_check.scheduler_repair.id
    initial_delay_sec = 2700
  }

  update_policy {
    # Machines that run are left alone; `gcloud compute instance-groups managed rolling-action` replaces them.
    type                           = "OPPORTUNISTIC"
    minimal_action                 = "REPLACE"
    most_disruptive_allowed_action = "REPLACE"
    replacement_method             = "SUBSTITUTE"
    max_surge_fixed                = 3
    max_unavailable_fixed          = 0
    instance_redistribution_type   = "PROACTIVE"
  }
}

# worker

resource "google_compute_region_instance_template" "worker" {
  # Templates never change: the next one needs another name, and is there before this one goes.
  name_prefix  = "orders-worker-"
  machine_type = "n2-standard-2"

  disk {
    source_image = "projects/ubuntu-os-cloud/global/images/family/ubuntu-2404-lts-amd64"
    boot         = true
    auto_delete  = true
    disk_type    = "pd-balanced"
    disk_size_gb = 50
    labels = {
      "provision-deployment" = "orders"
      "provision-component"  = "worker"
    }
  }

  network_interface {
    subnetwork = google_compute_subnetwork.private.id
  }

  service_account {
    email = google_service_account.worker.email
    # What it may do is decided by its roles.
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
    user-data              = file("${path.module}/hosts/worker/cloud-init.yaml")
    provision-values       = local.boot_values
    enable-oslogin         = "TRUE"
    block-project-ssh-keys = "TRUE"
    serial-port-enable     = "FALSE"
  }

  labels = {
    "provision-deployment" = "orders"
    "provision-component"  = "worker"
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "google_compute_region_health_check" "worker_repair" {
  name                = "orders-worker-repair"
  check_interval_sec  = 30
  timeout_sec         = 5
  healthy_threshold   = 1
  unhealthy_threshold = 10

  # The machine looks after what runs on it: it closes this port when restarts don't help and it has to be replaced.
  tcp_health_check {
    port = 9099
  }
}

resource "google_compute_region_instance_group_manager" "worker" {
  name               = "orders-worker"
  base_instance_name = "orders-worker"
  # Every zone, by name: a machine that is lost with its zone comes back in another one.
  distribution_policy_zones        = ["europe-west4-a", "europe-west4-b", "europe-west4-c"]
  distribution_policy_target_shape = "EVEN"
  target_size                      = 6

  version {
    instance_template = google_compute_region_instance_template.worker.self_link
  }

  # A machine that doesn't answer is made anew, not only one that is off.
  auto_healing_policies {
    health_check      = google_compute_region_health_check.worker_repair.id
    initial_delay_sec = 2700
  }

  update_policy {
    # Machines that run are left alone; `gcloud compute instance-groups managed rolling-action` replaces them.
    type                           = "OPPORTUNISTIC"
    minimal_action                 = "REPLACE"
    most_disruptive_allowed_action = "REPLACE"
    replacement_method             = "SUBSTITUTE"
    max_surge_fixed                = 3
    max_unavailable_fixed          = 0
    instance_redistribution_type   = "PROACTIVE"
  }
}

# indexer

resource "google_compute_region_instance_template" "indexer" {
  # Templates never change: the next one needs another name, and is there before this one goes.
  name_prefix  = "orders-indexer-"
  machine_type = "e2-medium"

  disk {
    source_image = "projects/ubuntu-os-cloud/global/images/family/ubuntu-2404-lts-amd64"
    boot         = true
    auto_delete  = true
    disk_type    = "pd-balanced"
    disk_size_gb = 50
    labels = {
      "provision-deployment" = "orders"
      "provision-component"  = "indexer"
    }
  }

  network_interface {
    subnetwork = google_compute_subnetwork.private.id
  }

  service_account {
    email = google_service_account.indexer.email
    # What it may do is decided by its roles.
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
    user-data              = file("${path.module}/hosts/indexer/cloud-init.yaml")
    provision-values       = local.boot_values
    enable-oslogin         = "TRUE"
    block-project-ssh-keys = "TRUE"
    serial-port-enable     = "FALSE"
  }

  labels = {
    "provision-deployment" = "orders"
    "provision-component"  = "indexer"
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "google_compute_region_health_check" "indexer_repair" {
  name                = "orders-indexer-repair"
  check_interval_sec  = 30
  timeout_sec         = 5
  healthy_threshold   = 1
  unhealthy_threshold = 10

  # The machine looks after what runs on it: it closes this port when restarts don't help and it has to be replaced.
  tcp_health_check {
    port = 9099
  }
}

resource "google_compute_region_instance_group_manager" "indexer" {
  name               = "orders-indexer"
  base_instance_name = "orders-indexer"
  # Every zone, by name: a machine that is lost with its zone comes back in another one.
  distribution_policy_zones        = ["europe-west4-a", "europe-west4-b", "europe-west4-c"]
  distribution_policy_target_shape = "EVEN"
  target_size                      = 2

  version {
    instance_template = google_compute_region_instance_template.indexer.self_link
  }

  # A machine that doesn't answer is made anew, not only one that is off.
  auto_healing_policies {
    health_check      = google_compute_region_health_check.indexer_repair.id
    initial_delay_sec = 2700
  }

  update_policy {
    # Machines that run are left alone; `gcloud compute instance-groups managed rolling-action` replaces them.
    type                           = "OPPORTUNISTIC"
    minimal_action                 = "REPLACE"
    most_disruptive_allowed_action = "REPLACE"
    replacement_method             = "SUBSTITUTE"
    max_surge_fixed                = 3
    max_unavailable_fixed          = 0
    instance_redistribution_type   = "PROACTIVE"
  }
}
