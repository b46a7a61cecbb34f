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
controllers=$(parameter kafka/controllers)
# 1@10.0.0.4:9093,2@10.0.1.4:9093
identity=101
voters=''
for controller in $(printf '%s' "$controllers" | tr ',' ' '); do
  voters="$voters${voters:+,}$identity@$controller"
  identity=$((identity + 1))
done
{
  printf 'KAFKA_NODE_ID=%s\n' "$((number + 101))"
  printf 'KAFKA_CONTROLLER_QUORUM_VOTERS=%s\n' "$voters"
} >> "$values"
mv "$values" /run/provision/values.env
