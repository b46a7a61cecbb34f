# What the machines of each kind may do, and no more.

# webserver

resource "google_service_account" "webserver" {
  account_id   = "orders-webserver"
  display_name = "Machines of webserver"
}

# Sees that its group takes it out
resource "google_project_iam_member" "webserver_looks" {
  project = google_service_account.webserver.project
  role    = google_project_iam_custom_role.machines.name
  member  = google_service_account.webserver.member
}

# The platform's files
resource "google_storage_bucket_iam_member" "webserver_storage" {
  bucket = google_storage_bucket.storage.name
  role   = "roles/storage.objectUser"
  member = google_service_account.webserver.member
}

# The platform's own secret
resource "google_secret_manager_secret_iam_member" "webserver_reads_encryption_key" {
  secret_id = google_secret_manager_secret.encryption_key.id
  role      = "roles/secretmanager.secretAccessor"
  member    = google_service_account.webserver.member
}

# The first machine makes it up; the first version is the one that all read
resource "google_secret_manager_secret_iam_member" "webserver_makes_encryption_key" {
  secret_id = google_secret_manager_secret.encryption_key.id
  role      = "roles/secretmanager.secretVersionAdder"
  member    = google_service_account.webserver.member
}

# The platform's own secret
resource "google_secret_manager_secret_iam_member" "webserver_reads_licence" {
  secret_id = "orders-kestra-licence"
  role      = "roles/secretmanager.secretAccessor"
  member    = google_service_account.webserver.member
}

# executor

resource "google_service_account" "executor" {
  account_id   = "orders-executor"
  display_name = "Machines of executor"
}

# Sees that its group takes it out
resource "google_project_iam_member" "executor_looks" {
  project = google_service_account.webserver.project
  role    = google_project_iam_custom_role.machines.name
  member  = google_service_account.executor.member
}

# Tells figures for alarms, and reads none
resource "google_project_iam_member" "executor_tells_figures" {
  project = google_service_account.webserver.project
  role    = "roles/monitoring.metricWriter"
  member  = google_service_account.executor.member
}

# The platform's files
resource "google_storage_bucket_iam_member" "executor_storage" {
  bucket = google_storage_bucket.storage.name
  role   = "roles/storage.objectUser"
  member = google_service_account.executor.member
}

# The platform's own secret
resource "google_secret_manager_secret_iam_member" "executor_reads_encryption_key" {
  secret_id = google_secret_manager_secret.encryption_key.id
  role      = "roles/secretmanager.secretAccessor"
  member    = google_service_account.executor.member
}

# The first machine makes it up; the first version is the one that all read
resource "google_secret_manager_secret_iam_member" "executor_makes_encryption_key" {
  secret_id = google_secret_manager_secret.encryption_key.id
  role      = "roles/secretmanager.secretVersionAdder"
  member    = google_service_account.executor.member
}

# The platform's own secret
resource "google_secret_manager_secret_iam_member" "executor_reads_licence" {
  secret_id = "orders-kestra-licence"
  role      = "roles/secretmanager.secretAccessor"
  member    = google_service_account.executor.member
}

# scheduler

resource "google_service_account" "scheduler" {
  account_id   = "orders-scheduler"
  display_name = "Machines of scheduler"
}

# Sees that its group takes it out
resource "google_project_iam_member" "scheduler_looks" {
  project = google_service_account.webserver.project
  role    = google_project_iam_custom_role.machines.name
  member  = google_service_account.scheduler.member
}

# Tells figures for alarms, and reads none
resource "google_project_iam_member" "scheduler_tells_figures" {
  project = google_service_account.webserver.project
  role    = "roles/monitoring.metricWriter"
  member  = google_service_account.scheduler.member
}

# The platform's files
resource "google_storage_bucket_iam_member" "scheduler_storage" {
  bucket = google_storage_bucket.storage.name
  role   = "roles/storage.objectUser"
  member = google_service_account.scheduler.member
}

# The platform's own secret
resource "google_secret_manager_secret_iam_member" "scheduler_reads_encryption_key" {
  secret_id = google_secret_manager_secret.encryption_key.id
  role      = "roles/secretmanager.secretAccessor"
  member    = google_service_account.scheduler.member
}

# The first machine makes it up; the first version is the one that all read
resource "google_secret_manager_secret_iam_member" "scheduler_makes_encryption_key" {
  secret_id = google_secret_manager_secret.encryption_key.id
  role      = "roles/secretmanager.secretVersionAdder"
  member    = google_service_account.scheduler.member
}

# The platform's own secret
resource "google_secret_manager_secret_iam_member" "scheduler_reads_licence" {
  secret_id = "orders-kestra-licence"
  role      = "roles/secretmanager.secretAccessor"
  member    = google_service_account.scheduler.member
}

# worker

resource "google_service_account" "worker" {
  account_id   = "orders-worker"
  display_name = "Machines of worker"
}

# Sees that its group takes it out
resource "google_project_iam_member" "worker_looks" {
  project = google_service_account.webserver.project
  role    = google_project_iam_custom_role.machines.name
  member  = google_service_account.worker.member
}

# Tells figures for alarms, and reads none
resource "google_project_iam_member" "worker_tells_figures" {
  project = google_service_account.webserver.project
  role    = "roles/monitoring.metricWriter"
  member  = google_service_account.worker.member
}

