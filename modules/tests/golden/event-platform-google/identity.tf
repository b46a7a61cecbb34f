# What the machines of each kind may do, and no more.

# execution

resource "google_service_account" "execution" {
  account_id   = "events-execution"
  display_name = "Machines of execution"
}

# Sees that its group takes it out
resource "google_project_iam_member" "execution_looks" {
  project = google_service_account.execution.project
  role    = google_project_iam_custom_role.machines.name
  member  = google_service_account.execution.member
}

# Tells figures for alarms, and reads none
resource "google_project_iam_member" "execution_tells_figures" {
  project = google_service_account.execution.project
  role    = "roles/monitoring.metricWriter"
  member  = google_service_account.execution.member
}

# job

resource "google_service_account" "job" {
  account_id   = "events-job"
  display_name = "Machines of job"
}

# Sees that its group takes it out
resource "google_project_iam_member" "job_looks" {
  project = google_service_account.execution.project
  role    = google_project_iam_custom_role.machines.name
  member  = google_service_account.job.member
}

# Tells figures for alarms, and reads none
resource "google_project_iam_member" "job_tells_figures" {
  project = google_service_account.execution.project
  role    = "roles/monitoring.metricWriter"
  member  = google_service_account.job.member
}

# kafka-broker

resource "google_service_account" "kafka_broker" {
  account_id   = "events-kafka-broker"
  display_name = "Machines of kafka-broker"
}

# kafka-controller

resource "google_service_account" "kafka_controller" {
  account_id   = "events-kafka-controller"
  display_name = "Machines of kafka-controller"
}

# What machines may look up, and not change.
resource "google_project_iam_custom_role" "machines" {
  role_id     = "events_machines"
  title       = "Machines of a deployment of provision"
  permissions = ["compute.instanceGroupManagers.get"]
}
