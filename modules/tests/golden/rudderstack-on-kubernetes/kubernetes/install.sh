#!/bin/sh
# Installs what the cluster runs. Run it again whenever you like, after each apply: it changes only what differs.
#
#   ./install.sh                 reads the outputs of Terraform in the folder above
#   TERRAFORM=tofu ./install.sh  of OpenTofu
#   OUTPUTS=file ./install.sh    from a file: what `terraform output -json` wrote
set -eu
cd "$(dirname "$0")"
namespace='clicks'
cluster='clicks'
location='eu-west-1'

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

# How this speaks with AWS.
connect() {
  aws eks update-kubeconfig --name "$cluster" --region "$location" --kubeconfig "$KUBECONFIG" > /dev/null
}

# Whether the store has a value for it.
secret_exists() {
  aws secretsmanager get-secret-value --region "$location" --secret-id "$1" --query VersionId --output text > /dev/null 2>&1
}

# Keeps what comes in as the secret's value. With the same token only the first of several wins.
offer_secret() {
  aws secretsmanager put-secret-value --region "$location" --secret-id "$1" --client-request-token "$2" \
    --secret-string file:///dev/stdin > /dev/null || secret_exists "$1"
}

for tool in helm kubectl jq sed 'aws'; do
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

place 'DATABASE_0_HOST' 'database_server_0'
place 'DATABASE_0_SECRET' 'database_server_0_secret'
place 'DATABASE_1_HOST' 'database_server_1'
place 'DATABASE_1_SECRET' 'database_server_1_secret'
place 'DATABASE_2_HOST' 'database_server_2'
place 'DATABASE_2_SECRET' 'database_server_2_secret'
place 'STORAGE_BUCKET' 'storage_bucket'
# The first of several: it knows the others.
sed -n -e 's/@KAFKA_BROKERS@|\([^,|]*\).*/@KAFKA_SERVER@|\1|g/p' \
  -e 's/@SEARCH_ADDRESSES@|\([^,|]*\).*/@SEARCH_ADDRESS@|\1|g/p' "$places" > "$watching/first"
cat "$watching/first" >> "$places"
rm "$watching/first"

say "Connecting to the cluster $cluster"
connect

say 'Looking for the secrets'
secret_exists '/provision/clicks/workspace-token' || fail "put a value into the secret "'/provision/clicks/workspace-token'" first"

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

say 'Installing what starts pods anew when the password of the database changes'
kubectl create configmap renewal --from-file=renew.sh --namespace "$namespace" --dry-run=client --output yaml |
  kubectl apply -f -
apply renewal.yaml

say 'Installing what watches'
kubectl create namespace monitoring --dry-run=client --output yaml | kubectl apply -f -
for file in ../alerting/*.yml ../alerting/rules/*.yaml; do
  sed -f "$places" "$file" > "$watching/$(basename "$file")"
done
kubectl create configmap monitoring --from-file="$watching" --namespace monitoring --dry-run=client --output yaml |
  kubectl apply -f -
apply monitoring.yaml

say 'Installing rudderstack 1.83.0'
apply workloads.yaml
kubectl rollout status 'deployment/server-0' --namespace "$namespace" --timeout 20m
kubectl rollout status 'deployment/server-1' --namespace "$namespace" --timeout 20m
kubectl rollout status 'deployment/server-2' --namespace "$namespace" --timeout 20m
kubectl rollout status 'deployment/transformer' --namespace "$namespace" --timeout 20m

say 'Letting users in'
apply users.yaml
address=$(output address || true)
say "Done: ${address:-see the outputs of the Terraform}"
