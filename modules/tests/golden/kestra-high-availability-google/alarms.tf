# Alarms of the cloud's own, for what machines say about themselves: they need no machine that watches.

# The console shows them, and nobody is told: `alerting.email` in the spec names somebody.

# The figures. An alarm on one that the cloud has never heard of would be refused.

resource "google_monitoring_metric_descriptor" "unhealthy" {
  type         = "custom.googleapis.com/provision/orders/Unhealthy"
  display_name = "orders-Unhealthy"
  description  = "A machine on which restarts don't help asks to be replaced"
  metric_kind  = "GAUGE"
  value_type   = "INT64"

  labels {
    key         = "component"
    value_type  = "STRING"
    description = "What runs on the machine"
  }
}

resource "google_monitoring_alert_policy" "executor_unhealthy" {
  display_name = "orders-executor-unhealthy"
  combiner     = "OR"
  severity     = "CRITICAL"

  conditions {
    display_name = "orders-executor-unhealthy"

    condition_threshold {
      filter          = "metric.type = \"${google_monitoring_metric_descriptor.unhealthy.type}\" AND resource.type = \"gce_instance\" AND metric.labels.component = \"executor\""
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
    content   = "On a machine of executor restarts did not help, and its group replaces it. If that goes on, read the component's log on a new machine: journalctl -u provision-executor."
    mime_type = "text/markdown"
  }

  user_labels = {
    "provision-deployment" = "orders"
  }
}

resource "google_monitoring_alert_policy" "scheduler_unhealthy" {
  display_name = "orders-scheduler-unhealthy"
  combiner     = "OR"
  severity     = "CRITICAL"

  conditions {
    display_name = "orders-scheduler-unhealthy"

    condition_threshold {
      filter          = "metric.type = \"${google_monitoring_metric_descriptor.unhealthy.type}\" AND resource.type = \"gce_instance\" AND metric.labels.component = \"scheduler\""
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
    content   = "On a machine of scheduler restarts did not help, and its group replaces it. If that goes on, read the component's log on a new machine: journalctl -u provision-scheduler."
    mime_type = "text/markdown"
  }

  user_labels = {
    "provision-deployment" = "orders"
  }
}

resource "google_monitoring_alert_policy" "worker_unhealthy" {
  display_name = "orders-worker-unhealthy"
  combiner     = "OR"
  severity     = "CRITICAL"

  conditions {
    display_name = "orders-worker-unhealthy"

    condition_threshold {
      filter          = "metric.type = \"${google_monitoring_metric_descriptor.unhealthy.type}\" AND resource.type = \"gce_instance\" AND metric.labels.component = \"worker\""
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
    content   = "On a machine of worker restarts did not help, and its group replaces it. If that goes on, read the component's log on a new machine: journalctl -u provision-worker."
    mime_type = "text/markdown"
  }

  user_labels = {
    "provision-deployment" = "orders"
  }
}

resource "google_monitoring_alert_policy" "indexer_unhealthy" {
  display_name = "orders-indexer-unhealthy"
  combiner     = "OR"
  severity     = "CRITICAL"

  conditions {
    display_name = "orders-indexer-unhealthy"

    condition_threshold {
      filter          = "metric.type = \"${google_monitoring_metric_descriptor.unhealthy.type}\" AND resource.type = \"gce_instance\" AND metric.labels.component = \"indexer\""
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
    content   = "On a machine of indexer restarts did not help, and its group replaces it. If that goes on, read the component's log on a new machine: journalctl -u provision-indexer."
    mime_type = "text/markdown"
  }

  user_labels = {
    "provision-deployment" = "orders"
  }
}
