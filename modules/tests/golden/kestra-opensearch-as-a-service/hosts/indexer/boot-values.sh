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
# Made up by whichever machine comes first.
if ! secret '/provision/orders/encryption-key' first > /dev/null 2>&1; then
  head -c 32 /dev/urandom | base64 -w 0 | offer_secret '/provision/orders/encryption-key' 'f5e674dcf86cb6afe6b71ba03bc15baf'
fi
until value=$(secret '/provision/orders/encryption-key' first 2> /dev/null); do
  printf 'waiting for the secret %s\n' '/provision/orders/encryption-key' >&2
  sleep 10
done
printf '%s=%s\n' 'ENCRYPTION_KEY' "$value" >> "$values"
until value=$(secret '/provision/orders/licence' 2> /dev/null); do
  printf 'waiting for the secret %s\n' '/provision/orders/licence' >&2
  sleep 10
done
# A licence of Kestra's has three parts, kept as JSON.
for part in id fingerprint key; do
  printf 'LICENCE_%s=%s\n' "$(printf '%s' "$part" | tr '[:lower:]' '[:upper:]')" "$(printf '%s' "$value" | jq -r --arg part "$part" '.[$part]')" >> "$values"
done
# The vendor's registry takes its id and fingerprint for a login. Nobody logs in here: an image that is there already is
# taken without it.
mkdir -p /run/provision/docker
printf '%s' "$value" | jq --arg registry 'registry.kestra.io' '{ auths: { ($registry): { auth: ("\(.id):\(.fingerprint)" | @base64) } } }' \
  > /run/provision/docker/config.json
mv "$values" /run/provision/values.env
