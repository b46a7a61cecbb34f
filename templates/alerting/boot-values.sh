#!/bin/sh
# Makes this machine's disk ready, and reads whom it watches and how those are told who are on call. Runs before its
# programs start, each time.
set -eu
# shellcheck source=/dev/null
. /usr/local/lib/provision/cloud.sh
umask 077
run=/run/provision
mkdir -p "$run/targets" "$run/secrets"

<% include "cluster/disk.sh" %>
mkdir -p '<{ data }>/prometheus' '<{ data }>/alertmanager'

values=$run/values.new
# 10.0.0.5:9094,10.0.1.5:9094
peers=$(parameter alerting/peers)
printf '%s' "$peers" | jq -R '[{targets: split(",") | map(sub(":[0-9]+$"; ":<{ prometheus_port }>"))}]' > "$run/targets/prometheus.json"
printf '%s' "$peers" | jq -R '[{targets: split(",") | map(sub(":[0-9]+$"; ":<{ alertmanager_port }>"))}]' > "$run/targets/alertmanagers.json"
<% if has_database %>
# Every database server: database/host, or database/0/host and so on.
parameters | sed -n 's#^database/\([0-9]*/\)\{0,1\}host	##p' |
  jq -R -s '[{targets: split("\n") | map(select(. != "") | . + ":<{ database_port }>")}]' > "$run/targets/database.json"
<% endif %>
# An option before each of a list: a,b becomes `--x=a --x=b`.
each() {
  tr ',' '\n' | sed "s/^/$1=/" | tr '\n' ' '
}
{
  printf 'PEERS=%s\n' "$(printf '%s' "$peers" | each --cluster.peer)"
<% if has_kafka %>
  printf 'KAFKA_SERVERS=%s\n' "$(parameter kafka/brokers | each --kafka.server)"
<% endif %>
<% if has_search %>
  # One node is asked for the cluster's health; each of the machines that watch asks another one.
  printf 'SEARCH_ADDRESS=%s\n' "$(parameter search/addresses | tr ',' '\n' | sed -n "$(($(instance_number) + 1))p")"
<% endif %>
} > "$values"

<% for it in secrets %>
until secret '<{ it.id }>' > "$run/secrets/"'<{ it.name }>' 2> /dev/null; do
  printf 'waiting for the secret %s\n' '<{ it.id }>' >&2
  sleep 10
done
<% endfor %>
# The webhook's address is a secret: it is put in here, and nowhere on the disk.
ADDRESS=$(cat "$run/secrets/webhook" 2> /dev/null || true) awk '
  BEGIN { mark = "https://webhook-address-from-the-secret-store.invalid/" }
  (at = index($0, mark)) && ENVIRON["ADDRESS"] != "" {
    $0 = substr($0, 1, at - 1) ENVIRON["ADDRESS"] substr($0, at + length(mark))
  }
  { print }' /etc/provision/alerting/alertmanager.yml > "$run/alertmanager.yml"
<% if provider == "aws" %>
cp /etc/provision/alerting/prometheus.yml "$run/prometheus.yml"
<% elif provider == "google" %>
# Where machines are looked for is known only here.
sed "s#account-of-this-machine#$(account)#" /etc/provision/alerting/prometheus.yml > "$run/prometheus.yml"
<% else %>
# Whom Prometheus asks which machines there are, and as whom.
sed -e "s/subscription-of-this-machine/$(metadata compute/subscriptionId)/" -e "s/identity-of-this-machine/$(identity)/" \
  /etc/provision/alerting/prometheus.yml > "$run/prometheus.yml"
<% endif %>
# The programs run as nobody.
chown -R 65534:65534 '<{ data }>/prometheus' '<{ data }>/alertmanager' "$run/targets" "$run/secrets" "$run/alertmanager.yml" "$run/prometheus.yml"
chmod 0755 "$run"
mv "$values" "$run/values.env"
