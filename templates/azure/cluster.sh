# How this speaks with Azure.
connect() {
  az aks get-credentials --name "$cluster" --resource-group "$(output resource_group)" --file "$KUBECONFIG" \
    --overwrite-existing > /dev/null
  # Logs in as whoever is logged in here.
  kubelogin convert-kubeconfig --login azurecli --kubeconfig "$KUBECONFIG"
}

# Where a secret is kept: in the deployment's own vault, or in one that was there before.
secret_place() {
  case $1 in
    "$namespace"/*) printf '%ssecrets/%s' "$(output secrets_vault)" "${1#*/}" ;;
    *) printf '%ssecrets/%s' "$(output existing_vault)" "$1" ;;
  esac
}

# Whether the store has a value for it: the Terraform puts down the place, and nothing in it.
secret_exists() {
  kind=$(az keyvault secret show --id "$(secret_place "$1")" --query contentType --output tsv 2> /dev/null) || return 1
  [ "$kind" != placeholder ]
}

# Keeps what comes in as the secret's value.
offer_secret() {
  az keyvault secret set --vault-name "$(output secrets_vault | sed 's#https://\([^.]*\).*#\1#')" --name "${1#*/}" \
    --file /dev/stdin --encoding utf-8 --content-type made-up --output none
}
