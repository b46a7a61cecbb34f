resource "aws_iam_role" "machine" {
  name = "orders-machine"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "ec2.amazonaws.com" }
    }]
  })

  tags = {
    "Name"                 = "orders-machine"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_iam_role.machine"
  }
}

resource "aws_iam_role_policy" "machine" {
  name = "orders-machine"
  role = aws_iam_role.machine.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = ["s3:GetObject", "s3:PutObject"]
      Resource = ["${aws_s3_bucket.storage.arn}/*"]
    }]
  })
}

resource "aws_iam_role_policy_attachment" "machine" {
  role       = aws_iam_role.machine.name
  policy_arn = "arn:aws:iam::aws:policy/AmazonEKSClusterPolicy"
}

resource "aws_iam_instance_profile" "machine" {
  name = "orders-machine"
  role = aws_iam_role.machine.name

  tags = {
    "provision:deployment" = "orders"
    "provision:address"    = "aws_iam_instance_profile.machine"
  }
}

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

resource "aws_secretsmanager_secret" "encryption_key" {
  name                    = "/provision/orders/encryption-key"
  description             = "Encrypts inputs and outputs"
  recovery_window_in_days = 30

  tags = {
    "provision:deployment" = "orders"
    "provision:address"    = "aws_secretsmanager_secret.encryption_key"
  }
}

resource "aws_ssm_parameter" "host" {
  name  = "/provision/orders/database/host"
  type  = "String"
  value = aws_db_instance.main.address

  tags = {
    "provision:deployment" = "orders"
    "provision:address"    = "aws_ssm_parameter.host"
  }
}

resource "aws_ssm_parameter" "secret" {
  name  = "/provision/orders/database/secret"
  type  = "String"
  value = aws_db_instance.main.master_user_secret[0].secret_arn

  tags = {
    "provision:deployment" = "orders"
    "provision:address"    = "aws_ssm_parameter.secret"
  }
}
