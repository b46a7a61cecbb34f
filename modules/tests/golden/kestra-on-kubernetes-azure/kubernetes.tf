# The cluster that the components run in. What runs there is installed by kubernetes/install.sh.

resource "azurerm_user_assigned_identity" "cluster" {
  name                = "orders-cluster"
  location            = azurerm_resource_group.main.location
  resource_group_name = azurerm_resource_group.main.name

  tags = {
    "provision-deployment" = "orders"
    "provision-address"    = "azurerm_user_assigned_identity.cluster"
  }
}

# Puts nodes and its load balancer there
resource "azurerm_role_assignment" "cluster_network" {
  scope                = azurerm_subnet.private.id
  role_definition_name = "Network Contributor"
  principal_id         = azurerm_user_assigned_identity.cluster.principal_id
  principal_type       = "ServicePrincipal"
}

resource "azurerm_kubernetes_cluster" "main" {
  name                = "orders"
  location            = azurerm_resource_group.main.location
  resource_group_name = azurerm_resource_group.main.name
  dns_prefix          = "orders"
  kubernetes_version  = "1.35"
  # With a promise of its availability.
  sku_tier = "Standard"

  # Its interface has an address of the network only.
  private_cluster_enabled             = true
  private_cluster_public_fqdn_enabled = false
  private_dns_zone_id                 = "System"

  # Who may do what is decided by the cloud's roles; there is no other log-in.
  local_account_disabled            = true
  role_based_access_control_enabled = true

  azure_active_directory_role_based_access_control {
    azure_rbac_enabled = true
    tenant_id          = azurerm_user_assigned_identity.cluster.tenant_id
  }

  # Pods act as identities of the cloud.
  oidc_issuer_enabled       = true
  workload_identity_enabled = true

  # Corrections come by themselves, new releases don't.
  automatic_upgrade_channel    = "patch"
  node_os_upgrade_channel      = "NodeImage"
  image_cleaner_enabled        = true
  image_cleaner_interval_hours = 48

  maintenance_window_auto_upgrade {
    frequency   = "Weekly"
    interval    = 1
    day_of_week = "Sunday"
    start_time  = "02:00"
    duration    = 4
  }

  maintenance_window_node_os {
    frequency   = "Weekly"
    interval    = 1
    day_of_week = "Sunday"
    start_time  = "02:00"
    duration    = 4
  }

  identity {
    type         = "UserAssigned"
    identity_ids = [azurerm_user_assigned_identity.cluster.id]
  }

  # What the cluster itself consists of, in every zone; nothing else is placed here.
  default_node_pool {
    name                         = "system"
    vm_size                      = "Standard_D2s_v5"
    node_count                   = 3
    zones                        = ["1", "2", "3"]
    vnet_subnet_id               = azurerm_subnet.private.id
    only_critical_addons_enabled = true
    os_disk_size_gb              = 64
    max_pods                     = 64
    temporary_name_for_rotation  = "rotation"

    upgrade_settings {
      max_surge = "1"
    }

    tags = {
      "provision-deployment" = "orders"
      "provision-address"    = "azurerm_kubernetes_cluster.main"
    }
  }

  # Pods have addresses of their own, which nobody outside of the cluster sees; nodes' kernels keep network policies.
  network_profile {
    network_plugin      = "azure"
    network_plugin_mode = "overlay"
    network_data_plane  = "cilium"
    network_policy      = "cilium"
    pod_cidr            = "100.64.0.0/16"
    service_cidr        = "100.65.0.0/16"
    dns_service_ip      = "100.65.0.10"
    load_balancer_sku   = "standard"
    # The way out, by an address that stands in all zones.
    outbound_type = "loadBalancer"

    load_balancer_profile {
      managed_outbound_ip_count = 1
      outbound_ports_allocated  = 1024
      idle_timeout_in_minutes   = 30
    }
  }

  storage_profile {
    disk_driver_enabled = true
    file_driver_enabled = false
  }

  auto_scaler_profile {
    balance_similar_node_groups = true
    # Pods finish before their node goes.
    max_graceful_termination_sec = 1800
  }

  tags = {
    "provision-deployment" = "orders"
    "provision-address"    = "azurerm_kubernetes_cluster.main"
  }

  lifecycle {
    # Corrections came in.
    ignore_changes = [kubernetes_version]
  }

  depends_on = [azurerm_role_assignment.cluster_network]
}

# Whoever applies this installs the rest. Others get roles of their own.
resource "azurerm_role_assignment" "operator_cluster" {
  scope                = azurerm_kubernetes_cluster.main.id
  role_definition_name = "Azure Kubernetes Service RBAC Cluster Admin"
  principal_id         = var.operator_id
}

# Nodes

# components

