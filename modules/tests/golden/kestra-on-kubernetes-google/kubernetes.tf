# The cluster that the components run in. What runs there is installed by kubernetes/install.sh.

# Encrypts the cluster's secrets. The cloud never deletes a key ring.
resource "google_kms_key_ring" "cluster" {
  name     = "orders-cluster"
  location = "europe-west4"
}

resource "google_kms_crypto_key" "cluster" {
  name     = "orders-cluster"
  key_ring = google_kms_key_ring.cluster.id
  purpose  = "ENCRYPT_DECRYPT"
  # Every 90 days.
  rotation_period = "7776000s"
  # What was destroyed by mistake can be had back for thirty days.
  destroy_scheduled_duration = "2592000s"

  labels = {
    "provision-deployment" = "orders"
  }
}

# The service itself uses it, and nobody else.
resource "google_kms_crypto_key_iam_member" "cluster" {
  crypto_key_id = google_kms_crypto_key.cluster.id
  role          = "roles/cloudkms.cryptoKeyEncrypterDecrypter"
  member        = "serviceAccount:service-${var.project_number}@container-engine-robot.iam.gserviceaccount.com"
}

resource "google_container_cluster" "main" {
  name = "orders"
  # A control plane in three zones; nodes stand in these.
  location            = "europe-west4"
  node_locations      = ["europe-west4-a", "europe-west4-b", "europe-west4-c"]
  deletion_protection = var.deletion_protection
  min_master_version  = "1.35"

  # New releases come by themselves, after they have proved themselves elsewhere.
  release_channel {
    channel = "REGULAR"
  }

  maintenance_policy {
    daily_maintenance_window {
      start_time = "02:00"
    }
  }

  # The pools below take its place.
  remove_default_node_pool = true
  initial_node_count       = 1
  enable_shielded_nodes    = true

  node_config {
    machine_type    = "e2-medium"
    service_account = google_service_account.components_nodes.email
    oauth_scopes    = ["https://www.googleapis.com/auth/cloud-platform"]

    shielded_instance_config {
      enable_secure_boot          = true
      enable_integrity_monitoring = true
    }

    workload_metadata_config {
      mode = "GKE_METADATA"
    }
  }

  network                   = google_compute_network.main.id
  subnetwork                = google_compute_subnetwork.private.id
  networking_mode           = "VPC_NATIVE"
  default_max_pods_per_node = 64

  ip_allocation_policy {
    cluster_secondary_range_name  = "pods"
    services_secondary_range_name = "services"
  }

  # Network policies are kept by the nodes' kernels.
  datapath_provider           = "ADVANCED_DATAPATH"
  enable_intranode_visibility = true

  # Nodes have no public addresses, and neither has the cluster's own interface, unless somebody is let in.
  private_cluster_config {
    enable_private_nodes    = true
    enable_private_endpoint = var.cluster_is_public ? false : true
  }

  master_authorized_networks_config {
    gcp_public_cidrs_access_enabled      = false
    private_endpoint_enforcement_enabled = true

    cidr_blocks {
      cidr_block   = var.cluster_clients
      display_name = "operators"
    }
  }

  master_auth {
    client_certificate_config {
      issue_client_certificate = false
    }
  }

  # Pods act as accounts of the cloud.
  workload_identity_config {
    workload_pool = "${google_service_account.components_nodes.project}.svc.id.goog"
  }

  database_encryption {
    state    = "ENCRYPTED"
    key_name = google_kms_crypto_key.cluster.id
  }

  # What the project lets run is decided there.
  binary_authorization {
    evaluation_mode = "PROJECT_SINGLETON_POLICY_ENFORCE"
  }

  security_posture_config {
    mode = "BASIC"
  }

  addons_config {
    gce_persistent_disk_csi_driver_config {
      enabled = true
    }

    gcp_filestore_csi_driver_config {
      enabled = false
    }

    # Names are looked up on the node itself.
    dns_cache_config {
      enabled = true
    }

    # The load balancer is the Terraform's.
    http_load_balancing {
      disabled = true
    }
  }

  logging_config {
    enable_components = ["SYSTEM_COMPONENTS", "WORKLOADS", "APISERVER", "CONTROLLER_MANAGER", "SCHEDULER"]
  }

  monitoring_config {
    enable_components = ["SYSTEM_COMPONENTS"]

    managed_prometheus {
      enabled = false
    }
  }

  resource_labels = {
    "provision-deployment" = "orders"
  }

  depends_on = [google_kms_crypto_key_iam_member.cluster]

  lifecycle {
    # Of the nodes with which a cluster begins, and which are gone.
    ignore_changes = [node_config]
  }
}

