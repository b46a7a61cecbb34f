{% if managed %}
# The service spreads its brokers over three zones of the region. Who may use it is decided by identity.
resource "google_managed_kafka_cluster" "{{ managed.cluster.local }}" {
  cluster_id = "{{ managed.cluster.name }}"
  location = "{{ managed.region }}"

  capacity_config {
    vcpu_count = "{{ managed.processors }}"
    memory_bytes = "{{ managed.memory_bytes }}"
  }

  gcp_config {
    access_config {
      network_configs {
        subnet = {{ managed.subnet }}
      }
    }
  }

  rebalance_config {
    mode = "AUTO_REBALANCE_ON_SCALE_UP"
  }

  labels = {{ managed.cluster.tags }}
}

{% endif %}
{% for it in nodes %}
{% include "google/node.tf" %}

{% endfor %}
