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
