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
trap 'rm -f "$KUBECONFIG" "$places"' EXIT

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

say "Connecting to the cluster $cluster"
connect

say 'Looking for the secrets'
# Made up where nobody did before; it goes into the store and nowhere else.
if ! secret_exists '/provision/orders/encryption-key'; then
  say 'Making up /provision/orders/encryption-key'
  head -c 32 /dev/urandom | base64 | tr -d '\n' | offer_secret '/provision/orders/encryption-key' 'f5e674dcf86cb6afe6b71ba03bc15baf'
fi
secret_exists 'kestra-licence' || fail "put a value into the secret "'kestra-licence'" first"

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

say 'Installing kestra 1.3.15'
kubectl create configmap kestra-configuration --from-file=application.yaml --namespace "$namespace" \
  --dry-run=client --output yaml | kubectl apply -f -
helm upgrade --install "$namespace" kestra --repo https://helm.kestra.io/ --version '1.3.16' \
  --namespace "$namespace" --values values.yaml --wait --atomic --timeout 20m

say 'Letting users in'
apply users.yaml
address=$(output address || true)
say "Done: ${address:-see the outputs of the Terraform}"
