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
