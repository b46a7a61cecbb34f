#!/bin/sh
# Looks after a component that no load balancer may replace: restarts it where it hangs, and where restarts don't help
# tells the group to replace the machine.
set -eu
# shellcheck source=/dev/null
. /usr/local/lib/provision/cloud.sh

unit='provision-worker.service'
# Seconds between two looks, failures in a row that count, seconds that a start may take, restarts before the machine goes.
interval='5'
failures='3'
start='300'
restarts='2'

uptime_seconds() {
  cut -d. -f1 /proc/uptime
}

# How long the unit runs.
running() {
  since=$(systemctl show --property ActiveEnterTimestampMonotonic --value "$unit")
  echo "$(($(uptime_seconds) - since / 1000000))"
}

healthy() {
  status=$(curl -s -o /dev/null -m 5 -w '%{http_code}' 'http://127.0.0.1:8081/health/liveness' || true)
  case $status in
    2??) return 0 ;;
  esac
  return 1
}

# The cloud hears that the machine is well once it is, or once it waits for others.
told=no
well() {
  good=$now
  if [ "$told" = no ] && report_healthy; then
    told=yes
  fi
}

good=$(uptime_seconds)
restarted=0
while sleep "$interval"; do
  now=$(uptime_seconds)
  state=$(systemctl show --property SubState --value "$unit")
  case $state in
    # Stopped on purpose, or waiting for what it needs to start.
    dead | stop* | final* | start-pre) state=paused ;;
  esac
  # A start that waits for others leaves a file; after two hours nobody believes it any more.
  if [ "$state" = paused ] || [ -n "$(find /run/provision -name starting -mmin -120)" ]; then
    well
    continue
  fi
  if healthy; then
    well
    restarted=0
    continue
  fi
  silent=$((now - good))
  # It may still be starting; what crashes again and again never gets beyond that.
  if [ "$silent" -lt "$((3 * start))" ] && { [ "$state" != running ] || [ "$(running)" -lt "$start" ]; }; then
    continue
  fi
  if [ "$silent" -lt "$((interval * failures))" ]; then
    continue
  fi
  if [ "$restarted" -lt "$restarts" ]; then
    restarted=$((restarted + 1))
    logger --tag provision --priority daemon.warning "$unit gives no sign of life for $silent s: restart $restarted of $restarts"
    systemctl restart --no-block "$unit" || true
  else
    logger --tag provision --priority daemon.crit "$unit gives no sign of life after $restarts restarts: this machine has to be replaced"
    alarm Unhealthy 1 || true
    report_unhealthy || true
    # What is well again after all needs no replacing.
    told=no
  fi
  good=$(uptime_seconds)
done
