resource "aws_sns_topic" "alarms" {
  name         = "orders-alarms"
  display_name = "orders"

  tags = {
    "Name" = "orders-alarms"
  }
}

resource "aws_sns_topic_subscription" "alarms" {
  topic_arn = aws_sns_topic.alarms.arn
  protocol  = "email"
  endpoint  = "one@example.com"
}

resource "aws_sns_topic_subscription" "queue" {
  topic_arn            = aws_sns_topic.alarms.arn
  protocol             = "sqs"
  endpoint             = "arn:aws:sqs:eu-west-1:123456789012:orders-alarms"
  raw_message_delivery = false
}

resource "aws_cloudwatch_metric_alarm" "server" {
  alarm_name          = "orders-server"
  alarm_description   = "A machine doesn't get well by itself."
  namespace           = "provision/orders"
  metric_name         = "Unhealthy"
  dimensions          = { Component = "server" }
  statistic           = "Maximum"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  period              = 60
  evaluation_periods  = 1
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.alarms.arn]
  ok_actions          = [aws_sns_topic.alarms.arn]

  tags = {
    "Name" = "orders-server"
  }
}
