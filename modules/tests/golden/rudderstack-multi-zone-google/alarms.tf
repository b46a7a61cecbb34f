# Alarms of the cloud's own, for what machines say about themselves: they need no machine that watches.

resource "google_monitoring_notification_channel" "alarms" {
  display_name = "clicks-alarms"
  type         = "email"
  labels       = { email_address = "oncall@example.com" }

  user_labels = {
    "provision-deployment" = "clicks"
  }
}

# The figures. An alarm on one that the cloud has never heard of would be refused.

resource "google_monitoring_metric_descriptor" "degraded" {
  type         = "custom.googleapis.com/provision/clicks/Degraded"
  display_name = "clicks-Degraded"
  description  = "A machine stores events and forwards none"
  metric_kind  = "GAUGE"
  value_type   = "INT64"

  labels {
    key         = "component"
    value_type  = "STRING"
    description = "What runs on the machine"
  }
}

resource "google_monitoring_alert_policy" "server_degraded" {
  display_name = "clicks-server-degraded"
  combiner     = "OR"
  severity     = "CRITICAL"

  conditions {
    display_name = "clicks-server-degraded"

    condition_threshold {
      filter          = "metric.type = \"${google_monitoring_metric_descriptor.degraded.type}\" AND resource.type = \"gce_instance\" AND metric.labels.component = \"server\""
      comparison      = "COMPARISON_GT"
      threshold_value = 0
      duration        = "0s"
      # Machines that have nothing to say are well.
      evaluation_missing_data = "EVALUATION_MISSING_DATA_INACTIVE"

      aggregations {
        alignment_period   = "60s"
        per_series_aligner = "ALIGN_MAX"
      }
    }
  }

  documentation {
    content   = "A machine of server crashed again and again: it stores events and forwards none. Find the reason in journalctl -u provision-server, then run on that machine: provision-mode normal."
    mime_type = "text/markdown"
  }

  notification_channels = [google_monitoring_notification_channel.alarms.id]

  user_labels = {
    "provision-deployment" = "clicks"
  }
}
