# Machines. What a machine does stands in its user data, under hosts/; a change of it is rolled out, not done in passing:
# the groups start new machines from the newest template, and leave those that run alone.

# What the machines read at boot, from their own metadata: addresses, and no secrets.
locals {
  boot_values = jsonencode({
{% for it in values %}
    "{{ it.path }}" = {{ it.value }}
{% endfor %}
  })
}

{% for it in groups %}
# {{ it.name }}

resource "google_compute_region_instance_template" "{{ it.template.local }}" {
  # Templates never change: the next one needs another name, and is there before this one goes.
  name_prefix = "{{ it.template_prefix }}"
  machine_type = "{{ it.machine_type }}"

  disk {
    source_image = "{{ it.image }}"
    boot = true
    auto_delete = true
    disk_type = "{{ it.disk_type }}"
    disk_size_gb = {{ it.disk_gb }}
    labels = {{ it.machine_tags }}
  }

  network_interface {
    subnetwork = {{ subnet }}
  }

  service_account {
    email = {{ it.account }}
    # What it may do is decided by its roles.
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
    provision-values = local.boot_values
{% if it.number %}
    provision-instance = "{{ it.number }}"
{% endif %}
    enable-oslogin = "TRUE"
    block-project-ssh-keys = "TRUE"
    serial-port-enable = "FALSE"
  }

  labels = {{ it.machine_tags }}

  lifecycle {
    create_before_destroy = true
  }
}

{% if it.repair %}
{% if it.repair.path %}
# More patient than the load balancer: a machine leaves the traffic first, and is made anew only when it stays away.
{% endif %}
resource "google_compute_region_health_check" "{{ it.repair.check.local }}" {
  name = "{{ it.repair.check.name }}"
  check_interval_sec = {{ it.repair.interval }}
  timeout_sec = {{ it.repair.timeout }}
  healthy_threshold = 1
  unhealthy_threshold = {{ it.repair.failures }}

{% if it.repair.path %}
  http_health_check {
    port = {{ it.repair.port }}
    request_path = "{{ it.repair.path }}"
  }
{% else %}
  # The machine looks after what runs on it: it closes this port when restarts don't help and it has to be replaced.
  tcp_health_check {
    port = {{ it.repair.port }}
  }
{% endif %}
}

{% endif %}
resource "google_compute_region_instance_group_manager" "{{ it.group.local }}" {
  name = "{{ it.group.name }}"
  base_instance_name = "{{ it.group.name }}"
  # Every zone, by name: a machine that is lost with its zone comes back in another one.
  distribution_policy_zones = {{ zones }}
{% if it.spreads %}
  distribution_policy_target_shape = "EVEN"
{% else %}
  # There is one, and it stands where there is room.
  distribution_policy_target_shape = "ANY"
{% endif %}
{% if it.fixed %}
  target_size = {{ it.fixed }}
{% endif %}

  version {
    instance_template = google_compute_region_instance_template.{{ it.template.local | ident }}.self_link
  }

{% for port in it.ports %}
  named_port {
    name = "{{ port.name }}"
    port = {{ port.port }}
  }

{% endfor %}
{% if it.repair %}
  # A machine that doesn't answer is made anew, not only one that is off.
  auto_healing_policies {
    health_check = google_compute_region_health_check.{{ it.repair.check.local | ident }}.id
    initial_delay_sec = {{ it.left_alone }}
  }

{% endif %}
  update_policy {
    # Machines that run are left alone; `gcloud compute instance-groups managed rolling-action` replaces them.
    type = "OPPORTUNISTIC"
    minimal_action = "REPLACE"
    most_disruptive_allowed_action = "REPLACE"
    replacement_method = "SUBSTITUTE"
    max_surge_fixed = {{ it.surge }}
    max_unavailable_fixed = {{ it.unavailable }}
{% if it.spreads %}
    instance_redistribution_type = "PROACTIVE"
{% else %}
    instance_redistribution_type = "NONE"
{% endif %}
  }
}

{% if it.aim_at_load %}
resource "google_compute_region_autoscaler" "{{ it.policy.local }}" {
  name = "{{ it.policy.name }}"
  target = google_compute_region_instance_group_manager.{{ it.group.local | ident }}.id

  autoscaling_policy {
    min_replicas = {{ it.least }}
    max_replicas = {{ it.most }}
    cooldown_period = {{ it.start }}

    cpu_utilization {
      target = {{ it.aim_at_load }}
    }

    # A short lull takes few machines away, not half of them.
    scale_in_control {
      time_window_sec = 600

      max_scaled_in_replicas {
        fixed = 1
      }
    }
  }
}

{% endif %}
{% endfor %}
