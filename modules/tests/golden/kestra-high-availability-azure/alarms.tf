# Alarms of the cloud's own, for what machines say about themselves: they need no machine that watches.

# The console shows them, and nobody is told: `alerting.email` in the spec names somebody.

resource "azurerm_monitor_metric_alert" "executor_unhealthy" {
  name                = "orders-executor-unhealthy"
  resource_group_name = azurerm_resource_group.main.name
  description         = "On a machine of executor restarts did not help, and its group replaces it. If that goes on, read the component's log on a new machine: journalctl -u provision-executor."
  scopes              = [azurerm_linux_virtual_machine_scale_set.executor.id]
  severity            = 1
  frequency           = "PT1M"
  window_size         = "PT5M"

  criteria {
    metric_namespace = "provision/orders"
    metric_name      = "Unhealthy"
    aggregation      = "Maximum"
    operator         = "GreaterThan"
    threshold        = 0
    # Nobody has told the figure yet when this is made.
    skip_metric_validation = true
  }

  tags = {
    "provision-deployment" = "orders"
    "provision-address"    = "azurerm_monitor_metric_alert.executor_unhealthy"
  }
}

resource "azurerm_monitor_metric_alert" "scheduler_unhealthy" {
  name                = "orders-scheduler-unhealthy"
  resource_group_name = azurerm_resource_group.main.name
  description         = "On a machine of scheduler restarts did not help, and its group replaces it. If that goes on, read the component's log on a new machine: journalctl -u provision-scheduler."
  scopes              = [azurerm_linux_virtual_machine_scale_set.scheduler.id]
  severity            = 1
  frequency           = "PT1M"
  window_size         = "PT5M"

  criteria {
    metric_namespace = "provision/orders"
    metric_name      = "Unhealthy"
    aggregation      = "Maximum"
    operator         = "GreaterThan"
    threshold        = 0
    # Nobody has told the figure yet when this is made.
    skip_metric_validation = true
  }

  tags = {
    "provision-deployment" = "orders"
    "provision-address"    = "azurerm_monitor_metric_alert.scheduler_unhealthy"
  }
}

resource "azurerm_monitor_metric_alert" "worker_unhealthy" {
  name                = "orders-worker-unhealthy"
  resource_group_name = azurerm_resource_group.main.name
  description         = "On a machine of worker restarts did not help, and its group replaces it. If that goes on, read the component's log on a new machine: journalctl -u provision-worker."
  scopes              = [azurerm_linux_virtual_machine_scale_set.worker.id]
  severity            = 1
  frequency           = "PT1M"
  window_size         = "PT5M"

  criteria {
    metric_namespace = "provision/orders"
    metric_name      = "Unhealthy"
    aggregation      = "Maximum"
    operator         = "GreaterThan"
    threshold        = 0
    # Nobody has told the figure yet when this is made.
    skip_metric_validation = true
  }

  tags = {
    "provision-deployment" = "orders"
    "provision-address"    = "azurerm_monitor_metric_alert.worker_unhealthy"
  }
}

resource "azurerm_monitor_metric_alert" "indexer_unhealthy" {
  name                = "orders-indexer-unhealthy"
  resource_group_name = azurerm_resource_group.main.name
  description         = "On a machine of indexer restarts did not help, and its group replaces it. If that goes on, read the component's log on a new machine: journalctl -u provision-indexer."
  scopes              = [azurerm_linux_virtual_machine_scale_set.indexer.id]
  severity            = 1
  frequency           = "PT1M"
  window_size         = "PT5M"

  criteria {
    metric_namespace = "provision/orders"
    metric_name      = "Unhealthy"
    aggregation      = "Maximum"
    operator         = "GreaterThan"
    threshold        = 0
    # Nobody has told the figure yet when this is made.
    skip_metric_validation = true
  }

  tags = {
    "provision-deployment" = "orders"
    "provision-address"    = "azurerm_monitor_metric_alert.indexer_unhealthy"
  }
}
