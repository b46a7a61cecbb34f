#!/bin/sh
# The database's password changes: on some clouds its service does that by itself, on others its owner does. A pod keeps
# the one that it started with and is let in no more once it connects anew; so it starts anew soon after, as gently as an
# upgrade. Runs every two minutes, and does nothing where no secret has changed.
set -eu

# When what a secret holds was last changed, in seconds.
changed() {
  kubectl get secret "$1" --show-managed-fields --output json |
    jq '[.metadata.managedFields[] | select(.fieldsV1 | has("f:data")) | .time | fromdate] | max'
}

# Of the pods by a selector those that started before, or that are still to get ready since.
pods() {
  kubectl get pods --selector "$1" --output json | jq -r --argjson since "$2" --arg which "$3" '
    def started: [.status.containerStatuses[]?.state.running.startedAt // empty | fromdate] | min;
    def is_old: started as $at | $at != null and $at < $since;
    def is_ready: any(.status.conditions[]?; .type == "Ready" and .status == "True");
    [.items[] | select(.metadata.deletionTimestamp == null)] | sort_by(.metadata.name)[]
      | select(if $which == "old" then is_old else (is_old or is_ready) | not end)
      | .metadata.name'
}

# Whether it was told to start anew since then, and may be doing it still.
is_told() {
  kubectl get deployment "$1" --output json | jq -e --argjson since "$2" '
    .spec.template.metadata.annotations["kubectl.kubernetes.io/restartedAt"] // "1970-01-01T00:00:00Z"
      | fromdate >= $since' > /dev/null
}

# Given: a workload, which pods are its own, the secret, and who replaces its pods.
renew() {
  # A node learns of a change a little later: who started in that time may hold either.
  since=$(($(changed "$3") + 60))
  [ "$(date +%s)" -gt "$since" ] || return 0
  old=$(pods "$2" "$since" old)
  [ -n "$old" ] || return 0
  case "$4" in
    deployment)
      if ! is_told "$1" "$since"; then
        echo "the secret $3 has changed: deployment/$1 starts anew"
        kubectl rollout restart "deployment/$1"
      fi
      kubectl rollout status "deployment/$1" --timeout 20m
      ;;
    by-hand)
      # One after the other: the next one goes when whoever went before is back.
      if [ -z "$(pods "$2" "$since" getting-ready)" ]; then
        first=$(printf '%s\n' "$old" | head -n 1)
        echo "the secret $3 has changed: $first starts anew"
        kubectl delete pod "$first" --wait=false
      fi
      ;;
  esac
}

<% for it in renewed %>
renew '<{ it.name }>' '<{ it.selector }>' '<{ it.secret }>' <% if keeps_names %>by-hand<% else %>deployment<% endif %>

<% endfor %>
