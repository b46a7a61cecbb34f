# The cluster that the components run in. What runs there is installed by kubernetes/install.sh.

resource "aws_kms_key" "{{ key.local }}" {
  description = "Encrypts the cluster's secrets"
  deletion_window_in_days = 30
  enable_key_rotation = true
{# The key's own policy is the cloud's default: the account decides by IAM. #}

  tags = {{ key.tags }}
}

resource "aws_kms_alias" "{{ key.local }}" {
  name = "{{ key_alias }}"
  target_key_id = aws_kms_key.{{ key.local | ident }}.key_id
}

resource "aws_cloudwatch_log_group" "{{ logs.local }}" {
  name = "{{ logs.name }}"
  retention_in_days = var.log_retention_days

  tags = {{ logs.tags }}
}

resource "aws_iam_role" "{{ role.local }}" {
  name = "{{ role.name }}"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect = "Allow"
      Action = ["sts:AssumeRole", "sts:TagSession"]
      Principal = { Service = "eks.amazonaws.com" }
    }]
  })

  tags = {{ role.tags }}
}

resource "aws_iam_role_policy_attachment" "{{ role.local }}" {
  role = aws_iam_role.{{ role.local | ident }}.name
  policy_arn = "arn:aws:iam::aws:policy/AmazonEKSClusterPolicy"
}

resource "aws_eks_cluster" "{{ cluster.local }}" {
  name = "{{ cluster.name }}"
  version = "{{ version }}"
  role_arn = aws_iam_role.{{ role.local | ident }}.arn
  deletion_protection = var.deletion_protection
  # The add-ons below, in releases that the service keeps up to date.
  bootstrap_self_managed_addons = false
  enabled_cluster_log_types = ["api", "audit", "authenticator", "controllerManager", "scheduler"]

  # Its own interfaces stand in every zone.
  vpc_config {
    subnet_ids = {{ subnets }}
    security_group_ids = {{ security_groups }}
    endpoint_private_access = true
    endpoint_public_access = length(var.cluster_clients) > 0
    public_access_cidrs = var.cluster_clients
  }

  access_config {
    authentication_mode = "API"
    # Whoever applies this installs the rest. Others get an access entry of their own.
    bootstrap_cluster_creator_admin_permissions = true
  }

  encryption_config {
    resources = ["secrets"]

    provider {
      key_arn = aws_kms_key.{{ key.local | ident }}.arn
    }
  }

  upgrade_policy {
    support_type = "STANDARD"
  }

  # A zone that is sick can be taken out of the traffic.
  zonal_shift_config {
    enabled = true
  }

  tags = {{ cluster.tags }}

  depends_on = [aws_iam_role_policy_attachment.{{ role.local | ident }}, aws_cloudwatch_log_group.{{ logs.local | ident }}]
}

# Nodes

resource "aws_iam_role" "{{ node_role.local }}" {
  name = "{{ node_role.name }}"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect = "Allow"
      Action = "sts:AssumeRole"
      Principal = { Service = "ec2.amazonaws.com" }
    }]
  })

  tags = {{ node_role.tags }}
}

resource "aws_iam_role_policy_attachment" "nodes_join" {
  role = aws_iam_role.{{ node_role.local | ident }}.name
  policy_arn = "arn:aws:iam::aws:policy/AmazonEKSWorkerNodePolicy"
}

resource "aws_iam_role_policy_attachment" "nodes_pull" {
  role = aws_iam_role.{{ node_role.local | ident }}.name
  policy_arn = "arn:aws:iam::aws:policy/AmazonEC2ContainerRegistryPullOnly"
}

{% for it in pools %}
# {{ it.pool }}

resource "aws_launch_template" "{{ it.template.local }}" {
  name = "{{ it.template.name }}"
  update_default_version = true
  instance_type = "{{ it.machine_type }}"
  user_data = filebase64("${path.module}/{{ it.user_data }}")
  vpc_security_group_ids = {{ it.security_groups }}

  metadata_options {
    http_endpoint = "enabled"
    # With a token only, and not from inside a pod: pods have roles of their own.
    http_tokens = "required"
    http_put_response_hop_limit = 1
  }

  block_device_mappings {
    device_name = "/dev/xvda"

    ebs {
      volume_type = "gp3"
      volume_size = 100
      encrypted = true
      delete_on_termination = true
    }
  }

  monitoring {
    enabled = true
  }

  tag_specifications {
    resource_type = "instance"
    tags = {{ it.machine_tags }}
  }

  tag_specifications {
    resource_type = "volume"
    tags = {{ it.machine_tags }}
  }

  tags = {{ it.template.tags }}
}

{% for zone in it.groups %}
# In a group of its own, {{ zone.zone }} gets its nodes back in {{ zone.zone }}, and keeps as many as the others.
resource "aws_eks_node_group" "{{ zone.group.local }}" {
  cluster_name = aws_eks_cluster.{{ cluster.local | ident }}.name
  node_group_name = "{{ zone.group.name }}"
  node_role_arn = aws_iam_role.{{ node_role.local | ident }}.arn
  subnet_ids = [{{ zone.subnet }}]
{% if it.arm %}
  ami_type = "AL2023_ARM_64_STANDARD"
{% else %}
  ami_type = "AL2023_x86_64_STANDARD"
{% endif %}
  capacity_type = "ON_DEMAND"

  # Room for all pods while a zone is lost.
  scaling_config {
    min_size = {{ it.nodes }}
    desired_size = {{ it.nodes }}
    max_size = {{ it.most }}
  }

  update_config {
    max_unavailable = 1
  }

  node_repair_config {
    enabled = true
  }

  launch_template {
    id = aws_launch_template.{{ it.template.local | ident }}.id
    version = aws_launch_template.{{ it.template.local | ident }}.latest_version
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
  tags = {{ zone.group.tags }}

  depends_on = {{ first_addons }}
}

{% endfor %}
{% endfor %}
# Add-ons

{% for it in addons %}
{% if it.role %}
resource "aws_iam_role" "{{ it.role.local }}" {
  name = "{{ it.role.name }}"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect = "Allow"
      Action = ["sts:AssumeRole", "sts:TagSession"]
      Principal = { Service = "pods.eks.amazonaws.com" }
    }]
  })

  tags = {{ it.role.tags }}
}

resource "aws_iam_role_policy_attachment" "{{ it.role.local }}" {
  role = aws_iam_role.{{ it.role.local | ident }}.name
  policy_arn = "arn:aws:iam::aws:policy/{{ it.policy }}"
}

{% endif %}
# {{ it.why }}
resource "aws_eks_addon" "{{ it.addon.local }}" {
  cluster_name = aws_eks_cluster.{{ cluster.local | ident }}.name
  addon_name = "{{ it.kind }}"
  resolve_conflicts_on_create = "OVERWRITE"
  resolve_conflicts_on_update = "OVERWRITE"
{% if it.settings %}
  configuration_values = "{{ it.settings }}"
{% endif %}
{% if it.role %}

  pod_identity_association {
    role_arn = aws_iam_role.{{ it.role.local | ident }}.arn
    service_account = "{{ it.account }}"
  }
{% endif %}

  tags = {{ it.addon.tags }}
{% if it.after_nodes %}

  depends_on = {{ all_groups }}
{% endif %}
}

{% endfor %}
{% if attachments | length > 0 %}
# The nodes register with the load balancer.

{% for it in attachments %}
resource "aws_autoscaling_attachment" "{{ it.attachment.local }}" {
  autoscaling_group_name = {{ it.group }}
  lb_target_group_arn = {{ it.target }}
}

{% endfor %}
{% endif %}
