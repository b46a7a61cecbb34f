# The machines that watch the others and tell who is on call: Prometheus and Alertmanager, a pair in two zones where the
# deployment is highly available.

{% for it in nodes %}
{% include "google/node.tf" %}

{% endfor %}
