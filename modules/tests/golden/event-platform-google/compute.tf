# Machines. What a machine does stands in its user data, under hosts/; a change of it is rolled out, not done in passing:
# the groups start new machines from the newest template, and leave those that run alone.

# What the machines read at boot, from their own metadata: addresses, and no secrets.
locals {
  boot_values = jsonencode({
    "kafka/brokers"  = "${google_compute_address.kafka_broker_0.address}:9092,${google_compute_address.kafka_broker_1.address}:9092,${google_compute_address.kafka_broker_2.address}:9092,${google_compute_address.kafka_broker_3.address}:9092,${google_compute_address.kafka_broker_4.address}:9092,${google_compute_address.kafka_broker_5.address}:9092"
    "storage/bucket" = google_storage_bucket.storage.name
  })
}

# execution

resource "google_compute_region_instance_template" "execution" {
  # Templates never change: the next one needs another name, and is there before this one goes.
  name_prefix  = "events-execution-"
  machine_type = "n2-standard-2"

  disk {
    source_image = "projects/ubuntu-os-cloud/global/images/family/ubuntu-2404-lts-amd64"
    boot         = true
    auto_delete  = true
    disk_type    = "pd-balanced"
    disk_size_gb = 50
    labels = {
      "provision-deployment" = "events"
      "provision-component"  = "execution"
    }
  }

  network_interface {
    subnetwork = google_compute_subnetwork.private.id
  }

  service_account {
    email = google_service_account.execution.email
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
    user-data              = file("${path.module}/hosts/execution/cloud-init.yaml")
    provision-values       = local.boot_values
    enable-oslogin         = "TRUE"
    block-project-ssh-keys = "TRUE"
    serial-port-enable     = "FALSE"
  }

  labels = {
    "provision-deployment" = "events"
    "provision-component"  = "execution"
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "google_compute_region_health_check" "execution_repair" {
  name                = "events-execution-repair"
  check_interval_sec  = 30
  timeout_sec         = 5
  healthy_threshold   = 1
  unhealthy_threshold = 10

  # The machine looks after what runs on it: it closes this port when restarts don't help and it has to be replaced.
  tcp_health_check {
    port = 9099
  }
}

resource "google_compute_region_instance_group_manager" "execution" {
  name               = "events-execution"
  base_instance_name = "events-execution"
  # Every zone, by name: a machine that is lost with its zone comes back in another one.
  distribution_policy_zones        = ["europe-west4-a", "europe-west4-b", "europe-west4-c"]
  distribution_policy_target_shape = "EVEN"
  target_size                      = 9

  version {
    instance_template = google_compute_region_instance_template.execution.self_link
  }

  # A machine that doesn't answer is made anew, not only one that is off.
  auto_healing_policies {
    health_check      = google_compute_region_health_check.execution_repair.id
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

# job

resource "google_compute_region_instance_template" "job" {
  # Templates never change: the next one needs another name, and is there before this one goes.
  name_prefix  = "events-job-"
  machine_type = "n2-standard-2"

  disk {
    source_image = "projects/ubuntu-os-cloud/global/images/family/ubuntu-2404-lts-amd64"
    boot         = true
    auto_delete  = true
    disk_type    = "pd-balanced"
    disk_size_gb = 50
    labels = {
      "provision-deployment" = "events"
      "provision-component"  = "job"
    }
  }

  network_interface {
    subnetwork = google_compute_subnetwork.private.id
  }

  service_account {
    email = google_service_account.job.email
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
    user-data              = file("${path.module}/hosts/job/cloud-init.yaml")
    provision-values       = local.boot_values
    enable-oslogin         = "TRUE"
    block-project-ssh-keys = "TRUE"
    serial-port-enable     = "FALSE"
  }

  labels = {
    "provision-deployment" = "events"
    "provision-component"  = "job"
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "google_compute_region_health_check" "job_repair" {
  name                = "events-job-repair"
  check_interval_sec  = 30
  timeout_sec         = 5
  healthy_threshold   = 1
  unhealthy_threshold = 10

  # The machine looks after what runs on it: it closes this port when restarts don't help and it has to be replaced.
  tcp_health_check {
    port = 9099
  }
}

resource "google_compute_region_instance_group_manager" "job" {
  name               = "events-job"
  base_instance_name = "events-job"
  # Every zone, by name: a machine that is lost with its zone comes back in another one.
  distribution_policy_zones        = ["europe-west4-a", "europe-west4-b", "europe-west4-c"]
  distribution_policy_target_shape = "EVEN"
  target_size                      = 3

  version {
    instance_template = google_compute_region_instance_template.job.self_link
  }

  # A machine that doesn't answer is made anew, not only one that is off.
  auto_healing_policies {
    health_check      = google_compute_region_health_check.job_repair.id
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
