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
until value=$(secret 'clicks/workspace-token' 2> /dev/null); do
  printf 'waiting for the secret %s\n' 'clicks/workspace-token' >&2
  sleep 10
done
printf '%s=%s\n' 'WORKSPACE_TOKEN' "$value" >> "$values"
mv "$values" /run/provision/values.env
