# Alarms of the cloud's own, for what machines say about themselves: they need no machine that watches.

{% if email %}
resource "google_monitoring_notification_channel" "{{ channel.local }}" {
  display_name = "{{ channel.name }}"
  type = "email"
  labels = { email_address = "{{ email }}" }

  user_labels = {{ channel.tags }}
}

{% else %}
# The console shows them, and nobody is told: `alerting.email` in the spec names somebody.

{% endif %}
# The figures. An alarm on one that the cloud has never heard of would be refused.

{% for it in metrics %}
resource "google_monitoring_metric_descriptor" "{{ it.metric.local }}" {
  type = "{{ it.kind }}"
  display_name = "{{ it.metric.name }}"
  description = "{{ it.about }}"
  metric_kind = "GAUGE"
  value_type = "INT64"

  labels {
    key = "component"
    value_type = "STRING"
    description = "What runs on the machine"
  }
}

{% endfor %}
{% for it in alarms %}
resource "google_monitoring_alert_policy" "{{ it.alarm.local }}" {
  display_name = "{{ it.alarm.name }}"
  combiner = "OR"
  severity = "CRITICAL"

  conditions {
    display_name = "{{ it.alarm.name }}"

    condition_threshold {
      filter = {{ it.filter }}
      comparison = "COMPARISON_GT"
      threshold_value = 0
      duration = "0s"
      # Machines that have nothing to say are well.
      evaluation_missing_data = "EVALUATION_MISSING_DATA_INACTIVE"

      aggregations {
        alignment_period = "60s"
        per_series_aligner = "ALIGN_MAX"
      }
    }
  }

  documentation {
    content = "{{ it.advice }}"
    mime_type = "text/markdown"
  }

{% if email %}
  notification_channels = [google_monitoring_notification_channel.{{ channel.local | ident }}.id]

{% endif %}
  user_labels = {{ it.alarm.tags }}
}

{% endfor %}