# Nodes

# What the nodes of components act as; pods act as accounts of their own.
resource "google_service_account" "components_nodes" {
  account_id   = "orders-components-nodes"
  display_name = "Nodes of components"
}

# Logs and figures of the node
resource "google_project_iam_member" "components_nodes_run" {
  project = google_service_account.components_nodes.project
  role    = "roles/container.defaultNodeServiceAccount"
  member  = google_service_account.components_nodes.member
}

# Images of the project's own registry
resource "google_project_iam_member" "components_nodes_pull" {
  project = google_service_account.components_nodes.project
  role    = "roles/artifactregistry.reader"
  member  = google_service_account.components_nodes.member
}

# components

# In a pool of its own, europe-west4-a gets its nodes back in europe-west4-a, and keeps as many as the others.
resource "google_container_node_pool" "components_a" {
  name               = "orders-components-a"
  cluster            = google_container_cluster.main.id
  node_locations     = ["europe-west4-a"]
  initial_node_count = 3

  # Room for all pods while a zone is lost.
  autoscaling {
    min_node_count = 3
    max_node_count = 4
  }

  management {
    auto_repair  = true
    auto_upgrade = true
  }

  # The new node first.
  upgrade_settings {
    max_surge       = 1
    max_unavailable = 0
  }

  node_config {
    machine_type    = "n2-standard-4"
    image_type      = "COS_CONTAINERD"
    disk_type       = "pd-balanced"
    disk_size_gb    = 100
    service_account = google_service_account.components_nodes.email
    # What it may do is decided by its roles.
    oauth_scopes = ["https://www.googleapis.com/auth/cloud-platform"]

    metadata = {
      disable-legacy-endpoints = "true"
    }

    # Pods see their own account, not the node's.
    workload_metadata_config {
      mode = "GKE_METADATA"
    }

    shielded_instance_config {
      enable_secure_boot          = true
      enable_integrity_monitoring = true
    }

    kubelet_config {
      # Parameters of pods that Kubernetes allows by name only.
      allowed_unsafe_sysctls                 = ["net.core.somaxconn", "net.ipv4.tcp_max_syn_backlog", "net.ipv4.tcp_retries2", "net.ipv4.tcp_slow_start_after_idle", "net.ipv4.tcp_syn_retries", "net.ipv4.tcp_synack_retries"]
      insecure_kubelet_readonly_port_enabled = "FALSE"
    }

    # What all pods of a node share, as far as the cloud sets it; the rest is set by kubernetes/tuning.yaml.
    linux_node_config {
      sysctls = {
        "fs.inotify.max_user_instances" = "8192"
        "fs.inotify.max_user_watches"   = "524288"
        "kernel.softlockup_panic"       = "1"
        "vm.max_map_count"              = "262144"
        "vm.overcommit_memory"          = "1"
        "vm.swappiness"                 = "10"
      }
    }

    labels = {
      "provision/pool" = "components"
    }

    resource_labels = {
      "provision-deployment" = "orders"
      "provision-component"  = "components-nodes"
    }
  }

  lifecycle {
    # The number follows the pods.
    ignore_changes = [initial_node_count]
  }
}

