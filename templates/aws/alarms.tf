# Alarms of the cloud's own, for what machines say about themselves: they need no machine that watches.

{% if email %}
resource "aws_sns_topic" "{{ topic.local }}" {
  name = "{{ topic.name }}"

  tags = {{ topic.tags }}
}

# Whoever reads this mail is asked once whether they want it.
resource "aws_sns_topic_subscription" "{{ topic.local }}" {
  topic_arn = aws_sns_topic.{{ topic.local | ident }}.arn
  protocol = "email"
  endpoint = "{{ email }}"
}

{% else %}
# The console shows them, and nobody is told: `alerting.email` in the spec names somebody.

{% endif %}
{% for it in alarms %}
resource "aws_cloudwatch_metric_alarm" "{{ it.alarm.local }}" {
  alarm_name = "{{ it.alarm.name }}"
  alarm_description = "{{ it.advice }}"
  namespace = "{{ it.namespace }}"
  metric_name = "{{ it.figure }}"
  dimensions = { Component = "{{ it.component }}" }
  statistic = "Maximum"
  comparison_operator = "GreaterThanThreshold"
  threshold = 0
  period = 60
  evaluation_periods = 1
  # Machines that have nothing to say are well.
  treat_missing_data = "notBreaching"
{% if email %}
  alarm_actions = [aws_sns_topic.{{ topic.local | ident }}.arn]
  ok_actions = [aws_sns_topic.{{ topic.local | ident }}.arn]
{% endif %}

  tags = {{ it.alarm.tags }}
}

{% endfor %}
