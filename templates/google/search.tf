# The search cluster, on machines in every zone: Google Cloud does not run it as a service.

{% for it in nodes %}
{% include "google/node.tf" %}

{% endfor %}
