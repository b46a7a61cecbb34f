#!/bin/sh
# Reads what this machine needs to know from the cloud, into memory only: addresses from the parameter store, secrets
# from the secret store. Runs before the component starts, each time.
set -eu

region='<{ region }>'
path='/provision/<{ deployment }>/'
export AWS_DEFAULT_REGION="$region"
umask 077
mkdir -p /run/provision
values=/run/provision/values.new
: > "$values"

# A value of the instance's metadata, with a token only.
metadata() {
  token=$(curl -sf -X PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 60' http://169.254.169.254/latest/api/token)
  curl -sf -H "X-aws-ec2-metadata-token: $token" "http://169.254.169.254/latest/meta-data/$1"
}

# /provision/orders/database/host becomes DATABASE_HOST.
aws ssm get-parameters-by-path --path "$path" --recursive --query 'Parameters[].[Name,Value]' --output text |
  while IFS="$(printf '\t')" read -r name value; do
    name=$(printf '%s' "${name#"$path"}" | tr '[:lower:]/-' '[:upper:]__')
    printf '%s=%s\n' "$name" "$value"
  done >> "$values"
<% if paired %>
# This machine's own database: DATABASE_1_HOST becomes DATABASE_HOST.
number=$(metadata 'tags/instance/provision:instance')
sed -i -e "s/^DATABASE_${number}_/DATABASE_/" -e '/^DATABASE_[0-9]*_/d' "$values"
printf 'INSTANCE=%s\n' "$number" >> "$values"
<% endif %>
printf 'INSTANCE_ID=%s\nZONE=%s\n' "$(metadata instance-id)" "$(metadata placement/availability-zone)" >> "$values"

# A secret's value, on one line; fails while there is none.
secret() {
  aws secretsmanager get-secret-value --secret-id "$1" --query SecretString --output text
}
<% if has_database %>
credentials=$(secret "$(sed -n 's/^DATABASE_SECRET=//p' "$values")")
printf 'DATABASE_USER=%s\n' "$(printf '%s' "$credentials" | jq -r .username)" >> "$values"
printf 'DATABASE_PASSWORD=%s\n' "$(printf '%s' "$credentials" | jq -r .password)" >> "$values"
<% endif %>
<% for it in secrets %>
<% if it.generated %>
# Made up by whichever machine comes first: the store lets only one value in under the same token.
if ! secret '<{ it.id }>' > /dev/null 2>&1; then
  aws secretsmanager put-secret-value --secret-id '<{ it.id }>' --client-request-token '<{ it.token }>' \
    --secret-string "$(head -c <{ it.bytes }> /dev/urandom | base64 -w 0)" > /dev/null 2>&1 || true
fi
<% endif %>
until value=$(secret '<{ it.id }>' 2> /dev/null); do
  printf 'waiting for the secret %s\n' '<{ it.id }>' >&2
  sleep 10
done
<% if it.variable == "LICENCE" and platform == "kestra" %>
# A licence of Kestra's has three parts, kept as JSON.
for part in id fingerprint key; do
  printf 'LICENCE_%s=%s\n' "$(printf '%s' "$part" | tr '[:lower:]' '[:upper:]')" "$(printf '%s' "$value" | jq -r --arg part "$part" '.[$part]')" >> "$values"
done
<% else %>
printf '%s=%s\n' '<{ it.variable }>' "$value" >> "$values"
<% endif %>
<% endfor %>
<% if platform == "rudderstack" and has_database %>
# As the server calls them.
{
  sed -n -e 's/^DATABASE_HOST=/JOBS_DB_HOST=/p' -e 's/^DATABASE_USER=/JOBS_DB_USER=/p' \
    -e 's/^DATABASE_PASSWORD=/JOBS_DB_PASSWORD=/p' -e 's/^STORAGE_BUCKET=/JOBS_BACKUP_BUCKET=/p' \
    -e 's#^TRANSFORMER_ADDRESS=\(.*\)#DEST_TRANSFORM_URL=http://\1:9090#p' "$values"
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
  printf 'OCTOPUS_SERVER_NODE_NAME=%s\n' "$(metadata instance-id)"
  printf 'DB_CONNECTION_STRING=Server=%s,1433;Database=Octopus;User Id=%s;Password=%s;Encrypt=True;TrustServerCertificate=True\n' \
    "$(value_of DATABASE_HOST)" "$(value_of DATABASE_USER)" "$(value_of DATABASE_PASSWORD)"
  printf 'OCTOPUS_SERVER_BASE64_LICENSE=%s\n' "$(value_of LICENCE)"
} > "$values.named"
cat "$values.named" >> "$values"
rm "$values.named"
<% endif %>
<% if shared_files %>
# The same path on every machine (OCT-10).
mkdir -p /mnt/shared
mountpoint -q /mnt/shared || mount -t efs -o tls,iam "$(sed -n 's/^SHARED_FILES_ID=//p' "$values"):/" /mnt/shared
mkdir -p /mnt/shared/repository /mnt/shared/artifacts /mnt/shared/taskLogs /mnt/shared/eventExports
<% endif %>
mv "$values" /run/provision/values.env
