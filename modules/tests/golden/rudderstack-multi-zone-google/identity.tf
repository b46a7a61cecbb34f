# What the machines of each kind may do, and no more.

# server

resource "google_service_account" "server" {
  account_id   = "clicks-server"
  display_name = "Machines of server"
}

# Sees that its group takes it out
resource "google_project_iam_member" "server_looks" {
  project = google_service_account.server.project
  role    = google_project_iam_custom_role.machines.name
  member  = google_service_account.server.member
}

# Tells figures for alarms, and reads none
resource "google_project_iam_member" "server_tells_figures" {
  project = google_service_account.server.project
  role    = "roles/monitoring.metricWriter"
  member  = google_service_account.server.member
}

# The platform's files
resource "google_storage_bucket_iam_member" "server_storage" {
  bucket = google_storage_bucket.storage.name
  role   = "roles/storage.objectUser"
  member = google_service_account.server.member
}

# The database's password
resource "google_secret_manager_secret_iam_member" "server_reads_database" {
  secret_id = google_secret_manager_secret.database.id
  role      = "roles/secretmanager.secretAccessor"
  member    = google_service_account.server.member
}

# The platform's own secret
resource "google_secret_manager_secret_iam_member" "server_reads_workspace_token" {
  secret_id = google_secret_manager_secret.workspace_token.id
  role      = "roles/secretmanager.secretAccessor"
  member    = google_service_account.server.member
}

# transformer

resource "google_service_account" "transformer" {
  account_id   = "clicks-transformer"
  display_name = "Machines of transformer"
}

# Sees that its group takes it out
resource "google_project_iam_member" "transformer_looks" {
  project = google_service_account.server.project
  role    = google_project_iam_custom_role.machines.name
  member  = google_service_account.transformer.member
}

# The platform's own secret
resource "google_secret_manager_secret_iam_member" "transformer_reads_workspace_token" {
  secret_id = google_secret_manager_secret.workspace_token.id
  role      = "roles/secretmanager.secretAccessor"
  member    = google_service_account.transformer.member
}

# monitoring

resource "google_service_account" "monitoring" {
  account_id   = "clicks-monitoring"
  display_name = "Machines of monitoring"
}

# Finds the machines that it watches
resource "google_project_iam_member" "monitoring_finds_machines" {
  project = google_service_account.server.project
  role    = "roles/compute.viewer"
  member  = google_service_account.monitoring.member
}

# What machines may look up, and not change.
resource "google_project_iam_custom_role" "machines" {
  role_id     = "clicks_machines"
  title       = "Machines of a deployment of provision"
  permissions = ["compute.instanceGroupManagers.get"]
}

# Places for secrets. Their values never pass through here.

# Names the workspace whose configuration the servers take
# Put its value in before anything starts that waits for it.
resource "google_secret_manager_secret" "workspace_token" {
  secret_id = "clicks-workspace-token"

  replication {
    auto {}
  }

  labels = {
    "provision-deployment" = "clicks"
  }
}
