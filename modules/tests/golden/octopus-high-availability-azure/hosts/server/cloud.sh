# shellcheck shell=sh
# How this machine speaks with Azure: functions for the scripts that read this file. It does nothing by itself.

metadata_service=http://169.254.169.254/metadata
vault_version='api-version=7.4'

# What the machine's own metadata says under a path.
metadata() {
  curl -sf -H 'Metadata: true' "$metadata_service/instance/$1?api-version=2021-02-01&format=text"
}

tag() {
  curl -sf -H 'Metadata: true' "$metadata_service/instance/compute/tagsList?api-version=2021-02-01" |
    jq -er --arg name "$1" '.[] | select(.name == $name) | .value'
}

# Calls a service as this machine: the service, then arguments of curl. The token stays off the command line.
ask() {
  service=$1
  shift
  token=$(curl -sf -H 'Metadata: true' "$metadata_service/identity/oauth2/token?api-version=2018-02-01&resource=$service" |
    jq -er .access_token)
  printf 'Authorization: Bearer %s\n' "$token" | curl -sf -H @- "$@"
}

ask_vault() {
  ask https://vault.azure.net "$@"
}

instance_id() {
  metadata compute/name
}

# Which instance of its component it is, where that never changes.
instance_number() {
  tag provision-instance
}

zone() {
  metadata compute/zone
}

address() {
  metadata network/interface/0/ipv4/ipAddress/0/privateIpAddress
}

# Every value of the deployment, a line each: database/host, a tab, the value. A vault knows no slashes in names.
parameters() {
  page="$(tag provision-values)secrets?$vault_version"
  while [ -n "$page" ]; do
    list=$(ask_vault "$page")
    for name in $(printf '%s' "$list" | jq -r '.value[].id | split("/") | last'); do
      path=$(printf '%s' "$name" | sed 's#--#/#g')
      printf '%s\t%s\n' "$path" "$(parameter "$path")"
    done
    page=$(printf '%s' "$list" | jq -r '.nextLink // empty')
  done
}

parameter() {
  ask_vault "$(tag provision-values)secrets/$(printf '%s' "$1" | sed 's#/#--#g')?$vault_version" | jq -er .value
}

# Where a secret is kept: under its full address, in the deployment's own vault, or in one that was there before.
secret_place() {
  case $1 in
    https://*) printf '%s' "$1" ;;
    'releases'/*) printf '%ssecrets/%s' "$(parameter vault/secrets)" "${1#*/}" ;;
    *) printf '%ssecrets/%s' "$(parameter vault/existing)" "$1" ;;
  esac
}

# A secret's value, on one line; fails while there is none.
secret() {
  place=$(secret_place "$1")
  found=$(ask_vault "$place?$vault_version") || return 1
  case $(printf '%s' "$found" | jq -r '.contentType // empty') in
    placeholder) return 1 ;;
    made-up)
      # Several machines may have made one up at the same time: the oldest counts, for all of them.
      oldest=$(ask_vault "$place/versions?$vault_version" |
        jq -er '[.value[] | select(.contentType == "made-up")] | sort_by(.attributes.created, .id) | first | .id')
      found=$(ask_vault "$oldest?$vault_version")
      ;;
  esac
  printf '%s' "$found" | jq -er .value
}

# The same, or nothing where it has no value yet; fails where the vault does not answer.
secret_if_any() {
  answer=$(mktemp -p /run)
  status=$(ask_vault -o "$answer" -w '%{http_code}' "$(secret_place "$1")?$vault_version" || true)
  kind=$(jq -r '.contentType // empty' "$answer" 2> /dev/null || true)
  rm "$answer"
  case $status:$kind in
    200:placeholder | 404:*) ;;
    200:*) secret "$1" ;;
    *) echo "the vault answers $status" >&2 && return 1 ;;
  esac
}

