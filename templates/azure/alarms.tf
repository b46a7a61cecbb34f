# Alarms of the cloud's own, for what machines say about themselves: they need no machine that watches.

{% if email %}
resource "azurerm_monitor_action_group" "{{ group.local }}" {
  name = "{{ group.name }}"
  resource_group_name = azurerm_resource_group.main.name
  # What mails and text messages begin with.
  short_name = "provision"

  email_receiver {
    name = "email"
    email_address = "{{ email }}"
    use_common_alert_schema = true
  }

  tags = {{ group.tags }}
}

{% else %}
# The console shows them, and nobody is told: `alerting.email` in the spec names somebody.

{% endif %}
{% for it in alarms %}
resource "azurerm_monitor_metric_alert" "{{ it.alarm.local }}" {
  name = "{{ it.alarm.name }}"
  resource_group_name = azurerm_resource_group.main.name
  description = "{{ it.advice }}"
  scopes = [{{ it.scope }}]
  severity = 1
  frequency = "PT1M"
  window_size = "PT5M"

  criteria {
    metric_namespace = "{{ it.namespace }}"
    metric_name = "{{ it.figure }}"
    aggregation = "Maximum"
    operator = "GreaterThan"
    threshold = 0
    # Nobody has told the figure yet when this is made.
    skip_metric_validation = true
  }

{% if email %}
  action {
    action_group_id = azurerm_monitor_action_group.{{ group.local | ident }}.id
  }

{% endif %}
  tags = {{ it.alarm.tags }}
}

{% endfor %}
