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
# This machine's own database: DATABASE_1_HOST becomes DATABASE_HOST.
number=$(instance_number)
sed -i -e "s/^DATABASE_${number}_/DATABASE_/" -e '/^DATABASE_[0-9]*_/d' "$values"
printf 'INSTANCE=%s\n' "$number" >> "$values"
printf 'INSTANCE_ID=%s\nZONE=%s\n' "$(instance_id)" "$(zone)" >> "$values"
credentials=$(database_credentials "$(sed -n 's/^DATABASE_SECRET=//p' "$values")")
printf 'DATABASE_USER=%s\n' "$(printf '%s' "$credentials" | sed -n 1p)" >> "$values"
printf 'DATABASE_PASSWORD=%s\n' "$(printf '%s' "$credentials" | sed -n 2p)" >> "$values"
until value=$(secret 'clicks/workspace-token' 2> /dev/null); do
  printf 'waiting for the secret %s\n' 'clicks/workspace-token' >&2
  sleep 10
done
printf '%s=%s\n' 'WORKSPACE_TOKEN' "$value" >> "$values"
# As the server calls them.
{
  sed -n -e 's/^DATABASE_HOST=/JOBS_DB_HOST=/p' -e 's/^DATABASE_USER=/JOBS_DB_USER=/p' \
    -e 's/^DATABASE_PASSWORD=/JOBS_DB_PASSWORD=/p' -e 's/^STORAGE_BUCKET=/JOBS_BACKUP_BUCKET=/p' \
    -e 's/^STORAGE_ACCOUNT=/AZURE_STORAGE_ACCOUNT=/p' \
    -e 's#^TRANSFORMER_ADDRESS=\(.*\)#DEST_TRANSFORM_URL=http://\1:9090#p' "$values"
  printf 'AZURE_STORAGE_ACCESS_KEY=%s\n' "$(storage_key "$(sed -n 's/^STORAGE_ID=//p' "$values")")"
} > "$values.named"
cat "$values.named" >> "$values"
rm "$values.named"
mv "$values" /run/provision/values.env
