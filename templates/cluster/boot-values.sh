#!/bin/sh
# Mounts this node's own disk and reads who it is and who the others are. Runs before the node starts, each time.
set -eu
# shellcheck source=/dev/null
. /usr/local/lib/provision/cloud.sh
umask 077
mkdir -p /run/provision
values=/run/provision/values.new
: > "$values"

<% include "cluster/disk.sh" %>
mkdir -p '<{ data }>/node'
chown '<{ user }>' '<{ data }>/node'

number=$(instance_number)
<% if engine != "kafka" or broker %>
address=$(address)
zone=$(zone)
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
# Whether a node of the list knows a cluster.
knows_a_cluster() {
  for node in $(printf '%s' "$1" | tr ',' ' '); do
    node=${node#http://}
    cluster=$(curl -sf -m 3 "http://${node%:*}:<{ client_port }>/" | jq -r '.cluster_uuid // "_na_"' || true)
    # A node outside of a cluster calls it _na_.
    if [ -n "$cluster" ] && [ "$cluster" != _na_ ]; then return 0; fi
  done
  return 1
}
# Only for a cluster's very first start (ELS-08), which may take several attempts: as long as this disk was in no
# cluster, the store says that none has formed, and no node knows one. Where the store does not answer, this ends here
# and starts again.
formed=$(secret_if_any '<{ formed.id }>')
if [ ! -e '<{ data }>/joined' ] && [ -z "$formed" ] && ! knows_a_cluster "$(parameter search/seeds),$(parameter search/addresses)"; then
  printf '%s=%s\n' '<{ initial_masters_setting }>' '<{ initial_masters }>' >> "$values"
fi
<% endif %>
<% endif %>
mv "$values" /run/provision/values.env
