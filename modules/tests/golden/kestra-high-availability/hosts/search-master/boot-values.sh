#!/bin/sh
# Mounts this node's own disk and reads who it is and who the others are. Runs before the node starts, each time.
set -eu

region='eu-west-1'
path='/provision/orders/'
export AWS_DEFAULT_REGION="$region"
umask 077
mkdir -p /run/provision '/var/lib/provision/data'
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
mountpoint -q '/var/lib/provision/data' || mount -o noatime /dev/sdf '/var/lib/provision/data'
mkdir -p '/var/lib/provision/data/node'
chown '1000:1000' '/var/lib/provision/data/node'

number=$(metadata 'tags/instance/provision:instance')
address=$(metadata local-ipv4)
zone=$(metadata placement/availability-zone)
{
  printf 'node.name=%s-%s\n' 'search-master' "$number"
  printf 'node.attr.zone=%s\n' "$zone"
  printf 'network.publish_host=%s\n' "$address"
  printf 'discovery.seed_hosts=%s\n' "$(parameter search/seeds)"
} >> "$values"
# Only for a cluster's very first start (ELS-08).
if [ -z "$(ls -A '/var/lib/provision/data/node')" ]; then
  printf '%s=%s\n' 'cluster.initial_master_nodes' 'search-master-0,search-master-1,search-master-2' >> "$values"
fi
mv "$values" /run/provision/values.env
