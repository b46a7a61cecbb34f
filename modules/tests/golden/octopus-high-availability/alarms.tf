# Alarms of the cloud's own, for what machines say about themselves: they need no machine that watches.

# The console shows them, and nobody is told: `alerting.email` in the spec names somebody.

resource "aws_cloudwatch_metric_alarm" "server_unhealthy" {
  alarm_name          = "releases-server-unhealthy"
  alarm_description   = "On a machine of server restarts did not help, and its group replaces it. If that goes on, read the component's log on a new machine: journalctl -u provision-server."
  namespace           = "provision/releases"
  metric_name         = "Unhealthy"
  dimensions          = { Component = "server" }
  statistic           = "Maximum"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  period              = 60
  evaluation_periods  = 1
  # Machines that have nothing to say are well.
  treat_missing_data = "notBreaching"

  tags = {
    "Name"                 = "releases-server-unhealthy"
    "provision:deployment" = "releases"
    "provision:address"    = "aws_cloudwatch_metric_alarm.server_unhealthy"
  }
}
