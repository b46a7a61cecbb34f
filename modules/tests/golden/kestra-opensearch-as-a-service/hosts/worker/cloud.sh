# shellcheck shell=sh
# How this machine speaks with AWS: functions for the scripts that read this file. It does nothing by itself.

export AWS_DEFAULT_REGION='eu-west-1'
values_path='/provision/orders/'

# A value of the instance's metadata, with a token only.
metadata() {
  token=$(curl -sf -X PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 60' http://169.254.169.254/latest/api/token)
  curl -sf -H "X-aws-ec2-metadata-token: $token" "http://169.254.169.254/latest/meta-data/$1"
}

instance_id() {
  metadata instance-id
}

# Which instance of its component it is, where that never changes.
instance_number() {
  metadata 'tags/instance/provision:instance'
}

zone() {
  metadata placement/availability-zone
}

address() {
  metadata local-ipv4
}

# Every value of the deployment, a line each: database/host, a tab, the value.
parameters() {
  aws ssm get-parameters-by-path --path "$values_path" --recursive --query 'Parameters[].[Name,Value]' --output text |
    while IFS="$(printf '\t')" read -r name value; do
      printf '%s\t%s\n' "${name#"$values_path"}" "$value"
    done
}

parameter() {
  aws ssm get-parameter --name "$values_path$1" --query Parameter.Value --output text
}

# A secret's value, on one line; fails while there is none. The store lets only one value be the first.
secret() {
  aws secretsmanager get-secret-value --secret-id "$1" --query SecretString --output text
}

# The same, or nothing where it has no value yet; fails where the store does not answer.
secret_if_any() {
  if answer=$(aws secretsmanager get-secret-value --secret-id "$1" --query SecretString --output text 2>&1); then
    printf '%s\n' "$answer"
  else
    case $answer in *ResourceNotFoundException*) ;; *) printf '%s\n' "$answer" >&2 && return 1 ;; esac
  fi
}

# Makes up a secret from standard input: secret, token. The store lets only one value in under the same token.
offer_secret() {
  aws secretsmanager put-secret-value --secret-id "$1" --client-request-token "$2" \
    --secret-string file:///dev/stdin > /dev/null 2>&1 || true
}

# User and password of the database, a line each; the database service made them up.
database_credentials() {
  secret "$1" | jq -r '.username, .password'
}

# Mounts shared files: their id, the folder.
mount_shared_files() {
  mount -t efs -o tls,iam "$1:/" "$2"
}

# The device of the disk that belongs to this node.
node_disk() {
  echo /dev/sdf
}

# A figure for people's alarms: its name, its value. An alarm asks for all machines of a component, a person for one.
alarm() {
  component='{Name=Component,Value=worker}'
  aws cloudwatch put-metric-data --namespace 'provision/orders' --cli-connect-timeout 5 --cli-read-timeout 10 \
    --metric-data "MetricName=$1,Value=$2,Dimensions=[$component]" \
    "MetricName=$1,Value=$2,Dimensions=[$component,{Name=Instance,Value=$(instance_id)}]"
}

# The cloud asks for nothing here: a machine is well until it says otherwise.
report_healthy() {
  :
}

# Asks the group to replace this machine.
report_unhealthy() {
  aws autoscaling set-instance-health --instance-id "$(instance_id)" --health-status Unhealthy
}

# Whether the group takes this machine out.
is_leaving() {
  [ "$(metadata autoscaling/target-lifecycle-state || true)" = Terminated ]
}

# Tells the group that the machine has finished.
report_finished() {
  instance=$(instance_id)
  group=$(aws autoscaling describe-auto-scaling-instances --instance-ids "$instance" \
    --query 'AutoScalingInstances[0].AutoScalingGroupName' --output text)
  aws autoscaling complete-lifecycle-action --auto-scaling-group-name "$group" --lifecycle-hook-name "$group-finish" \
    --lifecycle-action-result CONTINUE --instance-id "$instance"
}
