resource "aws_security_group" "nodes" {
  name        = "orders-nodes"
  description = "Connections of nodes"
  vpc_id      = aws_vpc.main.id
}

resource "aws_iam_role" "main" {
  name = "orders-cluster"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = ["sts:AssumeRole", "sts:TagSession"]
      Principal = { Service = ["eks.amazonaws.com", "ec2.amazonaws.com", "pods.eks.amazonaws.com"] }
    }]
  })
}

resource "aws_iam_role" "other" {
  name = "orders-other"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = ["sts:AssumeRole", "sts:TagSession"]
      Principal = { Service = "pods.eks.amazonaws.com" }
    }]
  })
}

resource "aws_eks_cluster" "main" {
  name                          = "orders"
  version                       = "1.34"
  role_arn                      = aws_iam_role.main.arn
  deletion_protection           = false
  bootstrap_self_managed_addons = false
  enabled_cluster_log_types     = ["api", "audit"]

  vpc_config {
    subnet_ids              = [aws_subnet.a.id, aws_subnet.b.id]
    security_group_ids      = [aws_security_group.nodes.id]
    endpoint_private_access = true
    endpoint_public_access  = true
    public_access_cidrs     = ["192.0.2.0/24"]
  }

  access_config {
    authentication_mode                         = "API"
    bootstrap_cluster_creator_admin_permissions = true
  }

  upgrade_policy {
    support_type = "STANDARD"
  }

  zonal_shift_config {
    enabled = true
  }

  tags = {
    "Name" = "orders"
  }
}

resource "aws_launch_template" "nodes" {
  name                   = "orders-nodes"
  update_default_version = true
  instance_type          = "m7i.large"
  vpc_security_group_ids = [aws_security_group.nodes.id]
}

resource "aws_eks_node_group" "main" {
  cluster_name    = aws_eks_cluster.main.name
  node_group_name = "orders-main"
  node_role_arn   = aws_iam_role.main.arn
  subnet_ids      = [aws_subnet.a.id, aws_subnet.b.id]
  ami_type        = "AL2023_x86_64_STANDARD"
  capacity_type   = "ON_DEMAND"

  scaling_config {
    min_size     = 2
    desired_size = 2
    max_size     = 3
  }

  update_config {
    max_unavailable = 1
  }

  node_repair_config {
    enabled = true
  }

  launch_template {
    id      = aws_launch_template.nodes.id
    version = aws_launch_template.nodes.latest_version
  }

  labels = {
    "provision/pool" = "main"
  }

  taint {
    key    = "provision/only"
    value  = "jobs"
    effect = "NO_SCHEDULE"
  }

  taint {
    key    = "provision/also"
    value  = "jobs"
    effect = "NO_EXECUTE"
  }

  tags = {
    "Name" = "orders-main"
  }

  depends_on = [aws_eks_addon.vpc_cni]
}

resource "aws_eks_addon" "vpc_cni" {
  cluster_name                = aws_eks_cluster.main.name
  addon_name                  = "vpc-cni"
  resolve_conflicts_on_create = "OVERWRITE"
  resolve_conflicts_on_update = "OVERWRITE"
  configuration_values        = "{\"enableNetworkPolicy\":\"true\"}"

  pod_identity_association {
    role_arn        = aws_iam_role.main.arn
    service_account = "aws-node"
  }
}

resource "aws_eks_addon" "coredns" {
  cluster_name = aws_eks_cluster.main.name
  addon_name   = "coredns"

  depends_on = [aws_eks_node_group.main]
}

resource "aws_eks_pod_identity_association" "server" {
  cluster_name    = aws_eks_cluster.main.name
  namespace       = "orders"
  service_account = "server"
  role_arn        = aws_iam_role.main.arn

  tags = {
    "Name" = "orders-server"
  }
}

resource "aws_lb_target_group" "nodes" {
  name        = "orders-nodes"
  port        = 30080
  protocol    = "HTTP"
  target_type = "instance"
  vpc_id      = aws_vpc.main.id

  health_check {
    port                = "30080"
    protocol            = "HTTP"
    path                = "/health"
    matcher             = "200"
    interval            = 10
    timeout             = 5
    healthy_threshold   = 2
    unhealthy_threshold = 3
  }
}

resource "aws_autoscaling_attachment" "nodes" {
  autoscaling_group_name = aws_eks_node_group.main.resources[0].autoscaling_groups[0].name
  lb_target_group_arn    = aws_lb_target_group.nodes.arn
}
