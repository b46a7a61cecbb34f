#!/bin/sh
# Reads what this machine needs to know from the cloud, into memory only: addresses from the parameter store, secrets
# from the secret store. Runs before the component starts, each time.
set -eu

region='eu-west-1'
path='/provision/clicks/'
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
# This machine's own database: DATABASE_1_HOST becomes DATABASE_HOST.
number=$(metadata 'tags/instance/provision:instance')
sed -i -e "s/^DATABASE_${number}_/DATABASE_/" -e '/^DATABASE_[0-9]*_/d' "$values"
printf 'INSTANCE=%s\n' "$number" >> "$values"
printf 'INSTANCE_ID=%s\nZONE=%s\n' "$(metadata instance-id)" "$(metadata placement/availability-zone)" >> "$values"

# A secret's value, on one line; fails while there is none.
secret() {
  aws secretsmanager get-secret-value --secret-id "$1" --query SecretString --output text
}
credentials=$(secret "$(sed -n 's/^DATABASE_SECRET=//p' "$values")")
printf 'DATABASE_USER=%s\n' "$(printf '%s' "$credentials" | jq -r .username)" >> "$values"
printf 'DATABASE_PASSWORD=%s\n' "$(printf '%s' "$credentials" | jq -r .password)" >> "$values"
until value=$(secret '/provision/clicks/workspace-token' 2> /dev/null); do
  printf 'waiting for the secret %s\n' '/provision/clicks/workspace-token' >&2
  sleep 10
done
printf '%s=%s\n' 'WORKSPACE_TOKEN' "$value" >> "$values"
# As the server calls them.
{
  sed -n -e 's/^DATABASE_HOST=/JOBS_DB_HOST=/p' -e 's/^DATABASE_USER=/JOBS_DB_USER=/p' \
    -e 's/^DATABASE_PASSWORD=/JOBS_DB_PASSWORD=/p' -e 's/^STORAGE_BUCKET=/JOBS_BACKUP_BUCKET=/p' \
    -e 's#^TRANSFORMER_ADDRESS=\(.*\)#DEST_TRANSFORM_URL=http://\1:9090#p' "$values"
} > "$values.named"
cat "$values.named" >> "$values"
rm "$values.named"
mv "$values" /run/provision/values.env
