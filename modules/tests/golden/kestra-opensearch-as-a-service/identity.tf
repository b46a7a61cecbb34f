# What each kind of machine or pod may do, and no more.

# webserver

resource "aws_iam_role" "webserver" {
  name = "orders-webserver"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "ec2.amazonaws.com" }
    }]
  })

  tags = {
    "Name"                 = "orders-webserver"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_iam_role.webserver"
  }
}

resource "aws_iam_role_policy" "webserver" {
  name = "orders-webserver"
  role = aws_iam_role.webserver.name
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
      # Ends the wait of the group's lifecycle hook
      {
        Sid      = "ReportWhenFinished"
        Effect   = "Allow"
        Action   = ["autoscaling:CompleteLifecycleAction", "autoscaling:RecordLifecycleActionHeartbeat"]
        Resource = ["arn:aws:autoscaling:eu-west-1:${aws_security_group.load_balancer.owner_id}:autoScalingGroup:*:autoScalingGroupName/orders-*"]
      },
      # Which group the machine is in; the action knows no resources
      {
        Sid      = "FindGroup"
        Effect   = "Allow"
        Action   = ["autoscaling:DescribeAutoScalingInstances"]
        Resource = ["*"]
      },
      # The platform's own secrets
      {
        Sid      = "ReadSecrets"
        Effect   = "Allow"
        Action   = ["secretsmanager:GetSecretValue"]
        Resource = [aws_secretsmanager_secret.encryption_key.arn, aws_secretsmanager_secret.licence.arn]
      },
      # The first machine makes them up; the same request token lets only one of several win
      {
        Sid      = "MakeUpSecrets"
        Effect   = "Allow"
        Action   = ["secretsmanager:PutSecretValue"]
        Resource = [aws_secretsmanager_secret.encryption_key.arn]
      },
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

resource "aws_iam_instance_profile" "webserver" {
  name = "orders-webserver"
  role = aws_iam_role.webserver.name

  tags = {
    "Name"                 = "orders-webserver"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_iam_instance_profile.webserver"
  }
}

# executor

resource "aws_iam_role" "executor" {
  name = "orders-executor"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "ec2.amazonaws.com" }
    }]
  })

  tags = {
    "Name"                 = "orders-executor"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_iam_role.executor"
  }
}

resource "aws_iam_role_policy" "executor" {
  name = "orders-executor"
  role = aws_iam_role.executor.name
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
      # Ends the wait of the group's lifecycle hook
      {
        Sid      = "ReportWhenFinished"
        Effect   = "Allow"
        Action   = ["autoscaling:CompleteLifecycleAction", "autoscaling:RecordLifecycleActionHeartbeat"]
        Resource = ["arn:aws:autoscaling:eu-west-1:${aws_security_group.load_balancer.owner_id}:autoScalingGroup:*:autoScalingGroupName/orders-*"]
      },
      # Which group the machine is in; the action knows no resources
      {
        Sid      = "FindGroup"
        Effect   = "Allow"
        Action   = ["autoscaling:DescribeAutoScalingInstances"]
        Resource = ["*"]
      },
      # A machine on which restarts don't help says so
      {
        Sid      = "AskForReplacement"
        Effect   = "Allow"
        Action   = ["autoscaling:SetInstanceHealth"]
        Resource = ["arn:aws:autoscaling:eu-west-1:${aws_security_group.load_balancer.owner_id}:autoScalingGroup:*:autoScalingGroupName/orders-*"]
      },
      # For alarms; the action knows no resources
      {
        Sid       = "TellFigures"
        Effect    = "Allow"
        Action    = ["cloudwatch:PutMetricData"]
        Resource  = ["*"]
        Condition = { StringEquals = { "cloudwatch:namespace" = "provision/orders" } }
      },
      # The platform's own secrets
      {
        Sid      = "ReadSecrets"
        Effect   = "Allow"
        Action   = ["secretsmanager:GetSecretValue"]
        Resource = [aws_secretsmanager_secret.encryption_key.arn, aws_secretsmanager_secret.licence.arn]
      },
      # The first machine makes them up; the same request token lets only one of several win
      {
        Sid      = "MakeUpSecrets"
        Effect   = "Allow"
        Action   = ["secretsmanager:PutSecretValue"]
        Resource = [aws_secretsmanager_secret.encryption_key.arn]
      },
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

resource "aws_iam_instance_profile" "executor" {
  name = "orders-executor"
  role = aws_iam_role.executor.name

  tags = {
    "Name"                 = "orders-executor"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_iam_instance_profile.executor"
  }
}

# scheduler

resource "aws_iam_role" "scheduler" {
  name = "orders-scheduler"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "ec2.amazonaws.com" }
    }]
  })

  tags = {
    "Name"                 = "orders-scheduler"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_iam_role.scheduler"
  }
}

