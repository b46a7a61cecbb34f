# What the machines of each kind may do, and no more.

# server

resource "google_service_account" "server" {
  account_id   = "releases-server"
  display_name = "Machines of server"
}

# Sees that its group takes it out, and where the shared files are
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

# The database's password
resource "google_secret_manager_secret_iam_member" "server_reads_database" {
  secret_id = google_secret_manager_secret.database.id
  role      = "roles/secretmanager.secretAccessor"
  member    = google_service_account.server.member
}

# The platform's own secret
resource "google_secret_manager_secret_iam_member" "server_reads_master_key" {
  secret_id = google_secret_manager_secret.master_key.id
  role      = "roles/secretmanager.secretAccessor"
  member    = google_service_account.server.member
}

# The first machine makes it up; the first version is the one that all read
resource "google_secret_manager_secret_iam_member" "server_makes_master_key" {
  secret_id = google_secret_manager_secret.master_key.id
  role      = "roles/secretmanager.secretVersionAdder"
  member    = google_service_account.server.member
}

# The platform's own secret
resource "google_secret_manager_secret_iam_member" "server_reads_admin_password" {
  secret_id = google_secret_manager_secret.admin_password.id
  role      = "roles/secretmanager.secretAccessor"
  member    = google_service_account.server.member
}

# The first machine makes it up; the first version is the one that all read
resource "google_secret_manager_secret_iam_member" "server_makes_admin_password" {
  secret_id = google_secret_manager_secret.admin_password.id
  role      = "roles/secretmanager.secretVersionAdder"
  member    = google_service_account.server.member
}

# The platform's own secret
resource "google_secret_manager_secret_iam_member" "server_reads_licence" {
  secret_id = "releases-octopus-licence"
  role      = "roles/secretmanager.secretAccessor"
  member    = google_service_account.server.member
}

# What machines may look up, and not change.
resource "google_project_iam_custom_role" "machines" {
  role_id     = "releases_machines"
  title       = "Machines of a deployment of provision"
  permissions = ["compute.instanceGroupManagers.get", "file.instances.get"]
}

# Places for secrets. Their values never pass through here.

# Encrypts what is sensitive in the database; backups are useless without it
# The first machine makes up its value and keeps it here.
resource "google_secret_manager_secret" "master_key" {
  secret_id = "releases-master-key"

  replication {
    auto {}
  }

  labels = {
    "provision-deployment" = "releases"
  }
}

# Of the first administrator
# The first machine makes up its value and keeps it here.
resource "google_secret_manager_secret" "admin_password" {
  secret_id = "releases-admin-password"

  replication {
    auto {}
  }

  labels = {
    "provision-deployment" = "releases"
  }
}
