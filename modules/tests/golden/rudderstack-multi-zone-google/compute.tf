# Machines. What a machine does stands in its user data, under hosts/; a change of it is rolled out, not done in passing:
# the groups start new machines from the newest template, and leave those that run alone.

# What the machines read at boot, from their own metadata: addresses, and no secrets.
locals {
  boot_values = jsonencode({
    "transformer/address" = google_compute_address.transformer.address
    "database/0/host"     = google_sql_database_instance.server_0.private_ip_address
    "database/0/secret"   = google_secret_manager_secret.database.secret_id
    "database/1/host"     = google_sql_database_instance.server_1.private_ip_address
    "database/1/secret"   = google_secret_manager_secret.database.secret_id
    "database/2/host"     = google_sql_database_instance.server_2.private_ip_address
    "database/2/secret"   = google_secret_manager_secret.database.secret_id
    "storage/bucket"      = google_storage_bucket.storage.name
  })
}

# server-0

resource "google_compute_region_instance_template" "server_0" {
  # Templates never change: the next one needs another name, and is there before this one goes.
  name_prefix  = "clicks-server-0-"
  machine_type = "n2-standard-2"

  disk {
    source_image = "projects/ubuntu-os-cloud/global/images/family/ubuntu-2404-lts-amd64"
    boot         = true
    auto_delete  = true
    disk_type    = "pd-balanced"
    disk_size_gb = 50
    labels = {
      "provision-deployment" = "clicks"
      "provision-component"  = "server"
      "provision-instance"   = "0"
    }
  }

  network_interface {
    subnetwork = google_compute_subnetwork.private.id
  }

  service_account {
    email = google_service_account.server.email
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
    user-data              = file("${path.module}/hosts/server/cloud-init.yaml")
    provision-values       = local.boot_values
    provision-instance     = "0"
    enable-oslogin         = "TRUE"
    block-project-ssh-keys = "TRUE"
    serial-port-enable     = "FALSE"
  }

  labels = {
    "provision-deployment" = "clicks"
    "provision-component"  = "server"
    "provision-instance"   = "0"
  }

  lifecycle {
    create_before_destroy = true
  }
}

# More patient than the load balancer: a machine leaves the traffic first, and is made anew only when it stays away.
resource "google_compute_region_health_check" "server_0_repair" {
  name                = "clicks-server-0-repair"
  check_interval_sec  = 10
  timeout_sec         = 5
  healthy_threshold   = 1
  unhealthy_threshold = 6

  http_health_check {
    port         = 8080
    request_path = "/health"
  }
}

resource "google_compute_region_instance_group_manager" "server_0" {
  name               = "clicks-server-0"
  base_instance_name = "clicks-server-0"
  # Every zone, by name: a machine that is lost with its zone comes back in another one.
  distribution_policy_zones = ["europe-west4-a", "europe-west4-b", "europe-west4-c"]
  # There is one, and it stands where there is room.
  distribution_policy_target_shape = "ANY"
  target_size                      = 1

  version {
    instance_template = google_compute_region_instance_template.server_0.self_link
  }

  named_port {
    name = "gateway"
    port = 8080
  }

  # A machine that doesn't answer is made anew, not only one that is off.
  auto_healing_policies {
    health_check      = google_compute_region_health_check.server_0_repair.id
    initial_delay_sec = 300
  }

  update_policy {
    # Machines that run are left alone; `gcloud compute instance-groups managed rolling-action` replaces them.
    type                           = "OPPORTUNISTIC"
    minimal_action                 = "REPLACE"
    most_disruptive_allowed_action = "REPLACE"
    replacement_method             = "SUBSTITUTE"
    max_surge_fixed                = 0
    max_unavailable_fixed          = 3
    instance_redistribution_type   = "NONE"
  }
}

# server-1

resource "google_compute_region_instance_template" "server_1" {
  # Templates never change: the next one needs another name, and is there before this one goes.
  name_prefix  = "clicks-server-1-"
  machine_type = "n2-standard-2"

  disk {
    source_image = "projects/ubuntu-os-cloud/global/images/family/ubuntu-2404-lts-amd64"
    boot         = true
    auto_delete  = true
    disk_type    = "pd-balanced"
    disk_size_gb = 50
    labels = {
      "provision-deployment" = "clicks"
      "provision-component"  = "server"
      "provision-instance"   = "1"
    }
  }

  network_interface {
    subnetwork = google_compute_subnetwork.private.id
  }

  service_account {
    email = google_service_account.server.email
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
    user-data              = file("${path.module}/hosts/server/cloud-init.yaml")
    provision-values       = local.boot_values
    provision-instance     = "1"
    enable-oslogin         = "TRUE"
    block-project-ssh-keys = "TRUE"
    serial-port-enable     = "FALSE"
  }

  labels = {
    "provision-deployment" = "clicks"
    "provision-component"  = "server"
    "provision-instance"   = "1"
  }

  lifecycle {
    create_before_destroy = true
  }
}

# More patient than the load balancer: a machine leaves the traffic first, and is made anew only when it stays away.
resource "google_compute_region_health_check" "server_1_repair" {
  name                = "clicks-server-1-repair"
  check_interval_sec  = 10
  timeout_sec         = 5
  healthy_threshold   = 1
  unhealthy_threshold = 6

  http_health_check {
    port         = 8080
    request_path = "/health"
  }
}

