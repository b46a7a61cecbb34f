#!/bin/sh
# Waits until the group takes this machine out, lets the component finish, then tells the group to go on.
set -eu
export AWS_DEFAULT_REGION='eu-west-1'

metadata() {
  token=$(curl -sf -X PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 60' http://169.254.169.254/latest/api/token)
  curl -sf -H "X-aws-ec2-metadata-token: $token" "http://169.254.169.254/latest/meta-data/$1"
}

until [ "$(metadata autoscaling/target-lifecycle-state || true)" = Terminated ]; do
  sleep 5
done
# As long as the unit allows it to finish.
systemctl stop 'provision-standalone.service' || true
instance=$(metadata instance-id)
name=$(aws autoscaling describe-auto-scaling-instances --instance-ids "$instance" \
  --query 'AutoScalingInstances[0].AutoScalingGroupName' --output text)
aws autoscaling complete-lifecycle-action --auto-scaling-group-name "$name" --lifecycle-hook-name "$name-finish" \
  --lifecycle-action-result CONTINUE --instance-id "$instance"
