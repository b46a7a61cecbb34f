# Alarms of the cloud's own, for what machines say about themselves: they need no machine that watches.

# The console shows them, and nobody is told: `alerting.email` in the spec names somebody.

resource "azurerm_monitor_metric_alert" "server_unhealthy" {
  name                = "releases-server-unhealthy"
  resource_group_name = azurerm_resource_group.main.name
  description         = "On a machine of server restarts did not help, and its group replaces it. If that goes on, read the component's log on a new machine: journalctl -u provision-server."
  scopes              = [azurerm_linux_virtual_machine_scale_set.server.id]
  severity            = 1
  frequency           = "PT1M"
  window_size         = "PT5M"

  criteria {
    metric_namespace = "provision/releases"
    metric_name      = "Unhealthy"
    aggregation      = "Maximum"
    operator         = "GreaterThan"
    threshold        = 0
    # Nobody has told the figure yet when this is made.
    skip_metric_validation = true
  }

  tags = {
    "provision-deployment" = "releases"
    "provision-address"    = "azurerm_monitor_metric_alert.server_unhealthy"
  }
}
