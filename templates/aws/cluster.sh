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
