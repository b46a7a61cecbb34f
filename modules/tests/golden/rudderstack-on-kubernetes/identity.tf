# What each kind of machine or pod may do, and no more.

# server

resource "aws_iam_role" "server" {
  name = "clicks-server"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = ["sts:AssumeRole", "sts:TagSession"]
      Principal = { Service = "pods.eks.amazonaws.com" }
    }]
  })

  tags = {
    "Name"                 = "clicks-server"
    "provision:deployment" = "clicks"
    "provision:address"    = "aws_iam_role.server"
  }
}

resource "aws_iam_role_policy" "server" {
  name = "clicks-server"
  role = aws_iam_role.server.name
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

resource "aws_eks_pod_identity_association" "server" {
  cluster_name    = aws_eks_cluster.main.name
  namespace       = "clicks"
  service_account = "server"
  role_arn        = aws_iam_role.server.arn

  tags = {
    "Name"                 = "clicks-server"
    "provision:deployment" = "clicks"
    "provision:address"    = "aws_eks_pod_identity_association.server"
  }
}

# external-secrets

resource "aws_iam_role" "external_secrets" {
  name = "clicks-external-secrets"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = ["sts:AssumeRole", "sts:TagSession"]
      Principal = { Service = "pods.eks.amazonaws.com" }
    }]
  })

  tags = {
    "Name"                 = "clicks-external-secrets"
    "provision:deployment" = "clicks"
    "provision:address"    = "aws_iam_role.external_secrets"
  }
}

resource "aws_iam_role_policy" "external_secrets" {
  name = "clicks-external-secrets"
  role = aws_iam_role.external_secrets.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      # The password that the database service made and rotates
      {
        Sid      = "ReadDatabasePassword"
        Effect   = "Allow"
        Action   = ["secretsmanager:GetSecretValue"]
        Resource = [aws_db_instance.server_0.master_user_secret[0].secret_arn, aws_db_instance.server_1.master_user_secret[0].secret_arn, aws_db_instance.server_2.master_user_secret[0].secret_arn]
      },
      # The platform's own secrets
      {
        Sid      = "ReadSecrets"
        Effect   = "Allow"
        Action   = ["secretsmanager:GetSecretValue"]
        Resource = [aws_secretsmanager_secret.workspace_token.arn]
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
    "Name"                 = "clicks-external-secrets"
    "provision:deployment" = "clicks"
    "provision:address"    = "aws_eks_pod_identity_association.external_secrets"
  }
}

# Places for secrets. Their values never pass through here.

# Put its value in before the machines start: they wait for it.
resource "aws_secretsmanager_secret" "workspace_token" {
  name                    = "/provision/clicks/workspace-token"
  description             = "Names the workspace whose configuration the servers take"
  recovery_window_in_days = 30

  tags = {
    "Name"                 = "clicks-workspace-token"
    "provision:deployment" = "clicks"
    "provision:address"    = "aws_secretsmanager_secret.workspace_token"
  }
}
