# What the machines read at boot.

{% for it in values %}
resource "azurerm_key_vault_secret" "{{ it.secret.local }}" {
  name = "{{ it.secret.name }}"
  key_vault_id = azurerm_key_vault.values.id
  content_type = "text/plain"
  value = {{ it.value }}

  tags = {{ it.secret.tags }}

  depends_on = [azurerm_role_assignment.operator_values]
}

{% endfor %}