# Makes up a secret from standard input. Whoever offers one waits until all can see what the others offered.
offer_secret() {
  offer=$(mktemp -p /run)
  jq -Rs '{value: ., contentType: "made-up"}' > "$offer"
  ask_vault -X PUT -H 'Content-Type: application/json' --data-binary "@$offer" \
    "$(secret_place "$1")?$vault_version" > /dev/null 2>&1 || true
  rm "$offer"
  sleep 15
}

# User and password of the database, a line each.
database_credentials() {
  echo provision
  secret "$1"
}

# The name under which databases know this machine's identity.
identity() {
  curl -sf -H 'Metadata: true' "$metadata_service/identity/oauth2/token?api-version=2018-02-01&resource=https://management.azure.com/" |
    jq -er .client_id
}

# The key of a storage account: its id.
storage_key() {
  ask https://management.azure.com/ -X POST -H 'Content-Length: 0' \
    "https://management.azure.com$1/listKeys?api-version=2023-05-01" | jq -er '.keys[0].value'
}

# Mounts shared files: their id, the folder.
mount_shared_files() {
  account=${1%/fileServices/*}
  printf 'username=%s\npassword=%s\n' "${account##*/}" "$(storage_key "$account")" > /run/provision/shared-files
  mount -t cifs "//${account##*/}.file.core.windows.net/${1##*/}" "$2" \
    -o vers=3.1.1,seal,credentials=/run/provision/shared-files,uid=0,gid=0,dir_mode=0770,file_mode=0770,serverino,nosharesock,mfsymlinks,actimeo=30
}

# The device of the disk that belongs to this node.
node_disk() {
  for disk in /dev/disk/azure/data/by-lun/0 /dev/disk/azure/scsi1/lun0; do
    if [ -b "$disk" ]; then
      break
    fi
  done
  echo "$disk"
}

# What the cloud has announced about this machine's end.
announced_end() {
  curl -sf -H 'Metadata: true' "$metadata_service/scheduledevents?api-version=2020-07-01" |
    jq -er --arg name "$(instance_id)" '[.Events[] | select(.EventType == "Terminate" and (.Resources | index($name)))][0].EventId'
}

# Whether the group takes this machine out.
is_leaving() {
  announced_end > /dev/null 2>&1
}

# Tells the group that the machine has finished.
report_finished() {
  event=$(announced_end)
  curl -sf -X POST -H 'Metadata: true' -H 'Content-Type: application/json' -d "{\"StartRequests\": [{\"EventId\": \"$event\"}]}" \
    "$metadata_service/scheduledevents?api-version=2020-07-01"
}

# A figure for people's alarms: its name, its value.
alarm() {
  group="$(metadata compute/resourceGroupName)/providers/Microsoft.Compute/virtualMachineScaleSets/$(metadata compute/vmScaleSetName)"
  address="https://$(metadata compute/location).monitoring.azure.com/subscriptions/$(metadata compute/subscriptionId)"
  mkdir -p /run/provision
  figure=$(mktemp -p /run/provision)
  jq -n --arg name "$1" --argjson value "$2" --arg instance "$(instance_id)" --arg now "$(date -u +%Y-%m-%dT%H:%M:%SZ)" \
    --arg namespace 'provision/releases' '{time: $now, data: {baseData: {
      metric: $name, namespace: $namespace, dimNames: ["Instance"],
      series: [{dimValues: [$instance], min: $value, max: $value, sum: $value, count: 1}]
    }}}' > "$figure"
  taken=0
  ask https://monitoring.azure.com/ -m 10 -o /dev/null -H 'Content-Type: application/json' --data-binary "@$figure" \
    "$address/resourceGroups/$group/metrics" || taken=1
  rm "$figure"
  return "$taken"
}

# The health extension asks on a port whether this machine is well: it hears so from now on.
report_healthy() {
  systemctl start provision-alive.socket
}

# Asks the group to replace this machine: where nobody answers any more it repairs the machine by another one.
report_unhealthy() {
  systemctl stop provision-alive.socket
}
