# Alarms of the cloud's own, for what machines say about themselves: they need no machine that watches.

resource "azurerm_monitor_action_group" "alarms" {
  name                = "clicks-alarms"
  resource_group_name = azurerm_resource_group.main.name
  # What mails and text messages begin with.
  short_name = "provision"

  email_receiver {
    name                    = "email"
    email_address           = "oncall@example.com"
    use_common_alert_schema = true
  }

  tags = {
    "provision-deployment" = "clicks"
    "provision-address"    = "azurerm_monitor_action_group.alarms"
  }
}

resource "azurerm_monitor_metric_alert" "server_0_degraded" {
  name                = "clicks-server-0-degraded"
  resource_group_name = azurerm_resource_group.main.name
  description         = "A machine of server crashed again and again: it stores events and forwards none. Find the reason in journalctl -u provision-server, then run on that machine: provision-mode normal."
  scopes              = [azurerm_linux_virtual_machine_scale_set.server_0.id]
  severity            = 1
  frequency           = "PT1M"
  window_size         = "PT5M"

  criteria {
    metric_namespace = "provision/clicks"
    metric_name      = "Degraded"
    aggregation      = "Maximum"
    operator         = "GreaterThan"
    threshold        = 0
    # Nobody has told the figure yet when this is made.
    skip_metric_validation = true
  }

  action {
    action_group_id = azurerm_monitor_action_group.alarms.id
  }

  tags = {
    "provision-deployment" = "clicks"
    "provision-address"    = "azurerm_monitor_metric_alert.server_0_degraded"
  }
}

resource "azurerm_monitor_metric_alert" "server_1_degraded" {
  name                = "clicks-server-1-degraded"
  resource_group_name = azurerm_resource_group.main.name
  description         = "A machine of server crashed again and again: it stores events and forwards none. Find the reason in journalctl -u provision-server, then run on that machine: provision-mode normal."
  scopes              = [azurerm_linux_virtual_machine_scale_set.server_1.id]
  severity            = 1
  frequency           = "PT1M"
  window_size         = "PT5M"

  criteria {
    metric_namespace = "provision/clicks"
    metric_name      = "Degraded"
    aggregation      = "Maximum"
    operator         = "GreaterThan"
    threshold        = 0
    # Nobody has told the figure yet when this is made.
    skip_metric_validation = true
  }

  action {
    action_group_id = azurerm_monitor_action_group.alarms.id
  }

  tags = {
    "provision-deployment" = "clicks"
    "provision-address"    = "azurerm_monitor_metric_alert.server_1_degraded"
  }
}

resource "azurerm_monitor_metric_alert" "server_2_degraded" {
  name                = "clicks-server-2-degraded"
  resource_group_name = azurerm_resource_group.main.name
  description         = "A machine of server crashed again and again: it stores events and forwards none. Find the reason in journalctl -u provision-server, then run on that machine: provision-mode normal."
  scopes              = [azurerm_linux_virtual_machine_scale_set.server_2.id]
  severity            = 1
  frequency           = "PT1M"
  window_size         = "PT5M"

  criteria {
    metric_namespace = "provision/clicks"
    metric_name      = "Degraded"
    aggregation      = "Maximum"
    operator         = "GreaterThan"
    threshold        = 0
    # Nobody has told the figure yet when this is made.
    skip_metric_validation = true
  }

  action {
    action_group_id = azurerm_monitor_action_group.alarms.id
  }

  tags = {
    "provision-deployment" = "clicks"
    "provision-address"    = "azurerm_monitor_metric_alert.server_2_degraded"
  }
}