# In a pool of its own, europe-west4-b gets its nodes back in europe-west4-b, and keeps as many as the others.
resource "google_container_node_pool" "components_b" {
  name               = "orders-components-b"
  cluster            = google_container_cluster.main.id
  node_locations     = ["europe-west4-b"]
  initial_node_count = 3

  # Room for all pods while a zone is lost.
  autoscaling {
    min_node_count = 3
    max_node_count = 4
  }

  management {
    auto_repair  = true
    auto_upgrade = true
  }

  # The new node first.
  upgrade_settings {
    max_surge       = 1
    max_unavailable = 0
  }

  node_config {
    machine_type    = "n2-standard-4"
    image_type      = "COS_CONTAINERD"
    disk_type       = "pd-balanced"
    disk_size_gb    = 100
    service_account = google_service_account.components_nodes.email
    # What it may do is decided by its roles.
    oauth_scopes = ["https://www.googleapis.com/auth/cloud-platform"]

    metadata = {
      disable-legacy-endpoints = "true"
    }

    # Pods see their own account, not the node's.
    workload_metadata_config {
      mode = "GKE_METADATA"
    }

    shielded_instance_config {
      enable_secure_boot          = true
      enable_integrity_monitoring = true
    }

    kubelet_config {
      # Parameters of pods that Kubernetes allows by name only.
      allowed_unsafe_sysctls                 = ["net.core.somaxconn", "net.ipv4.tcp_max_syn_backlog", "net.ipv4.tcp_retries2", "net.ipv4.tcp_slow_start_after_idle", "net.ipv4.tcp_syn_retries", "net.ipv4.tcp_synack_retries"]
      insecure_kubelet_readonly_port_enabled = "FALSE"
    }

    # What all pods of a node share, as far as the cloud sets it; the rest is set by kubernetes/tuning.yaml.
    linux_node_config {
      sysctls = {
        "fs.inotify.max_user_instances" = "8192"
        "fs.inotify.max_user_watches"   = "524288"
        "kernel.softlockup_panic"       = "1"
        "vm.max_map_count"              = "262144"
        "vm.overcommit_memory"          = "1"
        "vm.swappiness"                 = "10"
      }
    }

    labels = {
      "provision/pool" = "components"
    }

    resource_labels = {
      "provision-deployment" = "orders"
      "provision-component"  = "components-nodes"
    }
  }

  lifecycle {
    # The number follows the pods.
    ignore_changes = [initial_node_count]
  }
}

# In a pool of its own, europe-west4-c gets its nodes back in europe-west4-c, and keeps as many as the others.
resource "google_container_node_pool" "components_c" {
  name               = "orders-components-c"
  cluster            = google_container_cluster.main.id
  node_locations     = ["europe-west4-c"]
  initial_node_count = 3

  # Room for all pods while a zone is lost.
  autoscaling {
    min_node_count = 3
    max_node_count = 4
  }

  management {
    auto_repair  = true
    auto_upgrade = true
  }

  # The new node first.
  upgrade_settings {
    max_surge       = 1
    max_unavailable = 0
  }

  node_config {
    machine_type    = "n2-standard-4"
    image_type      = "COS_CONTAINERD"
    disk_type       = "pd-balanced"
    disk_size_gb    = 100
    service_account = google_service_account.components_nodes.email
    # What it may do is decided by its roles.
    oauth_scopes = ["https://www.googleapis.com/auth/cloud-platform"]

    metadata = {
      disable-legacy-endpoints = "true"
    }

    # Pods see their own account, not the node's.
    workload_metadata_config {
      mode = "GKE_METADATA"
    }

    shielded_instance_config {
      enable_secure_boot          = true
      enable_integrity_monitoring = true
    }

    kubelet_config {
      # Parameters of pods that Kubernetes allows by name only.
      allowed_unsafe_sysctls                 = ["net.core.somaxconn", "net.ipv4.tcp_max_syn_backlog", "net.ipv4.tcp_retries2", "net.ipv4.tcp_slow_start_after_idle", "net.ipv4.tcp_syn_retries", "net.ipv4.tcp_synack_retries"]
      insecure_kubelet_readonly_port_enabled = "FALSE"
    }

    # What all pods of a node share, as far as the cloud sets it; the rest is set by kubernetes/tuning.yaml.
    linux_node_config {
      sysctls = {
        "fs.inotify.max_user_instances" = "8192"
        "fs.inotify.max_user_watches"   = "524288"
        "kernel.softlockup_panic"       = "1"
        "vm.max_map_count"              = "262144"
        "vm.overcommit_memory"          = "1"
        "vm.swappiness"                 = "10"
      }
    }

    labels = {
      "provision/pool" = "components"
    }

    resource_labels = {
      "provision-deployment" = "orders"
      "provision-component"  = "components-nodes"
    }
  }

  lifecycle {
    # The number follows the pods.
    ignore_changes = [initial_node_count]
  }
}

# The load balancer knows ports of the nodes by name.

resource "google_compute_instance_group_named_port" "ui_components_a" {
  group = google_container_node_pool.components_a.instance_group_urls[0]
  zone  = "europe-west4-a"
  name  = "ui"
  port  = 30080
}

resource "google_compute_instance_group_named_port" "ui_components_b" {
  group = google_container_node_pool.components_b.instance_group_urls[0]
  zone  = "europe-west4-b"
  name  = "ui"
  port  = 30080
}

resource "google_compute_instance_group_named_port" "ui_components_c" {
  group = google_container_node_pool.components_c.instance_group_urls[0]
  zone  = "europe-west4-c"
  name  = "ui"
  port  = 30080
}
