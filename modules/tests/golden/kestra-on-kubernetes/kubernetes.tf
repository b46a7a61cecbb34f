# The cluster that the components run in. What runs there is installed by kubernetes/install.sh.

resource "aws_kms_key" "cluster" {
  description             = "Encrypts the cluster's secrets"
  deletion_window_in_days = 30
  enable_key_rotation     = true

  tags = {
    "Name"                 = "orders-cluster"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_kms_key.cluster"
  }
}

resource "aws_kms_alias" "cluster" {
  name          = "alias/orders-cluster"
  target_key_id = aws_kms_key.cluster.key_id
}

resource "aws_cloudwatch_log_group" "cluster" {
  name              = "/aws/eks/orders/cluster"
  retention_in_days = var.log_retention_days

  tags = {
    "Name"                 = "orders-cluster"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_cloudwatch_log_group.cluster"
  }
}

resource "aws_iam_role" "cluster" {
  name = "orders-cluster"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = ["sts:AssumeRole", "sts:TagSession"]
      Principal = { Service = "eks.amazonaws.com" }
    }]
  })

  tags = {
    "Name"                 = "orders-cluster"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_iam_role.cluster"
  }
}

resource "aws_iam_role_policy_attachment" "cluster" {
  role       = aws_iam_role.cluster.name
  policy_arn = "arn:aws:iam::aws:policy/AmazonEKSClusterPolicy"
}

resource "aws_eks_cluster" "main" {
  name                = "orders"
  version             = "1.35"
  role_arn            = aws_iam_role.cluster.arn
  deletion_protection = var.deletion_protection
  # The add-ons below, in releases that the service keeps up to date.
  bootstrap_self_managed_addons = false
  enabled_cluster_log_types     = ["api", "audit", "authenticator", "controllerManager", "scheduler"]

  # Its own interfaces stand in every zone.
  vpc_config {
    subnet_ids              = [aws_subnet.private_a.id, aws_subnet.private_b.id, aws_subnet.private_c.id]
    security_group_ids      = [aws_security_group.control_plane.id]
    endpoint_private_access = true
    endpoint_public_access  = length(var.cluster_clients) > 0
    public_access_cidrs     = var.cluster_clients
  }

  access_config {
    authentication_mode = "API"
    # Whoever applies this installs the rest. Others get an access entry of their own.
    bootstrap_cluster_creator_admin_permissions = true
  }

  encryption_config {
    resources = ["secrets"]

    provider {
      key_arn = aws_kms_key.cluster.arn
    }
  }

  upgrade_policy {
    support_type = "STANDARD"
  }

  # A zone that is sick can be taken out of the traffic.
  zonal_shift_config {
    enabled = true
  }

  tags = {
    "Name"                 = "orders"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_eks_cluster.main"
  }

  depends_on = [aws_iam_role_policy_attachment.cluster, aws_cloudwatch_log_group.cluster]
}

# Nodes

resource "aws_iam_role" "nodes" {
  name = "orders-nodes"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "ec2.amazonaws.com" }
    }]
  })

  tags = {
    "Name"                 = "orders-nodes"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_iam_role.nodes"
  }
}

resource "aws_iam_role_policy_attachment" "nodes_join" {
  role       = aws_iam_role.nodes.name
  policy_arn = "arn:aws:iam::aws:policy/AmazonEKSWorkerNodePolicy"
}

resource "aws_iam_role_policy_attachment" "nodes_pull" {
  role       = aws_iam_role.nodes.name
  policy_arn = "arn:aws:iam::aws:policy/AmazonEC2ContainerRegistryPullOnly"
}

# components

resource "aws_launch_template" "components_nodes" {
  name                   = "orders-components-nodes"
  update_default_version = true
  instance_type          = "m7i.2xlarge"
  user_data              = filebase64("${path.module}/kubernetes/nodes/components.mime")
  vpc_security_group_ids = [aws_security_group.components_nodes.id]

  metadata_options {
    http_endpoint = "enabled"
    # With a token only, and not from inside a pod: pods have roles of their own.
    http_tokens                 = "required"
    http_put_response_hop_limit = 1
  }

  block_device_mappings {
    device_name = "/dev/xvda"

    ebs {
      volume_type           = "gp3"
      volume_size           = 100
      encrypted             = true
      delete_on_termination = true
    }
  }

  monitoring {
    enabled = true
  }

  tag_specifications {
    resource_type = "instance"
    tags = {
      "Name"                 = "orders-components-nodes"
      "provision:deployment" = "orders"
      "provision:component"  = "components-nodes"
    }
  }

  tag_specifications {
    resource_type = "volume"
    tags = {
      "Name"                 = "orders-components-nodes"
      "provision:deployment" = "orders"
      "provision:component"  = "components-nodes"
    }
  }

  tags = {
    "Name"                 = "orders-components-nodes"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_launch_template.components_nodes"
  }
}

