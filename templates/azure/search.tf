{% for it in nodes %}
{% include "azure/node.tf" %}

{% endfor %}
{% include "azure/boot_values.tf" %}