# The platform's files
resource "google_storage_bucket_iam_member" "worker_storage" {
  bucket = google_storage_bucket.storage.name
  role   = "roles/storage.objectUser"
  member = google_service_account.worker.member
}

# The platform's own secret
resource "google_secret_manager_secret_iam_member" "worker_reads_encryption_key" {
  secret_id = google_secret_manager_secret.encryption_key.id
  role      = "roles/secretmanager.secretAccessor"
  member    = google_service_account.worker.member
}

# The first machine makes it up; the first version is the one that all read
resource "google_secret_manager_secret_iam_member" "worker_makes_encryption_key" {
  secret_id = google_secret_manager_secret.encryption_key.id
  role      = "roles/secretmanager.secretVersionAdder"
  member    = google_service_account.worker.member
}

# The platform's own secret
resource "google_secret_manager_secret_iam_member" "worker_reads_licence" {
  secret_id = "orders-kestra-licence"
  role      = "roles/secretmanager.secretAccessor"
  member    = google_service_account.worker.member
}

# indexer

resource "google_service_account" "indexer" {
  account_id   = "orders-indexer"
  display_name = "Machines of indexer"
}

# Sees that its group takes it out
resource "google_project_iam_member" "indexer_looks" {
  project = google_service_account.webserver.project
  role    = google_project_iam_custom_role.machines.name
  member  = google_service_account.indexer.member
}

# Tells figures for alarms, and reads none
resource "google_project_iam_member" "indexer_tells_figures" {
  project = google_service_account.webserver.project
  role    = "roles/monitoring.metricWriter"
  member  = google_service_account.indexer.member
}

# The platform's files
resource "google_storage_bucket_iam_member" "indexer_storage" {
  bucket = google_storage_bucket.storage.name
  role   = "roles/storage.objectUser"
  member = google_service_account.indexer.member
}

# The platform's own secret
resource "google_secret_manager_secret_iam_member" "indexer_reads_encryption_key" {
  secret_id = google_secret_manager_secret.encryption_key.id
  role      = "roles/secretmanager.secretAccessor"
  member    = google_service_account.indexer.member
}

# The first machine makes it up; the first version is the one that all read
resource "google_secret_manager_secret_iam_member" "indexer_makes_encryption_key" {
  secret_id = google_secret_manager_secret.encryption_key.id
  role      = "roles/secretmanager.secretVersionAdder"
  member    = google_service_account.indexer.member
}

# The platform's own secret
resource "google_secret_manager_secret_iam_member" "indexer_reads_licence" {
  secret_id = "orders-kestra-licence"
  role      = "roles/secretmanager.secretAccessor"
  member    = google_service_account.indexer.member
}

# kafka-broker

resource "google_service_account" "kafka_broker" {
  account_id   = "orders-kafka-broker"
  display_name = "Machines of kafka-broker"
}

# kafka-controller

resource "google_service_account" "kafka_controller" {
  account_id   = "orders-kafka-controller"
  display_name = "Machines of kafka-controller"
}

# search-data

resource "google_service_account" "search_data" {
  account_id   = "orders-search-data"
  display_name = "Machines of search-data"
}

# search-master

resource "google_service_account" "search_master" {
  account_id   = "orders-search-master"
  display_name = "Machines of search-master"
}

# The platform's own secret
resource "google_secret_manager_secret_iam_member" "search_master_reads_search_formed" {
  secret_id = google_secret_manager_secret.search_formed.id
  role      = "roles/secretmanager.secretAccessor"
  member    = google_service_account.search_master.member
}

# The first machine makes it up; the first version is the one that all read
resource "google_secret_manager_secret_iam_member" "search_master_makes_search_formed" {
  secret_id = google_secret_manager_secret.search_formed.id
  role      = "roles/secretmanager.secretVersionAdder"
  member    = google_service_account.search_master.member
}

# monitoring

resource "google_service_account" "monitoring" {
  account_id   = "orders-monitoring"
  display_name = "Machines of monitoring"
}

# Finds the machines that it watches
resource "google_project_iam_member" "monitoring_finds_machines" {
  project = google_service_account.webserver.project
  role    = "roles/compute.viewer"
  member  = google_service_account.monitoring.member
}

# The platform's own secret
resource "google_secret_manager_secret_iam_member" "monitoring_reads_pagerduty" {
  secret_id = "orders-pagerduty"
  role      = "roles/secretmanager.secretAccessor"
  member    = google_service_account.monitoring.member
}

# What machines may look up, and not change.
resource "google_project_iam_custom_role" "machines" {
  role_id     = "orders_machines"
  title       = "Machines of a deployment of provision"
  permissions = ["compute.instanceGroupManagers.get"]
}

# Places for secrets. Their values never pass through here.

# Encrypts inputs and outputs of type SECRET; 32 bytes in base64
# The first machine makes up its value and keeps it here.
resource "google_secret_manager_secret" "encryption_key" {
  secret_id = "orders-encryption-key"

  replication {
    auto {}
  }

  labels = {
    "provision-deployment" = "orders"
  }
}

# The search cluster's own id; the first nodes put it down, and no node forms another cluster then
# The first machine makes up its value and keeps it here.
resource "google_secret_manager_secret" "search_formed" {
  secret_id = "orders-search-formed"

  replication {
    auto {}
  }

  labels = {
    "provision-deployment" = "orders"
  }
}
