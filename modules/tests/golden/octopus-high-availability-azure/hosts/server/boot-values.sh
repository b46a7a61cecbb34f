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
if ! secret 'releases/master-key' first > /dev/null 2>&1; then
  head -c 16 /dev/urandom | base64 -w 0 | offer_secret 'releases/master-key' '88fbcef9901787068c23a3586f1911b8'
fi
until value=$(secret 'releases/master-key' first 2> /dev/null); do
  printf 'waiting for the secret %s\n' 'releases/master-key' >&2
  sleep 10
done
printf '%s=%s\n' 'MASTER_KEY' "$value" >> "$values"
# Made up by whichever machine comes first.
if ! secret 'releases/admin-password' first > /dev/null 2>&1; then
  head -c 32 /dev/urandom | base64 -w 0 | offer_secret 'releases/admin-password' '812a005ca147e6b53a64b6ee644f1515'
fi
until value=$(secret 'releases/admin-password' first 2> /dev/null); do
  printf 'waiting for the secret %s\n' 'releases/admin-password' >&2
  sleep 10
done
printf '%s=%s\n' 'ADMIN_PASSWORD' "$value" >> "$values"
until value=$(secret 'releases-octopus-licence' 2> /dev/null); do
  printf 'waiting for the secret %s\n' 'releases-octopus-licence' >&2
  sleep 10
done
printf '%s=%s\n' 'LICENCE' "$value" >> "$values"
# As the server calls them.
value_of() {
  sed -n "s/^$1=//p" "$values"
}
{
  printf 'OCTOPUS_SERVER_NODE_NAME=%s\n' "$(instance_id)"
  # The machine's identity logs in.
  printf 'DB_CONNECTION_STRING=Server=%s,1433;Database=Octopus;Authentication=Active Directory Managed Identity;User Id=%s;Encrypt=True\n' \
    "$(value_of DATABASE_HOST)" "$(identity)"
  printf 'OCTOPUS_SERVER_BASE64_LICENSE=%s\n' "$(value_of LICENCE)"
} > "$values.named"
cat "$values.named" >> "$values"
rm "$values.named"
# The same path on every machine (OCT-10).
mkdir -p /mnt/shared
mountpoint -q /mnt/shared || mount_shared_files "$(sed -n 's/^SHARED_FILES_ID=//p' "$values")" /mnt/shared
mkdir -p /mnt/shared/repository /mnt/shared/artifacts /mnt/shared/taskLogs /mnt/shared/eventExports
mv "$values" /run/provision/values.env