resource "google_compute_region_instance_group_manager" "server_1" {
  name               = "clicks-server-1"
  base_instance_name = "clicks-server-1"
  # Every zone, by name: a machine that is lost with its zone comes back in another one.
  distribution_policy_zones = ["europe-west4-a", "europe-west4-b", "europe-west4-c"]
  # There is one, and it stands where there is room.
  distribution_policy_target_shape = "ANY"
  target_size                      = 1

  version {
    instance_template = google_compute_region_instance_template.server_1.self_link
  }

  named_port {
    name = "gateway"
    port = 8080
  }

  # A machine that doesn't answer is made anew, not only one that is off.
  auto_healing_policies {
    health_check      = google_compute_region_health_check.server_1_repair.id
    initial_delay_sec = 300
  }

  update_policy {
    # Machines that run are left alone; `gcloud compute instance-groups managed rolling-action` replaces them.
    type                           = "OPPORTUNISTIC"
    minimal_action                 = "REPLACE"
    most_disruptive_allowed_action = "REPLACE"
    replacement_method             = "SUBSTITUTE"
    max_surge_fixed                = 0
    max_unavailable_fixed          = 3
    instance_redistribution_type   = "NONE"
  }
}

# server-2

resource "google_compute_region_instance_template" "server_2" {
  # Templates never change: the next one needs another name, and is there before this one goes.
  name_prefix  = "clicks-server-2-"
  machine_type = "n2-standard-2"

  disk {
    source_image = "projects/ubuntu-os-cloud/global/images/family/ubuntu-2404-lts-amd64"
    boot         = true
    auto_delete  = true
    disk_type    = "pd-balanced"
    disk_size_gb = 50
    labels = {
      "provision-deployment" = "clicks"
      "provision-component"  = "server"
      "provision-instance"   = "2"
    }
  }

  network_interface {
    subnetwork = google_compute_subnetwork.private.id
  }

  service_account {
    email = google_service_account.server.email
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
    user-data              = file("${path.module}/hosts/server/cloud-init.yaml")
    provision-values       = local.boot_values
    provision-instance     = "2"
    enable-oslogin         = "TRUE"
    block-project-ssh-keys = "TRUE"
    serial-port-enable     = "FALSE"
  }

  labels = {
    "provision-deployment" = "clicks"
    "provision-component"  = "server"
    "provision-instance"   = "2"
  }

  lifecycle {
    create_before_destroy = true
  }
}

# More patient than the load balancer: a machine leaves the traffic first, and is made anew only when it stays away.
resource "google_compute_region_health_check" "server_2_repair" {
  name                = "clicks-server-2-repair"
  check_interval_sec  = 10
  timeout_sec         = 5
  healthy_threshold   = 1
  unhealthy_threshold = 6

  http_health_check {
    port         = 8080
    request_path = "/health"
  }
}

resource "google_compute_region_instance_group_manager" "server_2" {
  name               = "clicks-server-2"
  base_instance_name = "clicks-server-2"
  # Every zone, by name: a machine that is lost with its zone comes back in another one.
  distribution_policy_zones = ["europe-west4-a", "europe-west4-b", "europe-west4-c"]
  # There is one, and it stands where there is room.
  distribution_policy_target_shape = "ANY"
  target_size                      = 1

  version {
    instance_template = google_compute_region_instance_template.server_2.self_link
  }

  named_port {
    name = "gateway"
    port = 8080
  }

  # A machine that doesn't answer is made anew, not only one that is off.
  auto_healing_policies {
    health_check      = google_compute_region_health_check.server_2_repair.id
    initial_delay_sec = 300
  }

  update_policy {
    # Machines that run are left alone; `gcloud compute instance-groups managed rolling-action` replaces them.
    type                           = "OPPORTUNISTIC"
    minimal_action                 = "REPLACE"
    most_disruptive_allowed_action = "REPLACE"
    replacement_method             = "SUBSTITUTE"
    max_surge_fixed                = 0
    max_unavailable_fixed          = 3
    instance_redistribution_type   = "NONE"
  }
}

# transformer

resource "google_compute_region_instance_template" "transformer" {
  # Templates never change: the next one needs another name, and is there before this one goes.
  name_prefix  = "clicks-transformer-"
  machine_type = "e2-medium"

  disk {
    source_image = "projects/ubuntu-os-cloud/global/images/family/ubuntu-2404-lts-amd64"
    boot         = true
    auto_delete  = true
    disk_type    = "pd-balanced"
    disk_size_gb = 50
    labels = {
      "provision-deployment" = "clicks"
      "provision-component"  = "transformer"
    }
  }

  network_interface {
    subnetwork = google_compute_subnetwork.private.id
  }

  service_account {
    email = google_service_account.transformer.email
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
    user-data              = file("${path.module}/hosts/transformer/cloud-init.yaml")
    provision-values       = local.boot_values
    enable-oslogin         = "TRUE"
    block-project-ssh-keys = "TRUE"
    serial-port-enable     = "FALSE"
  }

  labels = {
    "provision-deployment" = "clicks"
    "provision-component"  = "transformer"
  }

  lifecycle {
    create_before_destroy = true
  }
}

# More patient than the load balancer: a machine leaves the traffic first, and is made anew only when it stays away.
resource "google_compute_region_health_check" "transformer_repair" {
  name                = "clicks-transformer-repair"
  check_interval_sec  = 10
  timeout_sec         = 5
  healthy_threshold   = 1
  unhealthy_threshold = 6

  http_health_check {
    port         = 9090
    request_path = "/health"
  }
}

resource "google_compute_region_instance_group_manager" "transformer" {
  name               = "clicks-transformer"
  base_instance_name = "clicks-transformer"
  # Every zone, by name: a machine that is lost with its zone comes back in another one.
  distribution_policy_zones        = ["europe-west4-a", "europe-west4-b", "europe-west4-c"]
  distribution_policy_target_shape = "EVEN"
  target_size                      = 3

  version {
    instance_template = google_compute_region_instance_template.transformer.self_link
  }

  # A machine that doesn't answer is made anew, not only one that is off.
  auto_healing_policies {
    health_check      = google_compute_region_health_check.transformer_repair.id
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
