# What each kind of machine or pod may do, and no more.

# external-secrets

resource "aws_iam_role" "external_secrets" {
  name = "releases-external-secrets"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = ["sts:AssumeRole", "sts:TagSession"]
      Principal = { Service = "pods.eks.amazonaws.com" }
    }]
  })

  tags = {
    "Name"                 = "releases-external-secrets"
    "provision:deployment" = "releases"
    "provision:address"    = "aws_iam_role.external_secrets"
  }
}

resource "aws_iam_role_policy" "external_secrets" {
  name = "releases-external-secrets"
  role = aws_iam_role.external_secrets.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      # The password that the database service made and rotates
      {
        Sid      = "ReadDatabasePassword"
        Effect   = "Allow"
        Action   = ["secretsmanager:GetSecretValue"]
        Resource = [aws_db_instance.main.master_user_secret[0].secret_arn]
      },
      # The platform's own secrets
      {
        Sid      = "ReadSecrets"
        Effect   = "Allow"
        Action   = ["secretsmanager:GetSecretValue"]
        Resource = [aws_secretsmanager_secret.master_key.arn, aws_secretsmanager_secret.admin_password.arn, "arn:aws:secretsmanager:eu-west-1:${aws_security_group.load_balancer.owner_id}:secret:releases/octopus-licence-??????"]
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
    "Name"                 = "releases-external-secrets"
    "provision:deployment" = "releases"
    "provision:address"    = "aws_eks_pod_identity_association.external_secrets"
  }
}

# Places for secrets. Their values never pass through here.

# The first machine makes up its value and keeps it here.
resource "aws_secretsmanager_secret" "master_key" {
  name                    = "/provision/releases/master-key"
  description             = "Encrypts what is sensitive in the database; backups are useless without it"
  recovery_window_in_days = 30

  tags = {
    "Name"                 = "releases-master-key"
    "provision:deployment" = "releases"
    "provision:address"    = "aws_secretsmanager_secret.master_key"
  }
}

# The first machine makes up its value and keeps it here.
resource "aws_secretsmanager_secret" "admin_password" {
  name                    = "/provision/releases/admin-password"
  description             = "Of the first administrator"
  recovery_window_in_days = 30

  tags = {
    "Name"                 = "releases-admin-password"
    "provision:deployment" = "releases"
    "provision:address"    = "aws_secretsmanager_secret.admin_password"
  }
}
