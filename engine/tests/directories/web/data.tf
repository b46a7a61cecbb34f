resource "aws_db_subnet_group" "main" {
  name       = "Web"
  subnet_ids = local.subnets
}

resource "aws_db_instance" "main" {
  identifier           = "web"
  engine               = "postgres"
  engine_version       = "16"
  instance_class       = "db.m7g.large"
  allocated_storage    = 100
  multi_az             = true
  storage_encrypted    = true
  username             = "web"
  password             = var.database_password
  db_subnet_group_name = aws_db_subnet_group.main.name
}

resource "aws_s3_bucket" "data" {
  bucket = "web-data-123456789012"
}

resource "aws_s3_bucket_versioning" "data" {
  bucket = aws_s3_bucket.data.id

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_public_access_block" "data" {
  bucket                  = aws_s3_bucket.data.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_policy" "data" {
  bucket = aws_s3_bucket.data.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Deny", Principal = "*", Action = ["s3:*"], Resource = "${aws_s3_bucket.data.arn}/*" },
      { Effect = "Allow", Principal = { AWS = aws_iam_role.web.arn }, Action = ["s3:PutObject", "s3:GetObject"], Resource = ["${aws_s3_bucket.data.arn}/*"] },
    ]
  })

  depends_on = [aws_s3_bucket_public_access_block.data]
}

resource "aws_ssm_parameter" "database" {
  name  = "/provision/web/database"
  type  = "String"
  value = "${aws_db_instance.main.address}:5432"
}