resource "aws_iam_role_policy" "scheduler" {
  name = "orders-scheduler"
  role = aws_iam_role.scheduler.name
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
      # Ends the wait of the group's lifecycle hook
      {
        Sid      = "ReportWhenFinished"
        Effect   = "Allow"
        Action   = ["autoscaling:CompleteLifecycleAction", "autoscaling:RecordLifecycleActionHeartbeat"]
        Resource = ["arn:aws:autoscaling:eu-west-1:${aws_security_group.load_balancer.owner_id}:autoScalingGroup:*:autoScalingGroupName/orders-*"]
      },
      # Which group the machine is in; the action knows no resources
      {
        Sid      = "FindGroup"
        Effect   = "Allow"
        Action   = ["autoscaling:DescribeAutoScalingInstances"]
        Resource = ["*"]
      },
      # A machine on which restarts don't help says so
      {
        Sid      = "AskForReplacement"
        Effect   = "Allow"
        Action   = ["autoscaling:SetInstanceHealth"]
        Resource = ["arn:aws:autoscaling:eu-west-1:${aws_security_group.load_balancer.owner_id}:autoScalingGroup:*:autoScalingGroupName/orders-*"]
      },
      # For alarms; the action knows no resources
      {
        Sid       = "TellFigures"
        Effect    = "Allow"
        Action    = ["cloudwatch:PutMetricData"]
        Resource  = ["*"]
        Condition = { StringEquals = { "cloudwatch:namespace" = "provision/orders" } }
      },
      # The platform's own secrets
      {
        Sid      = "ReadSecrets"
        Effect   = "Allow"
        Action   = ["secretsmanager:GetSecretValue"]
        Resource = [aws_secretsmanager_secret.encryption_key.arn, aws_secretsmanager_secret.licence.arn]
      },
      # The first machine makes them up; the same request token lets only one of several win
      {
        Sid      = "MakeUpSecrets"
        Effect   = "Allow"
        Action   = ["secretsmanager:PutSecretValue"]
        Resource = [aws_secretsmanager_secret.encryption_key.arn]
      },
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

resource "aws_iam_instance_profile" "scheduler" {
  name = "orders-scheduler"
  role = aws_iam_role.scheduler.name

  tags = {
    "Name"                 = "orders-scheduler"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_iam_instance_profile.scheduler"
  }
}

# worker

resource "aws_iam_role" "worker" {
  name = "orders-worker"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "ec2.amazonaws.com" }
    }]
  })

  tags = {
    "Name"                 = "orders-worker"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_iam_role.worker"
  }
}