# In a group of its own, eu-west-1a gets its nodes back in eu-west-1a, and keeps as many as the others.
resource "aws_eks_node_group" "components_a" {
  cluster_name    = aws_eks_cluster.main.name
  node_group_name = "orders-components-a"
  node_role_arn   = aws_iam_role.nodes.arn
  subnet_ids      = [aws_subnet.private_a.id]
  ami_type        = "AL2023_x86_64_STANDARD"
  capacity_type   = "ON_DEMAND"

  # Room for all pods while a zone is lost.
  scaling_config {
    min_size     = 1
    desired_size = 1
    max_size     = 2
  }

  update_config {
    max_unavailable = 1
  }

  node_repair_config {
    enabled = true
  }

  launch_template {
    id      = aws_launch_template.components_nodes.id
    version = aws_launch_template.components_nodes.latest_version
  }

  labels = {
    "provision/pool" = "components"
  }

  tags = {
    "Name"                 = "orders-components-a"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_eks_node_group.components_a"
  }

  depends_on = [aws_eks_addon.vpc_cni, aws_eks_addon.kube_proxy, aws_eks_addon.eks_pod_identity_agent]
}

# In a group of its own, eu-west-1b gets its nodes back in eu-west-1b, and keeps as many as the others.
resource "aws_eks_node_group" "components_b" {
  cluster_name    = aws_eks_cluster.main.name
  node_group_name = "orders-components-b"
  node_role_arn   = aws_iam_role.nodes.arn
  subnet_ids      = [aws_subnet.private_b.id]
  ami_type        = "AL2023_x86_64_STANDARD"
  capacity_type   = "ON_DEMAND"

  # Room for all pods while a zone is lost.
  scaling_config {
    min_size     = 1
    desired_size = 1
    max_size     = 2
  }

  update_config {
    max_unavailable = 1
  }

  node_repair_config {
    enabled = true
  }

  launch_template {
    id      = aws_launch_template.components_nodes.id
    version = aws_launch_template.components_nodes.latest_version
  }

  labels = {
    "provision/pool" = "components"
  }

  tags = {
    "Name"                 = "orders-components-b"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_eks_node_group.components_b"
  }

  depends_on = [aws_eks_addon.vpc_cni, aws_eks_addon.kube_proxy, aws_eks_addon.eks_pod_identity_agent]
}

# In a group of its own, eu-west-1c gets its nodes back in eu-west-1c, and keeps as many as the others.
resource "aws_eks_node_group" "components_c" {
  cluster_name    = aws_eks_cluster.main.name
  node_group_name = "orders-components-c"
  node_role_arn   = aws_iam_role.nodes.arn
  subnet_ids      = [aws_subnet.private_c.id]
  ami_type        = "AL2023_x86_64_STANDARD"
  capacity_type   = "ON_DEMAND"

  # Room for all pods while a zone is lost.
  scaling_config {
    min_size     = 1
    desired_size = 1
    max_size     = 2
  }

  update_config {
    max_unavailable = 1
  }

  node_repair_config {
    enabled = true
  }

  launch_template {
    id      = aws_launch_template.components_nodes.id
    version = aws_launch_template.components_nodes.latest_version
  }

  labels = {
    "provision/pool" = "components"
  }

  tags = {
    "Name"                 = "orders-components-c"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_eks_node_group.components_c"
  }

  depends_on = [aws_eks_addon.vpc_cni, aws_eks_addon.kube_proxy, aws_eks_addon.eks_pod_identity_agent]
}

# Add-ons

resource "aws_iam_role" "vpc_cni" {
  name = "orders-vpc-cni"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = ["sts:AssumeRole", "sts:TagSession"]
      Principal = { Service = "pods.eks.amazonaws.com" }
    }]
  })

  tags = {
    "Name"                 = "orders-vpc-cni"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_iam_role.vpc_cni"
  }
}

resource "aws_iam_role_policy_attachment" "vpc_cni" {
  role       = aws_iam_role.vpc_cni.name
  policy_arn = "arn:aws:iam::aws:policy/AmazonEKS_CNI_Policy"
}

