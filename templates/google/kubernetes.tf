# The cluster that the components run in. What runs there is installed by kubernetes/install.sh.

# Encrypts the cluster's secrets. The cloud never deletes a key ring.
resource "google_kms_key_ring" "{{ key_ring.local }}" {
  name = "{{ key_ring.name }}"
  location = "{{ key_location }}"
}

resource "google_kms_crypto_key" "{{ key.local }}" {
  name = "{{ key.name }}"
  key_ring = google_kms_key_ring.{{ key_ring.local | ident }}.id
  purpose = "ENCRYPT_DECRYPT"
  # Every 90 days.
  rotation_period = "7776000s"
  # What was destroyed by mistake can be had back for thirty days.
  destroy_scheduled_duration = "2592000s"

  labels = {{ key.tags }}
}

# The service itself uses it, and nobody else.
resource "google_kms_crypto_key_iam_member" "{{ key.local }}" {
  crypto_key_id = google_kms_crypto_key.{{ key.local | ident }}.id
  role = "roles/cloudkms.cryptoKeyEncrypterDecrypter"
  member = "serviceAccount:service-${var.project_number}@container-engine-robot.iam.gserviceaccount.com"
}

resource "google_container_cluster" "{{ cluster.local }}" {
  name = "{{ cluster.name }}"
{% if zones %}
  # A control plane in three zones; nodes stand in these.
  location = "{{ location }}"
  node_locations = {{ zones }}
{% else %}
  # One zone is asked for: its loss takes the cluster along.
  location = "{{ location }}"
{% endif %}
  deletion_protection = var.deletion_protection
  min_master_version = "{{ version }}"

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
  initial_node_count = 1
  enable_shielded_nodes = true

  node_config {
    machine_type = "e2-medium"
    service_account = {{ first_account }}
    oauth_scopes = ["https://www.googleapis.com/auth/cloud-platform"]

    shielded_instance_config {
      enable_secure_boot = true
      enable_integrity_monitoring = true
    }

    workload_metadata_config {
      mode = "GKE_METADATA"
    }
  }

  network = {{ network }}
  subnetwork = {{ subnet }}
  networking_mode = "VPC_NATIVE"
  default_max_pods_per_node = 64

  ip_allocation_policy {
    cluster_secondary_range_name = {{ pods_range }}
    services_secondary_range_name = {{ services_range }}
  }

  # Network policies are kept by the nodes' kernels.
  datapath_provider = "ADVANCED_DATAPATH"
  enable_intranode_visibility = true

  # Nodes have no public addresses, and neither has the cluster's own interface, unless somebody is let in.
  private_cluster_config {
    enable_private_nodes = true
    enable_private_endpoint = var.cluster_is_public ? false : true
  }

  master_authorized_networks_config {
    gcp_public_cidrs_access_enabled = false
    private_endpoint_enforcement_enabled = true

    cidr_blocks {
      cidr_block = var.cluster_clients
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
    workload_pool = {{ identities }}
  }

  database_encryption {
    state = "ENCRYPTED"
    key_name = google_kms_crypto_key.{{ key.local | ident }}.id
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
      enabled = {{ shared_files }}
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

  resource_labels = {{ cluster.tags }}

  depends_on = [google_kms_crypto_key_iam_member.{{ key.local | ident }}]

  lifecycle {
    # Of the nodes with which a cluster begins, and which are gone.
    ignore_changes = [node_config]
  }
}

# Nodes

{% for it in accounts %}
# What the nodes of {{ it.pool }} act as; pods act as accounts of their own.
resource "google_service_account" "{{ it.account.local }}" {
  account_id = "{{ it.account.name }}"
  display_name = "Nodes of {{ it.pool }}"
}

{% for grant in it.grants %}
# {{ grant.why }}
resource "google_project_iam_member" "{{ grant.local }}" {
  project = {{ project }}
  role = "{{ grant.role }}"
  member = google_service_account.{{ it.account.local | ident }}.member
}

{% endfor %}
{% endfor %}
{% for it in pools %}
# {{ it.pool }}

{% for zone in it.groups %}
# In a pool of its own, {{ zone.zone }} gets its nodes back in {{ zone.zone }}, and keeps as many as the others.
resource "google_container_node_pool" "{{ zone.pool.local }}" {
  name = "{{ zone.pool.name }}"
  cluster = google_container_cluster.{{ cluster.local | ident }}.id
  node_locations = ["{{ zone.zone }}"]
  initial_node_count = {{ it.nodes }}

  # Room for all pods while a zone is lost.
  autoscaling {
    min_node_count = {{ it.nodes }}
    max_node_count = {{ it.most }}
  }

  management {
    auto_repair = true
    auto_upgrade = true
  }

  # The new node first.
  upgrade_settings {
    max_surge = 1
    max_unavailable = 0
  }

  node_config {
    machine_type = "{{ it.machine_type }}"
    image_type = "COS_CONTAINERD"
    disk_type = "{{ it.disk_type }}"
    disk_size_gb = 100
    service_account = {{ it.account }}
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
      enable_secure_boot = true
      enable_integrity_monitoring = true
    }

    kubelet_config {
{% if it.allowed %}
      # Parameters of pods that Kubernetes allows by name only.
      allowed_unsafe_sysctls = {{ it.allowed }}
{% endif %}
      insecure_kubelet_readonly_port_enabled = "FALSE"
    }

    # What all pods of a node share, as far as the cloud sets it; the rest is set by kubernetes/tuning.yaml.
    linux_node_config {
      sysctls = {{ parameters }}
    }

    labels = {
      "provision/pool" = "{{ it.pool }}"
    }

{% if it.tainted %}
    # For pods that ask for it only (EVT-05).
    taint {
      key = "provision/pool"
      value = "{{ it.pool }}"
      effect = "NO_SCHEDULE"
    }

{% endif %}
    resource_labels = {{ it.tags }}
  }

  lifecycle {
    # The number follows the pods.
    ignore_changes = [initial_node_count]
  }
}

{% endfor %}
{% endfor %}
{% if ports | length > 0 %}
# The load balancer knows ports of the nodes by name.

{% for it in ports %}
resource "google_compute_instance_group_named_port" "{{ it.local }}" {
  group = {{ it.group }}
  zone = "{{ it.zone }}"
  name = "{{ it.name }}"
  port = {{ it.port }}
}

{% endfor %}
{% endif %}
