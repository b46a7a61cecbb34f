#!/bin/sh
# Makes this machine's disk ready, and reads whom it watches and how those are told who are on call. Runs before its
# programs start, each time.
set -eu
# shellcheck source=/dev/null
. /usr/local/lib/provision/cloud.sh
umask 077
run=/run/provision
mkdir -p "$run/targets" "$run/secrets"

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
mkdir -p '/var/lib/provision/data/prometheus' '/var/lib/provision/data/alertmanager'

values=$run/values.new
# 10.0.0.5:9094,10.0.1.5:9094
peers=$(parameter alerting/peers)
printf '%s' "$peers" | jq -R '[{targets: split(",") | map(sub(":[0-9]+$"; ":9090"))}]' > "$run/targets/prometheus.json"
printf '%s' "$peers" | jq -R '[{targets: split(",") | map(sub(":[0-9]+$"; ":9093"))}]' > "$run/targets/alertmanagers.json"
# Every database server: database/host, or database/0/host and so on.
parameters | sed -n 's#^database/\([0-9]*/\)\{0,1\}host	##p' |
  jq -R -s '[{targets: split("\n") | map(select(. != "") | . + ":5432")}]' > "$run/targets/database.json"
# An option before each of a list: a,b becomes `--x=a --x=b`.
each() {
  tr ',' '\n' | sed "s/^/$1=/" | tr '\n' ' '
}
{
  printf 'PEERS=%s\n' "$(printf '%s' "$peers" | each --cluster.peer)"
} > "$values"

# The webhook's address is a secret: it is put in here, and nowhere on the disk.
ADDRESS=$(cat "$run/secrets/webhook" 2> /dev/null || true) awk '
  BEGIN { mark = "https://webhook-address-from-the-secret-store.invalid/" }
  (at = index($0, mark)) && ENVIRON["ADDRESS"] != "" {
    $0 = substr($0, 1, at - 1) ENVIRON["ADDRESS"] substr($0, at + length(mark))
  }
  { print }' /etc/provision/alerting/alertmanager.yml > "$run/alertmanager.yml"
cp /etc/provision/alerting/prometheus.yml "$run/prometheus.yml"
# The programs run as nobody.
chown -R 65534:65534 '/var/lib/provision/data/prometheus' '/var/lib/provision/data/alertmanager' "$run/targets" "$run/secrets" "$run/alertmanager.yml" "$run/prometheus.yml"
chmod 0755 "$run"
mv "$values" "$run/values.env"
