resource "aws_s3_bucket" "{{ bucket.local }}" {
  # Names of buckets are shared by everybody: the account's number makes this one ours.
  bucket = {{ name }}

  tags = {{ bucket.tags }}
}

# What is overwritten or deleted by mistake can be had back.
resource "aws_s3_bucket_versioning" "{{ bucket.local }}" {
  bucket = aws_s3_bucket.{{ bucket.local | ident }}.id

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "{{ bucket.local }}" {
  bucket = aws_s3_bucket.{{ bucket.local | ident }}.id

  rule {
    bucket_key_enabled = true

    apply_server_side_encryption_by_default {
      sse_algorithm = "aws:kms"
    }
  }
}

resource "aws_s3_bucket_public_access_block" "{{ bucket.local }}" {
  bucket = aws_s3_bucket.{{ bucket.local | ident }}.id
  block_public_acls = true
  block_public_policy = true
  ignore_public_acls = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_ownership_controls" "{{ bucket.local }}" {
  bucket = aws_s3_bucket.{{ bucket.local | ident }}.id

  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "{{ bucket.local }}" {
  bucket = aws_s3_bucket.{{ bucket.local | ident }}.id

  rule {
    id = "forget-old-versions"
    status = "Enabled"

    filter {}

    noncurrent_version_expiration {
      noncurrent_days = {{ keep_old_days }}
    }

    abort_incomplete_multipart_upload {
      days_after_initiation = 7
    }
  }

  depends_on = [aws_s3_bucket_versioning.{{ bucket.local | ident }}]
}

resource "aws_s3_bucket_policy" "{{ bucket.local }}" {
  bucket = aws_s3_bucket.{{ bucket.local | ident }}.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid = "TlsOnly"
      Effect = "Deny"
      Principal = "*"
      Action = "s3:*"
      Resource = [aws_s3_bucket.{{ bucket.local | ident }}.arn, "${aws_s3_bucket.{{ bucket.local | ident }}.arn}/*"]
      Condition = { Bool = { "aws:SecureTransport" = "false" } }
    }]
  })

  depends_on = [aws_s3_bucket_public_access_block.{{ bucket.local | ident }}]
}

{% include "aws/boot_values.tf" %}