resource "aws_iam_role_policy" "worker" {
  name = "orders-worker"
  role = aws_iam_role.worker.name
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
      # Ends the wait of the group's lifecycle hook
      {
        Sid      = "ReportWhenFinished"
        Effect   = "Allow"
        Action   = ["autoscaling:CompleteLifecycleAction", "autoscaling:RecordLifecycleActionHeartbeat"]
        Resource = ["arn:aws:autoscaling:eu-west-1:${aws_security_group.load_balancer.owner_id}:autoScalingGroup:*:autoScalingGroupName/orders-*"]
      },
      # Which group the machine is in; the action knows no resources
      {
        Sid      = "FindGroup"
        Effect   = "Allow"
        Action   = ["autoscaling:DescribeAutoScalingInstances"]
        Resource = ["*"]
      },
      # A machine on which restarts don't help says so
      {
        Sid      = "AskForReplacement"
        Effect   = "Allow"
        Action   = ["autoscaling:SetInstanceHealth"]
        Resource = ["arn:aws:autoscaling:eu-west-1:${aws_security_group.load_balancer.owner_id}:autoScalingGroup:*:autoScalingGroupName/orders-*"]
      },
      # For alarms; the action knows no resources
      {
        Sid       = "TellFigures"
        Effect    = "Allow"
        Action    = ["cloudwatch:PutMetricData"]
        Resource  = ["*"]
        Condition = { StringEquals = { "cloudwatch:namespace" = "provision/orders" } }
      },
      # The platform's own secrets
      {
        Sid      = "ReadSecrets"
        Effect   = "Allow"
        Action   = ["secretsmanager:GetSecretValue"]
        Resource = [aws_secretsmanager_secret.encryption_key.arn, aws_secretsmanager_secret.licence.arn]
      },
      # The first machine makes them up; the same request token lets only one of several win
      {
        Sid      = "MakeUpSecrets"
        Effect   = "Allow"
        Action   = ["secretsmanager:PutSecretValue"]
        Resource = [aws_secretsmanager_secret.encryption_key.arn]
      },
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

resource "aws_iam_instance_profile" "worker" {
  name = "orders-worker"
  role = aws_iam_role.worker.name

  tags = {
    "Name"                 = "orders-worker"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_iam_instance_profile.worker"
  }
}

# indexer

resource "aws_iam_role" "indexer" {
  name = "orders-indexer"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "ec2.amazonaws.com" }
    }]
  })

  tags = {
    "Name"                 = "orders-indexer"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_iam_role.indexer"
  }
}

resource "aws_iam_role_policy" "indexer" {
  name = "orders-indexer"
  role = aws_iam_role.indexer.name
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
      # Ends the wait of the group's lifecycle hook
      {
        Sid      = "ReportWhenFinished"
        Effect   = "Allow"
        Action   = ["autoscaling:CompleteLifecycleAction", "autoscaling:RecordLifecycleActionHeartbeat"]
        Resource = ["arn:aws:autoscaling:eu-west-1:${aws_security_group.load_balancer.owner_id}:autoScalingGroup:*:autoScalingGroupName/orders-*"]
      },
      # Which group the machine is in; the action knows no resources
      {
        Sid      = "FindGroup"
        Effect   = "Allow"
        Action   = ["autoscaling:DescribeAutoScalingInstances"]
        Resource = ["*"]
      },
      # A machine on which restarts don't help says so
      {
        Sid      = "AskForReplacement"
        Effect   = "Allow"
        Action   = ["autoscaling:SetInstanceHealth"]
        Resource = ["arn:aws:autoscaling:eu-west-1:${aws_security_group.load_balancer.owner_id}:autoScalingGroup:*:autoScalingGroupName/orders-*"]
      },
      # For alarms; the action knows no resources
      {
        Sid       = "TellFigures"
        Effect    = "Allow"
        Action    = ["cloudwatch:PutMetricData"]
        Resource  = ["*"]
        Condition = { StringEquals = { "cloudwatch:namespace" = "provision/orders" } }
      },
      # The platform's own secrets
      {
        Sid      = "ReadSecrets"
        Effect   = "Allow"
        Action   = ["secretsmanager:GetSecretValue"]
        Resource = [aws_secretsmanager_secret.encryption_key.arn, aws_secretsmanager_secret.licence.arn]
      },
      # The first machine makes them up; the same request token lets only one of several win
      {
        Sid      = "MakeUpSecrets"
        Effect   = "Allow"
        Action   = ["secretsmanager:PutSecretValue"]
        Resource = [aws_secretsmanager_secret.encryption_key.arn]
      },
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

resource "aws_iam_instance_profile" "indexer" {
  name = "orders-indexer"
  role = aws_iam_role.indexer.name

  tags = {
    "Name"                 = "orders-indexer"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_iam_instance_profile.indexer"
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

# Put its value in before the machines start: they wait for it.
resource "aws_secretsmanager_secret" "licence" {
  name                    = "/provision/orders/licence"
  description             = "The product's licence"
  recovery_window_in_days = 30

  tags = {
    "Name"                 = "orders-licence"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_secretsmanager_secret.licence"
  }
}
