resource "aws_msk_configuration" "main" {
  name           = "orders"
  kafka_versions = ["3.9.x.kraft"]
  # Three copies of which two must have a write before it counts (KAF-01, KAF-18); no unclean leaders (KAF-19).
  server_properties = "auto.create.topics.enable=false\ndefault.replication.factor=3\nmin.insync.replicas=2\nnum.partitions=16\noffsets.topic.replication.factor=3\ntransaction.state.log.min.isr=2\ntransaction.state.log.replication.factor=3\nunclean.leader.election.enable=false\n"
}

resource "aws_cloudwatch_log_group" "kafka" {
  name              = "/provision/orders-kafka"
  retention_in_days = var.log_retention_days

  tags = {
    "Name"                 = "orders-kafka"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_cloudwatch_log_group.kafka"
  }
}

resource "aws_msk_cluster" "main" {
  cluster_name           = "orders"
  kafka_version          = "3.9.x.kraft"
  number_of_broker_nodes = 3
  enhanced_monitoring    = "PER_TOPIC_PER_BROKER"

  broker_node_group_info {
    instance_type = "kafka.m7g.large"
    # One subnet in each zone; the service sets each broker's rack to its zone (KAF-05).
    client_subnets  = [aws_subnet.private_a.id, aws_subnet.private_b.id, aws_subnet.private_c.id]
    security_groups = [aws_security_group.kafka.id]

    storage_info {
      ebs_storage_info {
        volume_size = 500
      }
    }
  }

  configuration_info {
    arn      = aws_msk_configuration.main.arn
    revision = aws_msk_configuration.main.latest_revision
  }

  # Who may connect is decided by the security group; what is said is encrypted.
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
    "Name"                 = "orders"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_msk_cluster.main"
  }
}

# What the machines read at boot.

resource "aws_ssm_parameter" "kafka_brokers" {
  name  = "/provision/orders/kafka/brokers"
  type  = "String"
  value = aws_msk_cluster.main.bootstrap_brokers_tls

  tags = {
    "Name"                 = "orders-kafka/brokers"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_ssm_parameter.kafka_brokers"
  }
}
