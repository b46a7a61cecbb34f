# What each kind of machine or pod may do, and no more.

# server

resource "aws_iam_role" "server" {
  name = "clicks-server"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "ec2.amazonaws.com" }
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
      # Addresses of the backends
      {
        Sid      = "ReadBootValues"
        Effect   = "Allow"
        Action   = ["ssm:GetParameter", "ssm:GetParameters", "ssm:GetParametersByPath"]
        Resource = ["arn:aws:ssm:eu-west-1:${aws_security_group.load_balancer.owner_id}:parameter/provision/clicks/*"]
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
        Resource = ["arn:aws:autoscaling:eu-west-1:${aws_security_group.load_balancer.owner_id}:autoScalingGroup:*:autoScalingGroupName/clicks-*"]
      },
      # Which group the machine is in; the action knows no resources
      {
        Sid      = "FindGroup"
        Effect   = "Allow"
        Action   = ["autoscaling:DescribeAutoScalingInstances"]
        Resource = ["*"]
      },
      # For alarms; the action knows no resources
      {
        Sid       = "TellFigures"
        Effect    = "Allow"
        Action    = ["cloudwatch:PutMetricData"]
        Resource  = ["*"]
        Condition = { StringEquals = { "cloudwatch:namespace" = "provision/clicks" } }
      },
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
        Resource = [aws_secretsmanager_secret.workspace_token.arn]
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

resource "aws_iam_instance_profile" "server" {
  name = "clicks-server"
  role = aws_iam_role.server.name

  tags = {
    "Name"                 = "clicks-server"
    "provision:deployment" = "clicks"
    "provision:address"    = "aws_iam_instance_profile.server"
  }
}

# transformer

resource "aws_iam_role" "transformer" {
  name = "clicks-transformer"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "ec2.amazonaws.com" }
    }]
  })

  tags = {
    "Name"                 = "clicks-transformer"
    "provision:deployment" = "clicks"
    "provision:address"    = "aws_iam_role.transformer"
  }
}

resource "aws_iam_role_policy" "transformer" {
  name = "clicks-transformer"
  role = aws_iam_role.transformer.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      # Addresses of the backends
      {
        Sid      = "ReadBootValues"
        Effect   = "Allow"
        Action   = ["ssm:GetParameter", "ssm:GetParameters", "ssm:GetParametersByPath"]
        Resource = ["arn:aws:ssm:eu-west-1:${aws_security_group.load_balancer.owner_id}:parameter/provision/clicks/*"]
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
        Resource = ["arn:aws:autoscaling:eu-west-1:${aws_security_group.load_balancer.owner_id}:autoScalingGroup:*:autoScalingGroupName/clicks-*"]
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
        Resource = [aws_secretsmanager_secret.workspace_token.arn]
      },
    ]
  })
}

resource "aws_iam_instance_profile" "transformer" {
  name = "clicks-transformer"
  role = aws_iam_role.transformer.name

  tags = {
    "Name"                 = "clicks-transformer"
    "provision:deployment" = "clicks"
    "provision:address"    = "aws_iam_instance_profile.transformer"
  }
}

# monitoring

resource "aws_iam_role" "monitoring" {
  name = "clicks-monitoring"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "ec2.amazonaws.com" }
    }]
  })

  tags = {
    "Name"                 = "clicks-monitoring"
    "provision:deployment" = "clicks"
    "provision:address"    = "aws_iam_role.monitoring"
  }
}

resource "aws_iam_role_policy" "monitoring" {
  name = "clicks-monitoring"
  role = aws_iam_role.monitoring.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      # Addresses of the backends
      {
        Sid      = "ReadBootValues"
        Effect   = "Allow"
        Action   = ["ssm:GetParameter", "ssm:GetParameters", "ssm:GetParametersByPath"]
        Resource = ["arn:aws:ssm:eu-west-1:${aws_security_group.load_balancer.owner_id}:parameter/provision/clicks/*"]
      },
      # A shell for operators, without any open port
      {
        Sid      = "OpenSessions"
        Effect   = "Allow"
        Action   = ["ssm:UpdateInstanceInformation", "ssmmessages:CreateControlChannel", "ssmmessages:CreateDataChannel", "ssmmessages:OpenControlChannel", "ssmmessages:OpenDataChannel"]
        Resource = ["*"]
      },
      # Whom to watch; the cloud can't limit this to some machines
      {
        Sid      = "FindMachines"
        Effect   = "Allow"
        Action   = ["ec2:DescribeAvailabilityZones", "ec2:DescribeInstances"]
        Resource = ["*"]
      },
    ]
  })
}

resource "aws_iam_instance_profile" "monitoring" {
  name = "clicks-monitoring"
  role = aws_iam_role.monitoring.name

  tags = {
    "Name"                 = "clicks-monitoring"
    "provision:deployment" = "clicks"
    "provision:address"    = "aws_iam_instance_profile.monitoring"
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
