#!/bin/sh
# Reads what this machine needs to know from the cloud, into memory only: addresses from the parameter store, secrets
# from the secret store. Runs before the component starts, each time.
set -eu

region='eu-west-1'
path='/provision/releases/'
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
printf 'INSTANCE_ID=%s\nZONE=%s\n' "$(metadata instance-id)" "$(metadata placement/availability-zone)" >> "$values"

# A secret's value, on one line; fails while there is none.
secret() {
  aws secretsmanager get-secret-value --secret-id "$1" --query SecretString --output text
}
credentials=$(secret "$(sed -n 's/^DATABASE_SECRET=//p' "$values")")
printf 'DATABASE_USER=%s\n' "$(printf '%s' "$credentials" | jq -r .username)" >> "$values"
printf 'DATABASE_PASSWORD=%s\n' "$(printf '%s' "$credentials" | jq -r .password)" >> "$values"
# Made up by whichever machine comes first: the store lets only one value in under the same token.
if ! secret '/provision/releases/master-key' > /dev/null 2>&1; then
  aws secretsmanager put-secret-value --secret-id '/provision/releases/master-key' --client-request-token '9a7a823de3ef07a75d5a31ee4525cc41' \
    --secret-string "$(head -c 16 /dev/urandom | base64 -w 0)" > /dev/null 2>&1 || true
fi
until value=$(secret '/provision/releases/master-key' 2> /dev/null); do
  printf 'waiting for the secret %s\n' '/provision/releases/master-key' >&2
  sleep 10
done
printf '%s=%s\n' 'MASTER_KEY' "$value" >> "$values"
# Made up by whichever machine comes first: the store lets only one value in under the same token.
if ! secret '/provision/releases/admin-password' > /dev/null 2>&1; then
  aws secretsmanager put-secret-value --secret-id '/provision/releases/admin-password' --client-request-token '20124e79c2d75cedb39223fe5809d7c8' \
    --secret-string "$(head -c 32 /dev/urandom | base64 -w 0)" > /dev/null 2>&1 || true
fi
until value=$(secret '/provision/releases/admin-password' 2> /dev/null); do
  printf 'waiting for the secret %s\n' '/provision/releases/admin-password' >&2
  sleep 10
done
printf '%s=%s\n' 'ADMIN_PASSWORD' "$value" >> "$values"
until value=$(secret 'releases/octopus-licence' 2> /dev/null); do
  printf 'waiting for the secret %s\n' 'releases/octopus-licence' >&2
  sleep 10
done
printf '%s=%s\n' 'LICENCE' "$value" >> "$values"
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
# The same path on every machine (OCT-10).
mkdir -p /mnt/shared
mountpoint -q /mnt/shared || mount -t efs -o tls,iam "$(sed -n 's/^SHARED_FILES_ID=//p' "$values"):/" /mnt/shared
mkdir -p /mnt/shared/repository /mnt/shared/artifacts /mnt/shared/taskLogs /mnt/shared/eventExports
mv "$values" /run/provision/values.env
