# What each kind of machine or pod may do, and no more.

# kestra

resource "aws_iam_role" "kestra" {
  name = "orders-kestra"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = ["sts:AssumeRole", "sts:TagSession"]
      Principal = { Service = "pods.eks.amazonaws.com" }
    }]
  })

  tags = {
    "Name"                 = "orders-kestra"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_iam_role.kestra"
  }
}

resource "aws_iam_role_policy" "kestra" {
  name = "orders-kestra"
  role = aws_iam_role.kestra.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      # The platform's files
      {
        Sid      = "UseStorage"
        Effect   = "Allow"
        Action   = ["s3:AbortMultipartUpload", "s3:DeleteObject", "s3:GetObject", "s3:ListBucket", "s3:PutObject"]
        Resource = [aws_s3_bucket.storage.arn, "${aws_s3_bucket.storage.arn}/*"]
      },
    ]
  })
}

resource "aws_eks_pod_identity_association" "kestra" {
  cluster_name    = aws_eks_cluster.main.name
  namespace       = "orders"
  service_account = "kestra"
  role_arn        = aws_iam_role.kestra.arn

  tags = {
    "Name"                 = "orders-kestra"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_eks_pod_identity_association.kestra"
  }
}

# external-secrets

resource "aws_iam_role" "external_secrets" {
  name = "orders-external-secrets"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = ["sts:AssumeRole", "sts:TagSession"]
      Principal = { Service = "pods.eks.amazonaws.com" }
    }]
  })

  tags = {
    "Name"                 = "orders-external-secrets"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_iam_role.external_secrets"
  }
}

resource "aws_iam_role_policy" "external_secrets" {
  name = "orders-external-secrets"
  role = aws_iam_role.external_secrets.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      # The platform's own secrets
      {
        Sid      = "ReadSecrets"
        Effect   = "Allow"
        Action   = ["secretsmanager:GetSecretValue"]
        Resource = [aws_secretsmanager_secret.encryption_key.arn, "arn:aws:secretsmanager:eu-west-1:${aws_security_group.load_balancer.owner_id}:secret:kestra-licence-??????"]
      },
    ]
  })
}

resource "aws_eks_pod_identity_association" "external_secrets" {
  cluster_name    = aws_eks_cluster.main.name
  namespace       = "external-secrets"
  service_account = "external-secrets"
  role_arn        = aws_iam_role.external_secrets.arn

  tags = {
    "Name"                 = "orders-external-secrets"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_eks_pod_identity_association.external_secrets"
  }
}

# search-data

resource "aws_iam_role" "search_data" {
  name = "orders-search-data"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "ec2.amazonaws.com" }
    }]
  })

  tags = {
    "Name"                 = "orders-search-data"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_iam_role.search_data"
  }
}

resource "aws_iam_role_policy" "search_data" {
  name = "orders-search-data"
  role = aws_iam_role.search_data.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      # Addresses of the backends
      {
        Sid      = "ReadBootValues"
        Effect   = "Allow"
        Action   = ["ssm:GetParameter", "ssm:GetParameters", "ssm:GetParametersByPath"]
        Resource = ["arn:aws:ssm:eu-west-1:${aws_security_group.load_balancer.owner_id}:parameter/provision/orders/*"]
      },
      # A shell for operators, without any open port
      {
        Sid      = "OpenSessions"
        Effect   = "Allow"
        Action   = ["ssm:UpdateInstanceInformation", "ssmmessages:CreateControlChannel", "ssmmessages:CreateDataChannel", "ssmmessages:OpenControlChannel", "ssmmessages:OpenDataChannel"]
        Resource = ["*"]
      },
    ]
  })
}

resource "aws_iam_instance_profile" "search_data" {
  name = "orders-search-data"
  role = aws_iam_role.search_data.name

  tags = {
    "Name"                 = "orders-search-data"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_iam_instance_profile.search_data"
  }
}

# search-master

resource "aws_iam_role" "search_master" {
  name = "orders-search-master"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "ec2.amazonaws.com" }
    }]
  })

  tags = {
    "Name"                 = "orders-search-master"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_iam_role.search_master"
  }
}

resource "aws_iam_role_policy" "search_master" {
  name = "orders-search-master"
  role = aws_iam_role.search_master.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      # Addresses of the backends
      {
        Sid      = "ReadBootValues"
        Effect   = "Allow"
        Action   = ["ssm:GetParameter", "ssm:GetParameters", "ssm:GetParametersByPath"]
        Resource = ["arn:aws:ssm:eu-west-1:${aws_security_group.load_balancer.owner_id}:parameter/provision/orders/*"]
      },
      # A shell for operators, without any open port
      {
        Sid      = "OpenSessions"
        Effect   = "Allow"
        Action   = ["ssm:UpdateInstanceInformation", "ssmmessages:CreateControlChannel", "ssmmessages:CreateDataChannel", "ssmmessages:OpenControlChannel", "ssmmessages:OpenDataChannel"]
        Resource = ["*"]
      },
      # The platform's own secrets
      {
        Sid      = "ReadSecrets"
        Effect   = "Allow"
        Action   = ["secretsmanager:GetSecretValue"]
        Resource = [aws_secretsmanager_secret.search_formed.arn]
      },
      # The first machine makes them up; the same request token lets only one of several win
      {
        Sid      = "MakeUpSecrets"
        Effect   = "Allow"
        Action   = ["secretsmanager:PutSecretValue"]
        Resource = [aws_secretsmanager_secret.search_formed.arn]
      },
    ]
  })
}

resource "aws_iam_instance_profile" "search_master" {
  name = "orders-search-master"
  role = aws_iam_role.search_master.name

  tags = {
    "Name"                 = "orders-search-master"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_iam_instance_profile.search_master"
  }
}

# Places for secrets. Their values never pass through here.

# The first machine makes up its value and keeps it here.
resource "aws_secretsmanager_secret" "encryption_key" {
  name                    = "/provision/orders/encryption-key"
  description             = "Encrypts inputs and outputs of type SECRET; 32 bytes in base64"
  recovery_window_in_days = 30

  tags = {
    "Name"                 = "orders-encryption-key"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_secretsmanager_secret.encryption_key"
  }
}

# The first machine makes up its value and keeps it here.
resource "aws_secretsmanager_secret" "search_formed" {
  name                    = "/provision/orders/search-formed"
  description             = "The search cluster's own id; the first nodes put it down, and no node forms another cluster then"
  recovery_window_in_days = 30

  tags = {
    "Name"                 = "orders-search-formed"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_secretsmanager_secret.search_formed"
  }
}
