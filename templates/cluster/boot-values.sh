#!/bin/sh
# Mounts this node's own disk and reads who it is and who the others are. Runs before the node starts, each time.
set -eu

region='<{ region }>'
path='/provision/<{ deployment }>/'
export AWS_DEFAULT_REGION="$region"
umask 077
mkdir -p /run/provision '<{ data }>'
values=/run/provision/values.new
: > "$values"

# A value of the instance's metadata, with a token only.
metadata() {
  token=$(curl -sf -X PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 60' http://169.254.169.254/latest/api/token)
  curl -sf -H "X-aws-ec2-metadata-token: $token" "http://169.254.169.254/latest/meta-data/$1"
}

# What the other nodes are called: the value at a path.
parameter() {
  aws ssm get-parameter --name "$path$1" --query Parameter.Value --output text
}

# The disk outlives the machine: it is made ready once, and mounted without access times (KAF-13).
until [ -b /dev/sdf ]; do
  echo 'waiting for the disk' >&2
  sleep 2
done
if ! blkid /dev/sdf > /dev/null 2>&1; then
  mkfs.xfs -q /dev/sdf
fi
mountpoint -q '<{ data }>' || mount -o noatime /dev/sdf '<{ data }>'
mkdir -p '<{ data }>/node'
chown '<{ user }>' '<{ data }>/node'

number=$(metadata 'tags/instance/provision:instance')
<% if engine != "kafka" or broker %>
address=$(metadata local-ipv4)
zone=$(metadata placement/availability-zone)
<% endif %>
<% if engine == "kafka" %>
controllers=$(parameter kafka/controllers)
# 1@10.0.0.4:9093,2@10.0.1.4:9093
identity=<{ first_controller }>
voters=''
for controller in $(printf '%s' "$controllers" | tr ',' ' '); do
  voters="$voters${voters:+,}$identity@$controller"
  identity=$((identity + 1))
done
{
  printf 'KAFKA_NODE_ID=%s\n' "$((number + <{ first_identity }>))"
  printf 'KAFKA_CONTROLLER_QUORUM_VOTERS=%s\n' "$voters"
<% if broker %>
  printf 'KAFKA_BROKER_RACK=%s\n' "$zone"
  printf 'KAFKA_ADVERTISED_LISTENERS=PLAINTEXT://%s:<{ client_port }>\n' "$address"
<% endif %>
} >> "$values"
<% else %>
{
  printf 'node.name=%s-%s\n' '<{ role }>' "$number"
  printf 'node.attr.zone=%s\n' "$zone"
  printf 'network.publish_host=%s\n' "$address"
  printf 'discovery.seed_hosts=%s\n' "$(parameter search/seeds)"
} >> "$values"
<% if master %>
# Only for a cluster's very first start (ELS-08).
if [ -z "$(ls -A '<{ data }>/node')" ]; then
  printf '%s=%s\n' '<{ initial_masters_setting }>' '<{ initial_masters }>' >> "$values"
fi
<% endif %>
<% endif %>
mv "$values" /run/provision/values.env
