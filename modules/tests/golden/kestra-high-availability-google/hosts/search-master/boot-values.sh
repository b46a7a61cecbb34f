#!/bin/sh
# Mounts this node's own disk and reads who it is and who the others are. Runs before the node starts, each time.
set -eu
# shellcheck source=/dev/null
. /usr/local/lib/provision/cloud.sh
umask 077
mkdir -p /run/provision
values=/run/provision/values.new
: > "$values"

# The disk outlives the machine: it is made ready once, and mounted without access times (KAF-13).
mkdir -p '/var/lib/provision/data'
disk=$(node_disk)
until [ -b "$disk" ]; do
  echo 'waiting for the disk' >&2
  sleep 2
done
if ! blkid "$disk" > /dev/null 2>&1; then
  mkfs.xfs -q "$disk"
fi
mountpoint -q '/var/lib/provision/data' || mount -o noatime "$disk" '/var/lib/provision/data'
mkdir -p '/var/lib/provision/data/node'
chown '1000:1000' '/var/lib/provision/data/node'

number=$(instance_number)
address=$(address)
zone=$(zone)
{
  printf 'node.name=%s-%s\n' 'search-master' "$number"
  printf 'node.attr.zone=%s\n' "$zone"
  printf 'network.publish_host=%s\n' "$address"
  printf 'discovery.seed_hosts=%s\n' "$(parameter search/seeds)"
} >> "$values"
# Whether a node of the list knows a cluster.
knows_a_cluster() {
  for node in $(printf '%s' "$1" | tr ',' ' '); do
    node=${node#http://}
    cluster=$(curl -sf -m 3 "http://${node%:*}:9200/" | jq -r '.cluster_uuid // "_na_"' || true)
    # A node outside of a cluster calls it _na_.
    if [ -n "$cluster" ] && [ "$cluster" != _na_ ]; then return 0; fi
  done
  return 1
}
# Only for a cluster's very first start (ELS-08), which may take several attempts: as long as this disk was in no
# cluster, the store says that none has formed, and no node knows one. Where the store does not answer, this ends here
# and starts again.
formed=$(secret_if_any 'orders-search-formed')
if [ ! -e '/var/lib/provision/data/joined' ] && [ -z "$formed" ] && ! knows_a_cluster "$(parameter search/seeds),$(parameter search/addresses)"; then
  printf '%s=%s\n' 'cluster.initial_master_nodes' 'search-master-0,search-master-1,search-master-2' >> "$values"
fi
mv "$values" /run/provision/values.env
