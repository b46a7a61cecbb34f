#!/bin/sh
# Reads what this machine needs to know from the cloud, into memory only: addresses from the parameter store, secrets
# from the secret store. Runs before the component starts, each time.
set -eu

region='eu-west-1'
path='/provision/events/'
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
mv "$values" /run/provision/values.env
