# Alarms of the cloud's own, for what machines say about themselves: they need no machine that watches.

# The console shows them, and nobody is told: `alerting.email` in the spec names somebody.

# The figures. An alarm on one that the cloud has never heard of would be refused.

resource "google_monitoring_metric_descriptor" "unhealthy" {
  type         = "custom.googleapis.com/provision/releases/Unhealthy"
  display_name = "releases-Unhealthy"
  description  = "A machine on which restarts don't help asks to be replaced"
  metric_kind  = "GAUGE"
  value_type   = "INT64"

  labels {
    key         = "component"
    value_type  = "STRING"
    description = "What runs on the machine"
  }
}

resource "google_monitoring_alert_policy" "server_unhealthy" {
  display_name = "releases-server-unhealthy"
  combiner     = "OR"
  severity     = "CRITICAL"

  conditions {
    display_name = "releases-server-unhealthy"

    condition_threshold {
      filter          = "metric.type = \"${google_monitoring_metric_descriptor.unhealthy.type}\" AND resource.type = \"gce_instance\" AND metric.labels.component = \"server\""
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
    content   = "On a machine of server restarts did not help, and its group replaces it. If that goes on, read the component's log on a new machine: journalctl -u provision-server."
    mime_type = "text/markdown"
  }

  user_labels = {
    "provision-deployment" = "releases"
  }
}
