#!/bin/sh
# Reads what this machine needs to know from the cloud, into memory only: addresses from the parameter store, secrets
# from the secret store. Runs before the component starts, each time.
set -eu
# shellcheck source=/dev/null
. /usr/local/lib/provision/cloud.sh
umask 077
mkdir -p /run/provision
values=/run/provision/values.new
: > "$values"

# database/host becomes DATABASE_HOST.
parameters | while IFS="$(printf '\t')" read -r name value; do
  name=$(printf '%s' "$name" | tr '[:lower:]/-' '[:upper:]__')
  printf '%s=%s\n' "$name" "$value"
done >> "$values"
printf 'INSTANCE_ID=%s\nZONE=%s\n' "$(instance_id)" "$(zone)" >> "$values"
credentials=$(database_credentials "$(sed -n 's/^DATABASE_SECRET=//p' "$values")")
printf 'DATABASE_USER=%s\n' "$(printf '%s' "$credentials" | sed -n 1p)" >> "$values"
printf 'DATABASE_PASSWORD=%s\n' "$(printf '%s' "$credentials" | sed -n 2p)" >> "$values"
# Made up by whichever machine comes first.
if ! secret '/provision/orders/encryption-key' first > /dev/null 2>&1; then
  head -c 32 /dev/urandom | base64 -w 0 | offer_secret '/provision/orders/encryption-key' 'f5e674dcf86cb6afe6b71ba03bc15baf'
fi
until value=$(secret '/provision/orders/encryption-key' first 2> /dev/null); do
  printf 'waiting for the secret %s\n' '/provision/orders/encryption-key' >&2
  sleep 10
done
printf '%s=%s\n' 'ENCRYPTION_KEY' "$value" >> "$values"
mv "$values" /run/provision/values.env
