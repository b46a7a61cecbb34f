#!/bin/sh
# Installs what the cluster runs. Run it again whenever you like, after each apply: it changes only what differs.
#
#   ./install.sh                 reads the outputs of Terraform in the folder above
#   TERRAFORM=tofu ./install.sh  of OpenTofu
#   OUTPUTS=file ./install.sh    from a file: what `terraform output -json` wrote
set -eu
cd "$(dirname "$0")"
namespace='<{ deployment }>'
cluster='<{ cluster }>'
<% if provider != "azure" %>
location='<{ location }>'
<% endif %>

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

<% if provider == "aws" %>
<% include "aws/cluster.sh" %>
<% elif provider == "google" %>
<% include "google/cluster.sh" %>
<% else %>
<% include "azure/cluster.sh" %>
<% endif %>

for tool in helm kubectl jq sed<% for tool in tools %> '<{ tool }>'<% endfor %>; do
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
<% if watched %>
watching=$(mktemp -d)
trap 'rm -rf "$KUBECONFIG" "$places" "$watching"' EXIT
<% else %>
trap 'rm -f "$KUBECONFIG" "$places"' EXIT
<% endif %>

# An address for the place that bears its name.
place() {
  value=$(output "$2") || fail "the outputs have no $2: apply the Terraform first"
  printf 's|@%s@|%s|g\n' "$1" "$value" >> "$places"
}

apply() {
  sed -f "$places" "$1" | kubectl apply -f -
}

<% for it in addresses %>
place '<{ it.key }>' '<{ it.output }>'
<% endfor %>
<% if watched %>
# The first of several: it knows the others.
sed -n -e 's/@KAFKA_BROKERS@|\([^,|]*\).*/@KAFKA_SERVER@|\1|g/p' \
  -e 's/@SEARCH_ADDRESSES@|\([^,|]*\).*/@SEARCH_ADDRESS@|\1|g/p' "$places" > "$watching/first"
cat "$watching/first" >> "$places"
rm "$watching/first"
<% endif %>

say "Connecting to the cluster $cluster"
connect

<% if wanted | length > 0 %>
say 'Looking for the secrets'
<% for it in wanted %>
<% if it.generated %>
# Made up where nobody did before; it goes into the store and nowhere else.
if ! secret_exists '<{ it.id }>'; then
  say 'Making up <{ it.id }>'
  head -c <{ it.bytes }> /dev/urandom | base64 | tr -d '\n' | offer_secret '<{ it.id }>' '<{ it.token }>'
fi
<% else %>
secret_exists '<{ it.id }>' || fail "put a value into the secret "'<{ it.id }>'" first"
<% endif %>
<% endfor %>

<% endif %>
say 'Preparing the namespace, the nodes and the storage'
apply namespace.yaml
apply tuning.yaml
apply storage.yaml
apply addresses.yaml
apply network-policies.yaml
<% if budgets | length > 0 %>
apply budgets.yaml
<% endif %>

<% if secrets | length > 0 or has_receivers %>
say 'Installing External Secrets, which brings secrets from the store'
sed -f "$places" external-secrets-values.yaml |
  helm upgrade --install external-secrets external-secrets --repo https://charts.external-secrets.io \
    --version '<{ secrets_chart }>' --namespace external-secrets --create-namespace \
    --values - --wait --atomic --timeout 10m
<% if secrets | length > 0 %>
apply secrets.yaml
kubectl wait externalsecret --all --for=condition=Ready --namespace "$namespace" --timeout 5m
<% endif %>

<% endif %>
<% if renewed | length > 0 %>
say 'Installing what starts pods anew when the password of the database changes'
kubectl create configmap renewal --from-file=renew.sh --namespace "$namespace" --dry-run=client --output yaml |
  kubectl apply -f -
apply renewal.yaml

<% endif %>
<% if watched %>
say 'Installing what watches'
kubectl create namespace monitoring --dry-run=client --output yaml | kubectl apply -f -
<% if has_receivers %>
apply receivers.yaml
kubectl wait externalsecret --all --for=condition=Ready --namespace monitoring --timeout 5m
<% endif %>
for file in ../alerting/*.yml ../alerting/rules/*.yaml; do
  sed -f "$places" "$file" > "$watching/$(basename "$file")"
done
kubectl create configmap monitoring --from-file="$watching" --namespace monitoring --dry-run=client --output yaml |
  kubectl apply -f -
apply monitoring.yaml

<% endif %>
<% if chart %>
say 'Installing <{ platform }> <{ version }>'
kubectl create configmap kestra-configuration --from-file=application.yaml --namespace "$namespace" \
  --dry-run=client --output yaml | kubectl apply -f -
helm upgrade --install "$namespace" kestra --repo https://helm.kestra.io/ --version '<{ chart }>' \
  --namespace "$namespace" --values values.yaml --wait --atomic --timeout 20m
<% else %>
say 'Installing <{ platform }> <{ version }>'
apply workloads.yaml
<% for it in pods %>
<% if it.keeps_name %>
kubectl wait 'statefulset/<{ it.name }>' --for='jsonpath={.status.readyReplicas}=<{ it.replicas }>' \
  --namespace "$namespace" --timeout 40m
<% else %>
kubectl rollout status 'deployment/<{ it.name }>' --namespace "$namespace" --timeout 20m
<% endif %>
<% endfor %>
<% endif %>
<% if balanced %>

say 'Letting users in'
apply users.yaml
address=$(output address || true)
say "Done: ${address:-see the outputs of the Terraform}"
<% else %>
say 'Done'
<% endif %>
