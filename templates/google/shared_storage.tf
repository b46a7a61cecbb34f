# Files that all machines mount at the same path.

{% if peering %}
{% else %}
# The network exists, and so has to have private services access: it gives the files their address.
{% endif %}
resource "google_filestore_instance" "{{ files.local }}" {
  name = "{{ files.name }}"
{% if regional %}
  # In three zones at once: the loss of one takes nothing along.
  tier = "REGIONAL"
{% else %}
  tier = "ZONAL"
{% endif %}
  location = "{{ location }}"
  deletion_protection_enabled = var.deletion_protection

  file_shares {
    name = "shared"
    capacity_gb = 1024

    nfs_export_options {
      ip_ranges = {{ clients }}
      access_mode = "READ_WRITE"
      squash_mode = "NO_ROOT_SQUASH"
    }
  }

  networks {
    network = {{ network }}
    modes = ["MODE_IPV4"]
    connect_mode = "PRIVATE_SERVICE_ACCESS"
  }

  labels = {{ files.tags }}
{% if peering %}

  depends_on = [{{ peering }}]
{% endif %}
}
