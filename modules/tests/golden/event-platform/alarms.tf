# Alarms of the cloud's own, for what machines say about themselves: they need no machine that watches.

# The console shows them, and nobody is told: `alerting.email` in the spec names somebody.

resource "aws_cloudwatch_metric_alarm" "execution_unhealthy" {
  alarm_name          = "events-execution-unhealthy"
  alarm_description   = "On a machine of execution restarts did not help, and its group replaces it. If that goes on, read the component's log on a new machine: journalctl -u provision-execution."
  namespace           = "provision/events"
  metric_name         = "Unhealthy"
  dimensions          = { Component = "execution" }
  statistic           = "Maximum"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  period              = 60
  evaluation_periods  = 1
  # Machines that have nothing to say are well.
  treat_missing_data = "notBreaching"

  tags = {
    "Name"                 = "events-execution-unhealthy"
    "provision:deployment" = "events"
    "provision:address"    = "aws_cloudwatch_metric_alarm.execution_unhealthy"
  }
}

resource "aws_cloudwatch_metric_alarm" "job_unhealthy" {
  alarm_name          = "events-job-unhealthy"
  alarm_description   = "On a machine of job restarts did not help, and its group replaces it. If that goes on, read the component's log on a new machine: journalctl -u provision-job."
  namespace           = "provision/events"
  metric_name         = "Unhealthy"
  dimensions          = { Component = "job" }
  statistic           = "Maximum"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  period              = 60
  evaluation_periods  = 1
  # Machines that have nothing to say are well.
  treat_missing_data = "notBreaching"

  tags = {
    "Name"                 = "events-job-unhealthy"
    "provision:deployment" = "events"
    "provision:address"    = "aws_cloudwatch_metric_alarm.job_unhealthy"
  }
}
