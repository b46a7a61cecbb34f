# {{ it.name }}, in {{ it.zone }}. Its address and its disk outlive the machine.

resource "google_compute_address" "{{ it.address.local }}" {
  name = "{{ it.address.name }}"
  address_type = "INTERNAL"
  subnetwork = {{ it.subnet }}

  labels = {{ it.address.tags }}
}

resource "google_compute_disk" "{{ it.disk.local }}" {
  name = "{{ it.disk.name }}"
  zone = "{{ it.zone }}"
  type = "{{ it.disk_type }}"
  size = {{ it.storage_gb }}
  create_snapshot_before_destroy = true

  labels = {{ it.disk.tags }}
}

resource "google_compute_instance" "{{ it.machine.local }}" {
  name = "{{ it.machine.name }}"
  zone = "{{ it.zone }}"
  machine_type = "{{ it.machine_type }}"
  allow_stopping_for_update = true

  boot_disk {
    initialize_params {
      image = "{{ it.image }}"
      type = "{{ it.disk_type }}"
      size = 20
    }
  }

  attached_disk {
    source = google_compute_disk.{{ it.disk.local | ident }}.id
    device_name = "data"
  }

  network_interface {
    subnetwork = {{ it.subnet }}
    network_ip = google_compute_address.{{ it.address.local | ident }}.address
  }

  service_account {
    email = {{ it.account }}
    scopes = ["cloud-platform"]
  }

  scheduling {
    automatic_restart = true
    on_host_maintenance = "MIGRATE"
  }

  shielded_instance_config {
    enable_secure_boot = true
    enable_vtpm = true
    enable_integrity_monitoring = true
  }

  metadata = {
    user-data = file("${path.module}/{{ it.user_data }}")
    provision-values = jsonencode({
{% for value in it.values %}
      "{{ value.path }}" = {{ value.value }}
{% endfor %}
    })
    provision-instance = "{{ it.number }}"
    enable-oslogin = "TRUE"
    block-project-ssh-keys = "TRUE"
    serial-port-enable = "FALSE"
  }

  labels = {{ it.machine_tags }}
{% if it.after %}

  # One after the other: two members of a quorum never change at once.
  depends_on = [{{ it.after }}]
{% endif %}
}
