resource "aws_s3_bucket" "storage" {
  # Names of buckets are shared by everybody: the account's number makes this one ours.
  bucket = "orders-storage-${aws_security_group.load_balancer.owner_id}"

  tags = {
    "Name"                 = "orders-storage"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_s3_bucket.storage"
  }
}

# What is overwritten or deleted by mistake can be had back.
resource "aws_s3_bucket_versioning" "storage" {
  bucket = aws_s3_bucket.storage.id

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "storage" {
  bucket = aws_s3_bucket.storage.id

  rule {
    bucket_key_enabled = true

    apply_server_side_encryption_by_default {
      sse_algorithm = "aws:kms"
    }
  }
}

resource "aws_s3_bucket_public_access_block" "storage" {
  bucket                  = aws_s3_bucket.storage.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_ownership_controls" "storage" {
  bucket = aws_s3_bucket.storage.id

  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "storage" {
  bucket = aws_s3_bucket.storage.id

  rule {
    id     = "forget-old-versions"
    status = "Enabled"

    filter {}

    noncurrent_version_expiration {
      noncurrent_days = 30
    }

    abort_incomplete_multipart_upload {
      days_after_initiation = 7
    }
  }

  depends_on = [aws_s3_bucket_versioning.storage]
}

resource "aws_s3_bucket_policy" "storage" {
  bucket = aws_s3_bucket.storage.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "TlsOnly"
      Effect    = "Deny"
      Principal = "*"
      Action    = "s3:*"
      Resource  = [aws_s3_bucket.storage.arn, "${aws_s3_bucket.storage.arn}/*"]
      Condition = { Bool = { "aws:SecureTransport" = "false" } }
    }]
  })

  depends_on = [aws_s3_bucket_public_access_block.storage]
}

# What the machines read at boot.

resource "aws_ssm_parameter" "storage_bucket" {
  name  = "/provision/orders/storage/bucket"
  type  = "String"
  value = aws_s3_bucket.storage.bucket

  tags = {
    "Name"                 = "orders-storage/bucket"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_ssm_parameter.storage_bucket"
  }
}