# Addresses of the network for pods, and their network policies
resource "aws_eks_addon" "vpc_cni" {
  cluster_name                = aws_eks_cluster.main.name
  addon_name                  = "vpc-cni"
  resolve_conflicts_on_create = "OVERWRITE"
  resolve_conflicts_on_update = "OVERWRITE"
  configuration_values        = "{\"enableNetworkPolicy\":\"true\"}"

  pod_identity_association {
    role_arn        = aws_iam_role.vpc_cni.arn
    service_account = "aws-node"
  }

  tags = {
    "Name"                 = "orders-vpc-cni"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_eks_addon.vpc_cni"
  }
}

# Addresses of services
resource "aws_eks_addon" "kube_proxy" {
  cluster_name                = aws_eks_cluster.main.name
  addon_name                  = "kube-proxy"
  resolve_conflicts_on_create = "OVERWRITE"
  resolve_conflicts_on_update = "OVERWRITE"

  tags = {
    "Name"                 = "orders-kube-proxy"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_eks_addon.kube_proxy"
  }
}

# Gives pods the roles of their accounts
resource "aws_eks_addon" "eks_pod_identity_agent" {
  cluster_name                = aws_eks_cluster.main.name
  addon_name                  = "eks-pod-identity-agent"
  resolve_conflicts_on_create = "OVERWRITE"
  resolve_conflicts_on_update = "OVERWRITE"

  tags = {
    "Name"                 = "orders-eks-pod-identity-agent"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_eks_addon.eks_pod_identity_agent"
  }
}

# Names of services
resource "aws_eks_addon" "coredns" {
  cluster_name                = aws_eks_cluster.main.name
  addon_name                  = "coredns"
  resolve_conflicts_on_create = "OVERWRITE"
  resolve_conflicts_on_update = "OVERWRITE"

  tags = {
    "Name"                 = "orders-coredns"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_eks_addon.coredns"
  }

  depends_on = [aws_eks_node_group.components_a, aws_eks_node_group.components_b, aws_eks_node_group.components_c]
}

# The load of pods, by which their number follows it
resource "aws_eks_addon" "metrics_server" {
  cluster_name                = aws_eks_cluster.main.name
  addon_name                  = "metrics-server"
  resolve_conflicts_on_create = "OVERWRITE"
  resolve_conflicts_on_update = "OVERWRITE"

  tags = {
    "Name"                 = "orders-metrics-server"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_eks_addon.metrics_server"
  }

  depends_on = [aws_eks_node_group.components_a, aws_eks_node_group.components_b, aws_eks_node_group.components_c]
}

resource "aws_iam_role" "aws_ebs_csi_driver" {
  name = "orders-aws-ebs-csi-driver"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = ["sts:AssumeRole", "sts:TagSession"]
      Principal = { Service = "pods.eks.amazonaws.com" }
    }]
  })

  tags = {
    "Name"                 = "orders-aws-ebs-csi-driver"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_iam_role.aws_ebs_csi_driver"
  }
}

resource "aws_iam_role_policy_attachment" "aws_ebs_csi_driver" {
  role       = aws_iam_role.aws_ebs_csi_driver.name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AmazonEBSCSIDriverPolicy"
}

# Volumes of a zone
resource "aws_eks_addon" "aws_ebs_csi_driver" {
  cluster_name                = aws_eks_cluster.main.name
  addon_name                  = "aws-ebs-csi-driver"
  resolve_conflicts_on_create = "OVERWRITE"
  resolve_conflicts_on_update = "OVERWRITE"

  pod_identity_association {
    role_arn        = aws_iam_role.aws_ebs_csi_driver.arn
    service_account = "ebs-csi-controller-sa"
  }

  tags = {
    "Name"                 = "orders-aws-ebs-csi-driver"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_eks_addon.aws_ebs_csi_driver"
  }

  depends_on = [aws_eks_node_group.components_a, aws_eks_node_group.components_b, aws_eks_node_group.components_c]
}

# The nodes register with the load balancer.

resource "aws_autoscaling_attachment" "webserver_0_components_a" {
  autoscaling_group_name = aws_eks_node_group.components_a.resources[0].autoscaling_groups[0].name
  lb_target_group_arn    = aws_lb_target_group.webserver_ui.arn
}

resource "aws_autoscaling_attachment" "webserver_0_components_b" {
  autoscaling_group_name = aws_eks_node_group.components_b.resources[0].autoscaling_groups[0].name
  lb_target_group_arn    = aws_lb_target_group.webserver_ui.arn
}

resource "aws_autoscaling_attachment" "webserver_0_components_c" {
  autoscaling_group_name = aws_eks_node_group.components_c.resources[0].autoscaling_groups[0].name
  lb_target_group_arn    = aws_lb_target_group.webserver_ui.arn
}
