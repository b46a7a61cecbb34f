# Alarms of the cloud's own, for what machines say about themselves: they need no machine that watches.

resource "aws_sns_topic" "alarms" {
  name = "clicks-alarms"

  tags = {
    "Name"                 = "clicks-alarms"
    "provision:deployment" = "clicks"
    "provision:address"    = "aws_sns_topic.alarms"
  }
}

# Whoever reads this mail is asked once whether they want it.
resource "aws_sns_topic_subscription" "alarms" {
  topic_arn = aws_sns_topic.alarms.arn
  protocol  = "email"
  endpoint  = "oncall@example.com"
}

resource "aws_cloudwatch_metric_alarm" "server_degraded" {
  alarm_name          = "clicks-server-degraded"
  alarm_description   = "A machine of server crashed again and again: it stores events and forwards none. Find the reason in journalctl -u provision-server, then run on that machine: provision-mode normal."
  namespace           = "provision/clicks"
  metric_name         = "Degraded"
  dimensions          = { Component = "server" }
  statistic           = "Maximum"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  period              = 60
  evaluation_periods  = 1
  # Machines that have nothing to say are well.
  treat_missing_data = "notBreaching"
  alarm_actions      = [aws_sns_topic.alarms.arn]
  ok_actions         = [aws_sns_topic.alarms.arn]

  tags = {
    "Name"                 = "clicks-server-degraded"
    "provision:deployment" = "clicks"
    "provision:address"    = "aws_cloudwatch_metric_alarm.server_degraded"
  }
}
