# The cluster that the components run in. What runs there is installed by kubernetes/install.sh.

resource "azurerm_user_assigned_identity" "{{ identity.local }}" {
  name = "{{ identity.name }}"
  location = azurerm_resource_group.main.location
  resource_group_name = azurerm_resource_group.main.name

  tags = {{ identity.tags }}
}

{% for it in grants %}
# {{ it.why }}
resource "azurerm_role_assignment" "{{ it.assignment.local }}" {
  scope = {{ it.scope }}
  role_definition_name = "Network Contributor"
  principal_id = azurerm_user_assigned_identity.{{ identity.local | ident }}.principal_id
  principal_type = "ServicePrincipal"
}

{% endfor %}
resource "azurerm_kubernetes_cluster" "{{ cluster.local }}" {
  name = "{{ cluster.name }}"
  location = azurerm_resource_group.main.location
  resource_group_name = azurerm_resource_group.main.name
  dns_prefix = "{{ cluster.name }}"
  kubernetes_version = "{{ version }}"
  # With a promise of its availability.
  sku_tier = "Standard"

  # Its interface has an address of the network only.
  private_cluster_enabled = true
  private_cluster_public_fqdn_enabled = false
  private_dns_zone_id = "System"

  # Who may do what is decided by the cloud's roles; there is no other log-in.
  local_account_disabled = true
  role_based_access_control_enabled = true

  azure_active_directory_role_based_access_control {
    azure_rbac_enabled = true
    tenant_id = azurerm_user_assigned_identity.{{ identity.local | ident }}.tenant_id
  }

  # Pods act as identities of the cloud.
  oidc_issuer_enabled = true
  workload_identity_enabled = true

  # Corrections come by themselves, new releases don't.
  automatic_upgrade_channel = "patch"
  node_os_upgrade_channel = "NodeImage"
  image_cleaner_enabled = true
  image_cleaner_interval_hours = 48

  maintenance_window_auto_upgrade {
    frequency = "Weekly"
    interval = 1
    day_of_week = "Sunday"
    start_time = "02:00"
    duration = 4
  }

  maintenance_window_node_os {
    frequency = "Weekly"
    interval = 1
    day_of_week = "Sunday"
    start_time = "02:00"
    duration = 4
  }

  identity {
    type = "UserAssigned"
    identity_ids = [azurerm_user_assigned_identity.{{ identity.local | ident }}.id]
  }

  # What the cluster itself consists of, in every zone; nothing else is placed here.
  default_node_pool {
    name = "system"
    vm_size = "{{ system_machine }}"
    node_count = {{ system_nodes }}
    zones = {{ zones }}
    vnet_subnet_id = {{ subnet }}
    only_critical_addons_enabled = true
    os_disk_size_gb = 64
    max_pods = 64
    temporary_name_for_rotation = "rotation"

    upgrade_settings {
      max_surge = "1"
    }

    tags = {{ cluster.tags }}
  }

  # Pods have addresses of their own, which nobody outside of the cluster sees; nodes' kernels keep network policies.
  network_profile {
    network_plugin = "azure"
    network_plugin_mode = "overlay"
    network_data_plane = "cilium"
    network_policy = "cilium"
    pod_cidr = "100.64.0.0/16"
    service_cidr = "100.65.0.0/16"
    dns_service_ip = "100.65.0.10"
    load_balancer_sku = "standard"
    # The way out, by an address that stands in all zones.
    outbound_type = "loadBalancer"

    load_balancer_profile {
      managed_outbound_ip_count = 1
      outbound_ports_allocated = 1024
      idle_timeout_in_minutes = 30
    }
  }

  storage_profile {
    disk_driver_enabled = true
    file_driver_enabled = {{ shared_files }}
  }

  auto_scaler_profile {
    balance_similar_node_groups = true
    # Pods finish before their node goes.
    max_graceful_termination_sec = {{ grace * 60 }}
  }

  tags = {{ cluster.tags }}

  lifecycle {
    # Corrections came in.
    ignore_changes = [kubernetes_version]
  }

  depends_on = [azurerm_role_assignment.cluster_network]
}

# Whoever applies this installs the rest. Others get roles of their own.
resource "azurerm_role_assignment" "{{ operator.local }}" {
  scope = azurerm_kubernetes_cluster.{{ cluster.local | ident }}.id
  role_definition_name = "Azure Kubernetes Service RBAC Cluster Admin"
  principal_id = var.operator_id
}

# Nodes

{% for it in pools %}
# {{ it.pool }}

{% for zone in it.groups %}
# In a pool of its own, zone {{ zone.zone }} gets its nodes back in zone {{ zone.zone }}, and keeps as many as the others.
resource "azurerm_kubernetes_cluster_node_pool" "{{ zone.pool.local }}" {
  name = "{{ zone.pool.name }}"
  kubernetes_cluster_id = azurerm_kubernetes_cluster.{{ cluster.local | ident }}.id
  vm_size = "{{ it.machine_type }}"
  zones = ["{{ zone.zone }}"]
  vnet_subnet_id = {{ subnet }}
  os_disk_size_gb = 100
  max_pods = 64
  temporary_name_for_rotation = "{{ zone.rotation }}"

  # Room for all pods while a zone is lost.
  auto_scaling_enabled = true
  min_count = {{ it.nodes }}
  max_count = {{ it.most }}

  # By which name rules know its nodes.
  node_network_profile {
    application_security_group_ids = [{{ it.member }}]
  }

  # The new node first; pods have time to finish.
  upgrade_settings {
    max_surge = "1"
    drain_timeout_in_minutes = {{ grace }}
  }

{% if it.allowed %}
  # Parameters of pods that Kubernetes allows by name only.
  kubelet_config {
    allowed_unsafe_sysctls = {{ it.allowed }}
  }

{% endif %}
  # What all pods of a node share, as far as the cloud sets it; the rest is set by kubernetes/tuning.yaml.
  linux_os_config {
    sysctl_config {
{% for parameter in parameters %}
      {{ parameter.argument | ident }} = {{ parameter.value }}
{% endfor %}
    }
  }

  node_labels = {
    "provision/pool" = "{{ it.pool }}"
  }
{% if it.tainted %}
  # For pods that ask for it only (EVT-05).
  node_taints = ["provision/pool={{ it.pool }}:NoSchedule"]
{% endif %}

  tags = {{ zone.pool.tags }}

  lifecycle {
    # The number follows the pods.
    ignore_changes = [node_count]
  }
}

{% endfor %}
{% endfor %}
