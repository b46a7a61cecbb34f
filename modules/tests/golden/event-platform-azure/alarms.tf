# Alarms of the cloud's own, for what machines say about themselves: they need no machine that watches.

# The console shows them, and nobody is told: `alerting.email` in the spec names somebody.

resource "azurerm_monitor_metric_alert" "execution_unhealthy" {
  name                = "events-execution-unhealthy"
  resource_group_name = azurerm_resource_group.main.name
  description         = "On a machine of execution restarts did not help, and its group replaces it. If that goes on, read the component's log on a new machine: journalctl -u provision-execution."
  scopes              = [azurerm_linux_virtual_machine_scale_set.execution.id]
  severity            = 1
  frequency           = "PT1M"
  window_size         = "PT5M"

  criteria {
    metric_namespace = "provision/events"
    metric_name      = "Unhealthy"
    aggregation      = "Maximum"
    operator         = "GreaterThan"
    threshold        = 0
    # Nobody has told the figure yet when this is made.
    skip_metric_validation = true
  }

  tags = {
    "provision-deployment" = "events"
    "provision-address"    = "azurerm_monitor_metric_alert.execution_unhealthy"
  }
}

resource "azurerm_monitor_metric_alert" "job_unhealthy" {
  name                = "events-job-unhealthy"
  resource_group_name = azurerm_resource_group.main.name
  description         = "On a machine of job restarts did not help, and its group replaces it. If that goes on, read the component's log on a new machine: journalctl -u provision-job."
  scopes              = [azurerm_linux_virtual_machine_scale_set.job.id]
  severity            = 1
  frequency           = "PT1M"
  window_size         = "PT5M"

  criteria {
    metric_namespace = "provision/events"
    metric_name      = "Unhealthy"
    aggregation      = "Maximum"
    operator         = "GreaterThan"
    threshold        = 0
    # Nobody has told the figure yet when this is made.
    skip_metric_validation = true
  }

  tags = {
    "provision-deployment" = "events"
    "provision-address"    = "azurerm_monitor_metric_alert.job_unhealthy"
  }
}
