#!/bin/sh
# Installs what the cluster runs. Run it again whenever you like, after each apply: it changes only what differs.
#
#   ./install.sh                 reads the outputs of Terraform in the folder above
#   TERRAFORM=tofu ./install.sh  of OpenTofu
#   OUTPUTS=file ./install.sh    from a file: what `terraform output -json` wrote
set -eu
cd "$(dirname "$0")"
namespace='orders'
cluster='orders'
location='europe-west4'

say() {
  printf '==> %s\n' "$*"
}

fail() {
  printf 'install.sh: %s\n' "$*" >&2
  exit 1
}

# What the Terraform wrote under a name.
output() {
  printf '%s' "$outputs" | jq -er --arg name "$1" '.[$name] | if type == "object" then .value else . end'
}

# How this speaks with Google Cloud.
connect() {
  if [ "$(output cluster_is_public)" = true ]; then way=; else way=--internal-ip; fi
  gcloud container clusters get-credentials "$cluster" --location "$location" --project "$(output project)" \
    ${way:+"$way"} > /dev/null
}

# Whether the store has a value for it.
secret_exists() {
  gcloud secrets versions access latest --secret "$1" --project "$(output project)" > /dev/null 2>&1
}

# Keeps what comes in as the secret's value. Versions are numbered, and all read the first: only one of several wins.
offer_secret() {
  gcloud secrets versions add "$1" --project "$(output project)" --data-file - > /dev/null
}

for tool in helm kubectl jq sed 'gcloud' 'gke-gcloud-auth-plugin'; do
  command -v "$tool" > /dev/null || fail "needs $tool, which is not installed"
done

say 'Reading the addresses of the backends'
if [ -n "${OUTPUTS:-}" ]; then
  outputs=$(cat "$OUTPUTS")
else
  outputs=$("${TERRAFORM:-terraform}" -chdir=.. output -json)
fi
KUBECONFIG=$(mktemp)
export KUBECONFIG
places=$(mktemp)
watching=$(mktemp -d)
trap 'rm -rf "$KUBECONFIG" "$places" "$watching"' EXIT

# An address for the place that bears its name.
place() {
  value=$(output "$2") || fail "the outputs have no $2: apply the Terraform first"
  printf 's|@%s@|%s|g\n' "$1" "$value" >> "$places"
}

apply() {
  sed -f "$places" "$1" | kubectl apply -f -
}

place 'KAFKA_BROKERS' 'kafka_brokers'
place 'SEARCH_ADDRESSES' 'search_addresses'
place 'STORAGE_BUCKET' 'storage_bucket'
place 'PROJECT' 'project'
place 'IDENTITY_KESTRA' 'identity_kestra'
place 'IDENTITY_EXTERNAL_SECRETS' 'identity_external_secrets'
# The first of several: it knows the others.
sed -n -e 's/@KAFKA_BROKERS@|\([^,|]*\).*/@KAFKA_SERVER@|\1|g/p' \
  -e 's/@SEARCH_ADDRESSES@|\([^,|]*\).*/@SEARCH_ADDRESS@|\1|g/p' "$places" > "$watching/first"
cat "$watching/first" >> "$places"
rm "$watching/first"

say "Connecting to the cluster $cluster"
connect

say 'Looking for the secrets'
# Made up where nobody did before; it goes into the store and nowhere else.
if ! secret_exists 'orders-encryption-key'; then
  say 'Making up orders-encryption-key'
  head -c 32 /dev/urandom | base64 | tr -d '\n' | offer_secret 'orders-encryption-key' '5e794fb7e789d3f79541c2c7d6e92c1a'
fi
secret_exists 'kestra-licence' || fail "put a value into the secret "'kestra-licence'" first"
secret_exists 'orders-pagerduty' || fail "put a value into the secret "'orders-pagerduty'" first"

say 'Preparing the namespace, the nodes and the storage'
apply namespace.yaml
apply tuning.yaml
apply storage.yaml
apply addresses.yaml
apply network-policies.yaml
apply budgets.yaml

say 'Installing External Secrets, which brings secrets from the store'
sed -f "$places" external-secrets-values.yaml |
  helm upgrade --install external-secrets external-secrets --repo https://charts.external-secrets.io \
    --version '2.0.1' --namespace external-secrets --create-namespace \
    --values - --wait --atomic --timeout 10m
apply secrets.yaml
kubectl wait externalsecret --all --for=condition=Ready --namespace "$namespace" --timeout 5m

say 'Installing what watches'
kubectl create namespace monitoring --dry-run=client --output yaml | kubectl apply -f -
apply receivers.yaml
kubectl wait externalsecret --all --for=condition=Ready --namespace monitoring --timeout 5m
for file in ../alerting/*.yml ../alerting/rules/*.yaml; do
  sed -f "$places" "$file" > "$watching/$(basename "$file")"
done
kubectl create configmap monitoring --from-file="$watching" --namespace monitoring --dry-run=client --output yaml |
  kubectl apply -f -
apply monitoring.yaml

say 'Installing kestra 1.3.15'
kubectl create configmap kestra-configuration --from-file=application.yaml --namespace "$namespace" \
  --dry-run=client --output yaml | kubectl apply -f -
helm upgrade --install "$namespace" kestra --repo https://helm.kestra.io/ --version '1.3.16' \
  --namespace "$namespace" --values values.yaml --wait --atomic --timeout 20m

say 'Letting users in'
apply users.yaml
address=$(output address || true)
say "Done: ${address:-see the outputs of the Terraform}"
