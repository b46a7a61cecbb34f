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
<% if paired %>
# This machine's own database: DATABASE_1_HOST becomes DATABASE_HOST.
number=$(instance_number)
sed -i -e "s/^DATABASE_${number}_/DATABASE_/" -e '/^DATABASE_[0-9]*_/d' "$values"
printf 'INSTANCE=%s\n' "$number" >> "$values"
<% endif %>
printf 'INSTANCE_ID=%s\nZONE=%s\n' "$(instance_id)" "$(zone)" >> "$values"
<% if has_database and has_password %>
credentials=$(database_credentials "$(sed -n 's/^DATABASE_SECRET=//p' "$values")")
printf 'DATABASE_USER=%s\n' "$(printf '%s' "$credentials" | sed -n 1p)" >> "$values"
printf 'DATABASE_PASSWORD=%s\n' "$(printf '%s' "$credentials" | sed -n 2p)" >> "$values"
<% endif %>
<% for it in secrets %>
<% if it.generated %>
# Made up by whichever machine comes first.
if ! secret '<{ it.id }>' first > /dev/null 2>&1; then
  head -c <{ it.bytes }> /dev/urandom | base64 -w 0 | offer_secret '<{ it.id }>' '<{ it.token }>'
fi
<% endif %>
until value=$(secret '<{ it.id }>'<% if it.generated %> first<% endif %> 2> /dev/null); do
  printf 'waiting for the secret %s\n' '<{ it.id }>' >&2
  sleep 10
done
<% if it.variable == "LICENCE" and platform == "kestra" %>
# A licence of Kestra's has three parts, kept as JSON.
for part in id fingerprint key; do
  printf 'LICENCE_%s=%s\n' "$(printf '%s' "$part" | tr '[:lower:]' '[:upper:]')" "$(printf '%s' "$value" | jq -r --arg part "$part" '.[$part]')" >> "$values"
done
<% if registry %>
# The vendor's registry takes its id and fingerprint for a login. Nobody logs in here: an image that is there already is
# taken without it.
mkdir -p /run/provision/docker
printf '%s' "$value" | jq --arg registry '<{ registry }>' '{ auths: { ($registry): { auth: ("\(.id):\(.fingerprint)" | @base64) } } }' \
  > /run/provision/docker/config.json
<% endif %>
<% else %>
printf '%s=%s\n' '<{ it.variable }>' "$value" >> "$values"
<% endif %>
<% endfor %>
<% if platform == "rudderstack" and has_database %>
# As the server calls them.
{
  sed -n -e 's/^DATABASE_HOST=/JOBS_DB_HOST=/p' -e 's/^DATABASE_USER=/JOBS_DB_USER=/p' \
    -e 's/^DATABASE_PASSWORD=/JOBS_DB_PASSWORD=/p' -e 's/^STORAGE_BUCKET=/JOBS_BACKUP_BUCKET=/p' \
<% if provider == "azure" %>
    -e 's/^STORAGE_ACCOUNT=/AZURE_STORAGE_ACCOUNT=/p' \
<% endif %>
    -e 's#^TRANSFORMER_ADDRESS=\(.*\)#DEST_TRANSFORM_URL=http://\1:9090#p' "$values"
<% if provider == "azure" %>
  printf 'AZURE_STORAGE_ACCESS_KEY=%s\n' "$(storage_key "$(sed -n 's/^STORAGE_ID=//p' "$values")")"
<% endif %>
} > "$values.named"
cat "$values.named" >> "$values"
rm "$values.named"
<% endif %>
<% if platform == "octopus" %>
# As the server calls them.
value_of() {
  sed -n "s/^$1=//p" "$values"
}
{
  printf 'OCTOPUS_SERVER_NODE_NAME=%s\n' "$(instance_id)"
<% if has_password %>
  printf 'DB_CONNECTION_STRING=Server=%s,1433;Database=Octopus;User Id=%s;Password=%s;Encrypt=True;TrustServerCertificate=True\n' \
    "$(value_of DATABASE_HOST)" "$(value_of DATABASE_USER)" "$(value_of DATABASE_PASSWORD)"
<% else %>
  # The machine's identity logs in.
  printf 'DB_CONNECTION_STRING=Server=%s,1433;Database=Octopus;Authentication=Active Directory Managed Identity;User Id=%s;Encrypt=True\n' \
    "$(value_of DATABASE_HOST)" "$(identity)"
<% endif %>
  printf 'OCTOPUS_SERVER_BASE64_LICENSE=%s\n' "$(value_of LICENCE)"
} > "$values.named"
cat "$values.named" >> "$values"
rm "$values.named"
<% endif %>
<% if shared_files %>
# The same path on every machine (OCT-10).
mkdir -p /mnt/shared
mountpoint -q /mnt/shared || mount_shared_files "$(sed -n 's/^SHARED_FILES_ID=//p' "$values")" /mnt/shared
mkdir -p /mnt/shared/repository /mnt/shared/artifacts /mnt/shared/taskLogs /mnt/shared/eventExports
<% endif %>
mv "$values" /run/provision/values.env
