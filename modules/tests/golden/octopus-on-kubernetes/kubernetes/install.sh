#!/bin/sh
# Installs what the cluster runs. Run it again whenever you like, after each apply: it changes only what differs.
#
#   ./install.sh                 reads the outputs of Terraform in the folder above
#   TERRAFORM=tofu ./install.sh  of OpenTofu
#   OUTPUTS=file ./install.sh    from a file: what `terraform output -json` wrote
set -eu
cd "$(dirname "$0")"
namespace='releases'
cluster='releases'
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

place 'DATABASE_HOST' 'database_main'
place 'DATABASE_SECRET' 'database_main_secret'
place 'SHARED_FILES' 'shared_files'

say "Connecting to the cluster $cluster"
connect

say 'Looking for the secrets'
# Made up where nobody did before; it goes into the store and nowhere else.
if ! secret_exists '/provision/releases/master-key'; then
  say 'Making up /provision/releases/master-key'
  head -c 16 /dev/urandom | base64 | tr -d '\n' | offer_secret '/provision/releases/master-key' '9a7a823de3ef07a75d5a31ee4525cc41'
fi
# Made up where nobody did before; it goes into the store and nowhere else.
if ! secret_exists '/provision/releases/admin-password'; then
  say 'Making up /provision/releases/admin-password'
  head -c 32 /dev/urandom | base64 | tr -d '\n' | offer_secret '/provision/releases/admin-password' '20124e79c2d75cedb39223fe5809d7c8'
fi
secret_exists 'releases/octopus-licence' || fail "put a value into the secret "'releases/octopus-licence'" first"

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

say 'Installing octopus 2026.2'
apply workloads.yaml
kubectl wait 'statefulset/server' --for='jsonpath={.status.readyReplicas}=2' \
  --namespace "$namespace" --timeout 40m

say 'Letting users in'
apply users.yaml
address=$(output address || true)
say "Done: ${address:-see the outputs of the Terraform}"
