# Alarms of the cloud's own, for what machines say about themselves: they need no machine that watches.

# The console shows them, and nobody is told: `alerting.email` in the spec names somebody.

resource "aws_cloudwatch_metric_alarm" "executor_unhealthy" {
  alarm_name          = "orders-executor-unhealthy"
  alarm_description   = "On a machine of executor restarts did not help, and its group replaces it. If that goes on, read the component's log on a new machine: journalctl -u provision-executor."
  namespace           = "provision/orders"
  metric_name         = "Unhealthy"
  dimensions          = { Component = "executor" }
  statistic           = "Maximum"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  period              = 60
  evaluation_periods  = 1
  # Machines that have nothing to say are well.
  treat_missing_data = "notBreaching"

  tags = {
    "Name"                 = "orders-executor-unhealthy"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_cloudwatch_metric_alarm.executor_unhealthy"
  }
}

resource "aws_cloudwatch_metric_alarm" "scheduler_unhealthy" {
  alarm_name          = "orders-scheduler-unhealthy"
  alarm_description   = "On a machine of scheduler restarts did not help, and its group replaces it. If that goes on, read the component's log on a new machine: journalctl -u provision-scheduler."
  namespace           = "provision/orders"
  metric_name         = "Unhealthy"
  dimensions          = { Component = "scheduler" }
  statistic           = "Maximum"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  period              = 60
  evaluation_periods  = 1
  # Machines that have nothing to say are well.
  treat_missing_data = "notBreaching"

  tags = {
    "Name"                 = "orders-scheduler-unhealthy"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_cloudwatch_metric_alarm.scheduler_unhealthy"
  }
}

resource "aws_cloudwatch_metric_alarm" "worker_unhealthy" {
  alarm_name          = "orders-worker-unhealthy"
  alarm_description   = "On a machine of worker restarts did not help, and its group replaces it. If that goes on, read the component's log on a new machine: journalctl -u provision-worker."
  namespace           = "provision/orders"
  metric_name         = "Unhealthy"
  dimensions          = { Component = "worker" }
  statistic           = "Maximum"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  period              = 60
  evaluation_periods  = 1
  # Machines that have nothing to say are well.
  treat_missing_data = "notBreaching"

  tags = {
    "Name"                 = "orders-worker-unhealthy"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_cloudwatch_metric_alarm.worker_unhealthy"
  }
}

resource "aws_cloudwatch_metric_alarm" "indexer_unhealthy" {
  alarm_name          = "orders-indexer-unhealthy"
  alarm_description   = "On a machine of indexer restarts did not help, and its group replaces it. If that goes on, read the component's log on a new machine: journalctl -u provision-indexer."
  namespace           = "provision/orders"
  metric_name         = "Unhealthy"
  dimensions          = { Component = "indexer" }
  statistic           = "Maximum"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  period              = 60
  evaluation_periods  = 1
  # Machines that have nothing to say are well.
  treat_missing_data = "notBreaching"

  tags = {
    "Name"                 = "orders-indexer-unhealthy"
    "provision:deployment" = "orders"
    "provision:address"    = "aws_cloudwatch_metric_alarm.indexer_unhealthy"
  }
}