# In a pool of its own, zone 1 gets its nodes back in zone 1, and keeps as many as the others.
resource "azurerm_kubernetes_cluster_node_pool" "components_1" {
  name                        = "components1"
  kubernetes_cluster_id       = azurerm_kubernetes_cluster.main.id
  vm_size                     = "Standard_D8s_v5"
  zones                       = ["1"]
  vnet_subnet_id              = azurerm_subnet.private.id
  os_disk_size_gb             = 100
  max_pods                    = 64
  temporary_name_for_rotation = "newcompo1"

  # Room for all pods while a zone is lost.
  auto_scaling_enabled = true
  min_count            = 1
  max_count            = 2

  # By which name rules know its nodes.
  node_network_profile {
    application_security_group_ids = [azurerm_application_security_group.components_nodes.id]
  }

  # The new node first; pods have time to finish.
  upgrade_settings {
    max_surge                = "1"
    drain_timeout_in_minutes = 30
  }

  # Parameters of pods that Kubernetes allows by name only.
  kubelet_config {
    allowed_unsafe_sysctls = ["net.core.somaxconn", "net.ipv4.tcp_max_syn_backlog", "net.ipv4.tcp_retries2", "net.ipv4.tcp_slow_start_after_idle", "net.ipv4.tcp_syn_retries", "net.ipv4.tcp_synack_retries"]
  }

  # What all pods of a node share, as far as the cloud sets it; the rest is set by kubernetes/tuning.yaml.
  linux_os_config {
    sysctl_config {
      fs_inotify_max_user_watches       = 781250
      net_ipv4_neigh_default_gc_thresh1 = 8192
      net_ipv4_neigh_default_gc_thresh2 = 32768
      net_ipv4_neigh_default_gc_thresh3 = 65536
      vm_max_map_count                  = 262144
      vm_swappiness                     = 10
    }
  }

  node_labels = {
    "provision/pool" = "components"
  }

  tags = {
    "provision-deployment" = "orders"
    "provision-address"    = "azurerm_kubernetes_cluster_node_pool.components_1"
  }

  lifecycle {
    # The number follows the pods.
    ignore_changes = [node_count]
  }
}

# In a pool of its own, zone 2 gets its nodes back in zone 2, and keeps as many as the others.
resource "azurerm_kubernetes_cluster_node_pool" "components_2" {
  name                        = "components2"
  kubernetes_cluster_id       = azurerm_kubernetes_cluster.main.id
  vm_size                     = "Standard_D8s_v5"
  zones                       = ["2"]
  vnet_subnet_id              = azurerm_subnet.private.id
  os_disk_size_gb             = 100
  max_pods                    = 64
  temporary_name_for_rotation = "newcompo2"

  # Room for all pods while a zone is lost.
  auto_scaling_enabled = true
  min_count            = 1
  max_count            = 2

  # By which name rules know its nodes.
  node_network_profile {
    application_security_group_ids = [azurerm_application_security_group.components_nodes.id]
  }

  # The new node first; pods have time to finish.
  upgrade_settings {
    max_surge                = "1"
    drain_timeout_in_minutes = 30
  }

  # Parameters of pods that Kubernetes allows by name only.
  kubelet_config {
    allowed_unsafe_sysctls = ["net.core.somaxconn", "net.ipv4.tcp_max_syn_backlog", "net.ipv4.tcp_retries2", "net.ipv4.tcp_slow_start_after_idle", "net.ipv4.tcp_syn_retries", "net.ipv4.tcp_synack_retries"]
  }

  # What all pods of a node share, as far as the cloud sets it; the rest is set by kubernetes/tuning.yaml.
  linux_os_config {
    sysctl_config {
      fs_inotify_max_user_watches       = 781250
      net_ipv4_neigh_default_gc_thresh1 = 8192
      net_ipv4_neigh_default_gc_thresh2 = 32768
      net_ipv4_neigh_default_gc_thresh3 = 65536
      vm_max_map_count                  = 262144
      vm_swappiness                     = 10
    }
  }

  node_labels = {
    "provision/pool" = "components"
  }

  tags = {
    "provision-deployment" = "orders"
    "provision-address"    = "azurerm_kubernetes_cluster_node_pool.components_2"
  }

  lifecycle {
    # The number follows the pods.
    ignore_changes = [node_count]
  }
}

# In a pool of its own, zone 3 gets its nodes back in zone 3, and keeps as many as the others.
resource "azurerm_kubernetes_cluster_node_pool" "components_3" {
  name                        = "components3"
  kubernetes_cluster_id       = azurerm_kubernetes_cluster.main.id
  vm_size                     = "Standard_D8s_v5"
  zones                       = ["3"]
  vnet_subnet_id              = azurerm_subnet.private.id
  os_disk_size_gb             = 100
  max_pods                    = 64
  temporary_name_for_rotation = "newcompo3"

  # Room for all pods while a zone is lost.
  auto_scaling_enabled = true
  min_count            = 1
  max_count            = 2

  # By which name rules know its nodes.
  node_network_profile {
    application_security_group_ids = [azurerm_application_security_group.components_nodes.id]
  }

  # The new node first; pods have time to finish.
  upgrade_settings {
    max_surge                = "1"
    drain_timeout_in_minutes = 30
  }

  # Parameters of pods that Kubernetes allows by name only.
  kubelet_config {
    allowed_unsafe_sysctls = ["net.core.somaxconn", "net.ipv4.tcp_max_syn_backlog", "net.ipv4.tcp_retries2", "net.ipv4.tcp_slow_start_after_idle", "net.ipv4.tcp_syn_retries", "net.ipv4.tcp_synack_retries"]
  }

  # What all pods of a node share, as far as the cloud sets it; the rest is set by kubernetes/tuning.yaml.
  linux_os_config {
    sysctl_config {
      fs_inotify_max_user_watches       = 781250
      net_ipv4_neigh_default_gc_thresh1 = 8192
      net_ipv4_neigh_default_gc_thresh2 = 32768
      net_ipv4_neigh_default_gc_thresh3 = 65536
      vm_max_map_count                  = 262144
      vm_swappiness                     = 10
    }
  }

  node_labels = {
    "provision/pool" = "components"
  }

  tags = {
    "provision-deployment" = "orders"
    "provision-address"    = "azurerm_kubernetes_cluster_node_pool.components_3"
  }

  lifecycle {
    # The number follows the pods.
    ignore_changes = [node_count]
  }
}
