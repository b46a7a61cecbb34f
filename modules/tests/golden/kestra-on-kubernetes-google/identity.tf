# What pods and machines may do, and no more.

# kestra

resource "google_service_account" "kestra" {
  account_id   = "orders-kestra"
  display_name = "Pods of kestra"
}

resource "google_service_account_iam_member" "kestra" {
  service_account_id = google_service_account.kestra.name
  role               = "roles/iam.workloadIdentityUser"
  member             = "serviceAccount:${google_service_account.components_nodes.project}.svc.id.goog[orders/kestra]"

  # The project has names for its pods from its first cluster on.
  depends_on = [google_container_cluster.main]
}

# The platform's files
resource "google_storage_bucket_iam_member" "kestra_storage" {
  bucket = google_storage_bucket.storage.name
  role   = "roles/storage.objectUser"
  member = google_service_account.kestra.member
}

# external-secrets

resource "google_service_account" "external_secrets" {
  account_id   = "orders-external-secrets"
  display_name = "Pods of external-secrets"
}

resource "google_service_account_iam_member" "external_secrets" {
  service_account_id = google_service_account.external_secrets.name
  role               = "roles/iam.workloadIdentityUser"
  member             = "serviceAccount:${google_service_account.components_nodes.project}.svc.id.goog[external-secrets/external-secrets]"

  # The project has names for its pods from its first cluster on.
  depends_on = [google_container_cluster.main]
}

# The platform's own secret
resource "google_secret_manager_secret_iam_member" "external_secrets_reads_encryption_key" {
  secret_id = google_secret_manager_secret.encryption_key.id
  role      = "roles/secretmanager.secretAccessor"
  member    = google_service_account.external_secrets.member
}

# The platform's own secret
resource "google_secret_manager_secret_iam_member" "external_secrets_reads_licence" {
  secret_id = "kestra-licence"
  role      = "roles/secretmanager.secretAccessor"
  member    = google_service_account.external_secrets.member
}

# The platform's own secret
resource "google_secret_manager_secret_iam_member" "external_secrets_reads_pagerduty" {
  secret_id = "orders-pagerduty"
  role      = "roles/secretmanager.secretAccessor"
  member    = google_service_account.external_secrets.member
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

# Places for secrets. Their values never pass through here.

# Encrypts inputs and outputs of type SECRET; 32 bytes in base64
# The installation makes up its value and keeps it here.
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
# The installation makes up its value and keeps it here.
resource "google_secret_manager_secret" "search_formed" {
  secret_id = "orders-search-formed"

  replication {
    auto {}
  }

  labels = {
    "provision-deployment" = "orders"
  }
}
