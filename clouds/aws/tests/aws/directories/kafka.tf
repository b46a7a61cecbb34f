terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 6.25, < 7.0"
    }
  }
}

provider "aws" {
  region = "eu-west-1"
}

resource "aws_vpc" "main" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_subnet" "a" {
  vpc_id            = aws_vpc.main.id
  availability_zone = "eu-west-1a"
  cidr_block        = "10.0.0.0/19"
}

resource "aws_subnet" "b" {
  vpc_id            = aws_vpc.main.id
  availability_zone = "eu-west-1b"
  cidr_block        = "10.0.32.0/19"
}

resource "aws_security_group" "kafka" {
  name        = "orders-kafka"
  description = "Connections of Kafka"
  vpc_id      = aws_vpc.main.id
}

resource "aws_cloudwatch_log_group" "kafka" {
  name              = "/provision/orders-kafka"
  retention_in_days = 30
}

resource "aws_msk_configuration" "main" {
  name              = "orders"
  kafka_versions    = ["3.9.x.kraft"]
  server_properties = "min.insync.replicas=2\nnum.partitions=3\n"
}

resource "aws_msk_cluster" "main" {
  cluster_name           = "orders"
  kafka_version          = "3.9.x.kraft"
  number_of_broker_nodes = 4
  enhanced_monitoring    = "DEFAULT"

  broker_node_group_info {
    instance_type   = "kafka.m7g.large"
    client_subnets  = [aws_subnet.a.id, aws_subnet.b.id]
    security_groups = [aws_security_group.kafka.id]

    storage_info {
      ebs_storage_info {
        volume_size = 100
      }
    }
  }

  configuration_info {
    arn      = aws_msk_configuration.main.arn
    revision = aws_msk_configuration.main.latest_revision
  }

  client_authentication {
    unauthenticated = true
  }

  encryption_info {
    encryption_in_transit {
      client_broker = "TLS"
      in_cluster    = true
    }
  }

  logging_info {
    broker_logs {
      cloudwatch_logs {
        enabled   = true
        log_group = aws_cloudwatch_log_group.kafka.name
      }
    }
  }

  tags = {
    "Name" = "orders"
  }
}

resource "aws_ssm_parameter" "brokers" {
  name  = "/provision/orders/kafka/brokers"
  type  = "String"
  value = aws_msk_cluster.main.bootstrap_brokers_tls
}
