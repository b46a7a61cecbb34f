# What each kind of machine or pod may do, and no more.

# execution

resource "aws_iam_role" "execution" {
  name = "events-execution"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "ec2.amazonaws.com" }
    }]
  })

  tags = {
    "Name"                 = "events-execution"
    "provision:deployment" = "events"
    "provision:address"    = "aws_iam_role.execution"
  }
}

resource "aws_iam_role_policy" "execution" {
  name = "events-execution"
  role = aws_iam_role.execution.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      # Addresses of the backends
      {
        Sid      = "ReadBootValues"
        Effect   = "Allow"
        Action   = ["ssm:GetParameter", "ssm:GetParameters", "ssm:GetParametersByPath"]
        Resource = ["arn:aws:ssm:eu-west-1:${aws_security_group.execution.owner_id}:parameter/provision/events/*"]
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
        Resource = ["arn:aws:autoscaling:eu-west-1:${aws_security_group.execution.owner_id}:autoScalingGroup:*:autoScalingGroupName/events-*"]
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
        Resource = ["arn:aws:autoscaling:eu-west-1:${aws_security_group.execution.owner_id}:autoScalingGroup:*:autoScalingGroupName/events-*"]
      },
      # For alarms; the action knows no resources
      {
        Sid       = "TellFigures"
        Effect    = "Allow"
        Action    = ["cloudwatch:PutMetricData"]
        Resource  = ["*"]
        Condition = { StringEquals = { "cloudwatch:namespace" = "provision/events" } }
      },
    ]
  })
}

resource "aws_iam_instance_profile" "execution" {
  name = "events-execution"
  role = aws_iam_role.execution.name

  tags = {
    "Name"                 = "events-execution"
    "provision:deployment" = "events"
    "provision:address"    = "aws_iam_instance_profile.execution"
  }
}

# job

resource "aws_iam_role" "job" {
  name = "events-job"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "ec2.amazonaws.com" }
    }]
  })

  tags = {
    "Name"                 = "events-job"
    "provision:deployment" = "events"
    "provision:address"    = "aws_iam_role.job"
  }
}

resource "aws_iam_role_policy" "job" {
  name = "events-job"
  role = aws_iam_role.job.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      # Addresses of the backends
      {
        Sid      = "ReadBootValues"
        Effect   = "Allow"
        Action   = ["ssm:GetParameter", "ssm:GetParameters", "ssm:GetParametersByPath"]
        Resource = ["arn:aws:ssm:eu-west-1:${aws_security_group.execution.owner_id}:parameter/provision/events/*"]
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
        Resource = ["arn:aws:autoscaling:eu-west-1:${aws_security_group.execution.owner_id}:autoScalingGroup:*:autoScalingGroupName/events-*"]
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
        Resource = ["arn:aws:autoscaling:eu-west-1:${aws_security_group.execution.owner_id}:autoScalingGroup:*:autoScalingGroupName/events-*"]
      },
      # For alarms; the action knows no resources
      {
        Sid       = "TellFigures"
        Effect    = "Allow"
        Action    = ["cloudwatch:PutMetricData"]
        Resource  = ["*"]
        Condition = { StringEquals = { "cloudwatch:namespace" = "provision/events" } }
      },
    ]
  })
}

resource "aws_iam_instance_profile" "job" {
  name = "events-job"
  role = aws_iam_role.job.name

  tags = {
    "Name"                 = "events-job"
    "provision:deployment" = "events"
    "provision:address"    = "aws_iam_instance_profile.job"
  }
}

# monitoring

resource "aws_iam_role" "monitoring" {
  name = "events-monitoring"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "ec2.amazonaws.com" }
    }]
  })

  tags = {
    "Name"                 = "events-monitoring"
    "provision:deployment" = "events"
    "provision:address"    = "aws_iam_role.monitoring"
  }
}

resource "aws_iam_role_policy" "monitoring" {
  name = "events-monitoring"
  role = aws_iam_role.monitoring.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      # Addresses of the backends
      {
        Sid      = "ReadBootValues"
        Effect   = "Allow"
        Action   = ["ssm:GetParameter", "ssm:GetParameters", "ssm:GetParametersByPath"]
        Resource = ["arn:aws:ssm:eu-west-1:${aws_security_group.execution.owner_id}:parameter/provision/events/*"]
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
        Resource = ["arn:aws:secretsmanager:eu-west-1:${aws_security_group.execution.owner_id}:secret:events/victorops-??????"]
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
  name = "events-monitoring"
  role = aws_iam_role.monitoring.name

  tags = {
    "Name"                 = "events-monitoring"
    "provision:deployment" = "events"
    "provision:address"    = "aws_iam_instance_profile.monitoring"
  }
}
