# Where Terraform keeps what it knows of the deployment, and the lock that keeps two runs apart: the store of the ledger.

terraform {
{% if s3 %}
  backend "s3" {
    bucket = "{{ s3.bucket }}"
    key = "{{ s3.key }}"
{% if s3.region %}
    region = "{{ s3.region }}"
{% else %}
    # The region comes from AWS_REGION in the environment.
{% endif %}
    encrypt = true
    # The store's own conditional writes: no table is needed.
    use_lockfile = true
  }
{% endif %}
{% if gcs %}
  backend "gcs" {
    bucket = "{{ gcs.bucket }}"
    prefix = "{{ gcs.prefix }}"
  }
{% endif %}
{% if azurerm %}
  backend "azurerm" {
    storage_account_name = "{{ azurerm.account }}"
    container_name = "{{ azurerm.container }}"
    key = "{{ azurerm.key }}"
    # Nobody logs in with the account's key.
    use_azuread_auth = true
  }
{% endif %}
}
