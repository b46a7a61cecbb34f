# What each kind of machine or pod may do, and no more.

# server

resource "aws_iam_role" "server" {
  name = "releases-server"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "ec2.amazonaws.com" }
    }]
  })

  tags = {
    "Name"                 = "releases-server"
    "provision:deployment" = "releases"
    "provision:address"    = "aws_iam_role.server"
  }
}

resource "aws_iam_role_policy" "server" {
  name = "releases-server"
  role = aws_iam_role.server.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      # Addresses of the backends
      {
        Sid      = "ReadBootValues"
        Effect   = "Allow"
        Action   = ["ssm:GetParameter", "ssm:GetParameters", "ssm:GetParametersByPath"]
        Resource = ["arn:aws:ssm:eu-west-1:${aws_security_group.load_balancer.owner_id}:parameter/provision/releases/*"]
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
        Resource = ["arn:aws:autoscaling:eu-west-1:${aws_security_group.load_balancer.owner_id}:autoScalingGroup:*:autoScalingGroupName/releases-*"]
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
        Resource = ["arn:aws:autoscaling:eu-west-1:${aws_security_group.load_balancer.owner_id}:autoScalingGroup:*:autoScalingGroupName/releases-*"]
      },
      # For alarms; the action knows no resources
      {
        Sid       = "TellFigures"
        Effect    = "Allow"
        Action    = ["cloudwatch:PutMetricData"]
        Resource  = ["*"]
        Condition = { StringEquals = { "cloudwatch:namespace" = "provision/releases" } }
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
        Resource = [aws_secretsmanager_secret.master_key.arn, aws_secretsmanager_secret.admin_password.arn, "arn:aws:secretsmanager:eu-west-1:${aws_security_group.load_balancer.owner_id}:secret:releases/octopus-licence-??????"]
      },
      # The first machine makes them up; the same request token lets only one of several win
      {
        Sid      = "MakeUpSecrets"
        Effect   = "Allow"
        Action   = ["secretsmanager:PutSecretValue"]
        Resource = [aws_secretsmanager_secret.master_key.arn, aws_secretsmanager_secret.admin_password.arn]
      },
      # The platform's files
      {
        Sid      = "UseSharedFiles"
        Effect   = "Allow"
        Action   = ["elasticfilesystem:ClientMount", "elasticfilesystem:ClientRootAccess", "elasticfilesystem:ClientWrite"]
        Resource = [aws_efs_file_system.main.arn]
      },
    ]
  })
}

resource "aws_iam_instance_profile" "server" {
  name = "releases-server"
  role = aws_iam_role.server.name

  tags = {
    "Name"                 = "releases-server"
    "provision:deployment" = "releases"
    "provision:address"    = "aws_iam_instance_profile.server"
  }
}

# monitoring

resource "aws_iam_role" "monitoring" {
  name = "releases-monitoring"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "ec2.amazonaws.com" }
    }]
  })

  tags = {
    "Name"                 = "releases-monitoring"
    "provision:deployment" = "releases"
    "provision:address"    = "aws_iam_role.monitoring"
  }
}

resource "aws_iam_role_policy" "monitoring" {
  name = "releases-monitoring"
  role = aws_iam_role.monitoring.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      # Addresses of the backends
      {
        Sid      = "ReadBootValues"
        Effect   = "Allow"
        Action   = ["ssm:GetParameter", "ssm:GetParameters", "ssm:GetParametersByPath"]
        Resource = ["arn:aws:ssm:eu-west-1:${aws_security_group.load_balancer.owner_id}:parameter/provision/releases/*"]
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
        Resource = ["arn:aws:secretsmanager:eu-west-1:${aws_security_group.load_balancer.owner_id}:secret:deploy/alert-webhook-??????"]
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
  name = "releases-monitoring"
  role = aws_iam_role.monitoring.name

  tags = {
    "Name"                 = "releases-monitoring"
    "provision:deployment" = "releases"
    "provision:address"    = "aws_iam_instance_profile.monitoring"
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
