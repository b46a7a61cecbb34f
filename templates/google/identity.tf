{% if installed %}
# What pods and machines may do, and no more.
{% else %}
# What the machines of each kind may do, and no more.
{% endif %}

{% for it in roles %}
# {{ it.name }}

resource "google_service_account" "{{ it.account.local }}" {
  account_id = "{{ it.account.name }}"
{% if it.pods %}
  display_name = "Pods of {{ it.name }}"
{% else %}
  display_name = "Machines of {{ it.name }}"
{% endif %}
}

{% if it.pods %}
resource "google_service_account_iam_member" "{{ it.account.local }}" {
  service_account_id = google_service_account.{{ it.account.local | ident }}.name
  role = "roles/iam.workloadIdentityUser"
  member = {{ it.pods }}

  # The project has names for its pods from its first cluster on.
  depends_on = [google_container_cluster.main]
}

{% endif %}

{% for grant in it.grants %}
# {{ grant.why }}
resource "{{ grant.kind }}" "{{ grant.local }}" {
  {{ grant.about | ident }} = {{ grant.of }}
  role = {{ grant.allowed }}
  member = google_service_account.{{ it.account.local | ident }}.member
}

{% endfor %}
{% endfor %}
{% if looks %}
# What machines may look up, and not change.
resource "google_project_iam_custom_role" "{{ looks.role.local }}" {
  role_id = "{{ looks.role.name }}"
  title = "Machines of a deployment of provision"
  permissions = {{ looks.permissions }}
}

{% endif %}
{% if secrets | length > 0 %}
# Places for secrets. Their values never pass through here.

{% for it in secrets %}
# {{ it.about }}
{% if it.put_by_owner %}
# Put its value in before anything starts that waits for it.
{% elif installed %}
# The installation makes up its value and keeps it here.
{% else %}
# The first machine makes up its value and keeps it here.
{% endif %}
resource "google_secret_manager_secret" "{{ it.secret.local }}" {
  secret_id = "{{ it.secret.name }}"

  replication {
    auto {}
  }

  labels = {{ it.secret.tags }}
}

{% endfor %}
{% endif %}
