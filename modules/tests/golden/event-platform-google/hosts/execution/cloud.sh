# shellcheck shell=sh
# How this machine speaks with Google Cloud: functions for the scripts that read this file. It does nothing by itself.

# A value of the metadata server, which asks for the header so that a forged request gets nothing.
metadata() {
  curl -sf -H 'Metadata-Flavor: Google' "http://metadata.google.internal/computeMetadata/v1/$1"
}

# A call to one of the cloud's services, as this machine: what follows goes to curl.
call() {
  token=$(metadata instance/service-accounts/default/token | jq -r .access_token)
  curl -sf -H "Authorization: Bearer $token" -H 'Content-Type: application/json' "$@"
}

# What Prometheus looks for machines in.
account() {
  metadata project/project-id
}

instance_id() {
  metadata instance/id
}

# Which instance of its component it is, where that never changes.
instance_number() {
  metadata instance/attributes/provision-instance
}

zone() {
  metadata instance/zone | sed 's#.*/##'
}

address() {
  metadata instance/network-interfaces/0/ip
}

# Every value that the machine was given, a line each: database/host, a tab, the value.
parameters() {
  metadata instance/attributes/provision-values | jq -r 'to_entries[] | [.key, .value] | @tsv'
}

parameter() {
  metadata instance/attributes/provision-values | jq -er --arg name "$1" '.[$name]'
}

# A secret by its name, or by its whole path.
secret_address() {
  case $1 in
    projects/*) printf 'https://secretmanager.googleapis.com/v1/%s' "$1" ;;
    *) printf 'https://secretmanager.googleapis.com/v1/projects/%s/secrets/%s' "$(metadata project/project-id)" "$1" ;;
  esac
}

# A secret's value, on one line; fails while there is none. Of what machines make up the first version counts, because
# several of them may have put one in at the same time; of all others the latest.
secret() {
  version=latest
  if [ "${2:-}" = first ]; then
    version=1
  fi
  answer=$(call "$(secret_address "$1")/versions/$version:access") || return 1
  printf '%s' "$answer" | jq -r .payload.data | base64 -d
}

# The first value of a secret, or nothing where it has none yet; fails where the store does not answer.
secret_if_any() {
  status=$(call -o /run/provision/answer -w '%{http_code}' "$(secret_address "$1")/versions/1:access" || true)
  case $status in
    200) jq -r .payload.data /run/provision/answer | base64 -d ;;
    404) ;;
    *) echo "the secret store answers $status" >&2 && return 1 ;;
  esac
}

# Makes up a secret from standard input: secret, token. Versions are numbered, so that all know which was the first.
offer_secret() {
  jq -Rs '{payload: {data: @base64}}' | call -X POST -d @- "$(secret_address "$1"):addVersion" > /dev/null 2>&1 || true
}

# User and password of the database, a line each.
database_credentials() {
  secret "$1" | jq -r '.username, .password'
}

# Mounts shared files: their id, the folder.
mount_shared_files() {
  files=$(call "https://file.googleapis.com/v1/$1") || return 1
  source=$(printf '%s' "$files" | jq -er '.networks[0].ipAddresses[0] + ":/" + .fileShares[0].name')
  mount -t nfs -o hard,timeo=600,retrans=3 "$source" "$2"
}

# The device of the disk that belongs to this node.
node_disk() {
  echo /dev/disk/by-id/google-data
}

# Whether the group takes this machine out. Behind a load balancer it waits as long as the balancer drains.
is_leaving() {
  group=$(metadata instance/attributes/created-by) || return 1
  call -X POST -d '' "https://compute.googleapis.com/compute/v1/$group/listManagedInstances" |
    jq -e --arg name "/$(metadata instance/name)" \
      '.managedInstances[]? | select(.instance | endswith($name)) | .currentAction | . == "DELETING" or . == "RECREATING"' \
      > /dev/null
}

# The group goes on by itself when the load balancer's time is over.
report_finished() {
  echo 'this machine has finished and waits for its end'
}

# A figure for people's alarms: its name, its value.
alarm() {
  project=$(metadata project/project-id)
  jq -n --arg type 'custom.googleapis.com/provision/events'"/$1" --arg value "$2" --arg component 'execution' \
    --arg project "$project" --arg instance "$(instance_id)" --arg zone "$(zone)" --arg now "$(date -u +%Y-%m-%dT%H:%M:%SZ)" \
    '{timeSeries: [{
      metric: {type: $type, labels: {component: $component}},
      resource: {type: "gce_instance", labels: {project_id: $project, instance_id: $instance, zone: $zone}},
      points: [{interval: {endTime: $now}, value: {int64Value: $value}}]
    }]}' |
    call -m 10 -o /dev/null -d @- "https://monitoring.googleapis.com/v3/projects/$project/timeSeries"
}

# The group asks on a port whether this machine is well: it hears so from now on.
report_healthy() {
  systemctl start provision-alive.socket
}

# Asks the group to replace this machine: where nobody answers any more it makes the machine anew.
report_unhealthy() {
  systemctl stop provision-alive.socket
}
