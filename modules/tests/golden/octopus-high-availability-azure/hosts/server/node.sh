#!/bin/sh
# One node at a time starts: the first one makes the database's schema alone, the others join it (OCT-22). Before a node
# stops it takes no new tasks and finishes those that it has (OCT-24).
#   provision-node start COMMAND…    provision-node drain
set -eu

ping=http://127.0.0.1:8080/api/octopusservernodes/ping
# What the vendor's own probe gives a start, in seconds.
longest_start='1800'

# The server's own commands, wherever the image has them.
server() {
  # shellcheck disable=SC2016
  docker exec 'server' sh -c 'if [ -x /Octopus/Octopus.Server ]; then exec /Octopus/Octopus.Server "$@"; fi
    exec dotnet /Octopus/Octopus.Server.dll "$@"' server "$@" --instance=OctopusServer
}

status() {
  curl -s -o /dev/null -m 5 -w '%{http_code}' "$ping" || true
}

start() {
  # Whoever looks after the server waits as long as this file is there.
  : > /run/provision/starting
  exec 9> /mnt/shared/.start
  flock 9
  "$@" 9>&- &
  child=$!
  left=$longest_start
  answer=$(status)
  while [ "$answer" != 200 ] && [ "$left" -gt 0 ] && kill -0 "$child" 2> /dev/null; do
    # Alive, and still in the drain mode in which it stopped.
    if [ "$answer" = 418 ]; then server node --drain=false || true; fi
    sleep 5
    left=$((left - 5))
    answer=$(status)
  done
  # So that the audit log holds the client's address, not the load balancer's (OCT-28).
  if [ "$answer" = 200 ]; then
    server configure --trustedProxies='10.0.0.0/19,10.0.32.0/19' ||
      logger --tag provision --priority daemon.warning 'the trusted proxies could not be set: the audit log names the load balancer'
  fi
  exec 9>&-
  rm -f /run/provision/starting
  wait "$child"
}

case $1 in
  start)
    shift
    start "$@"
    ;;
  # What is not done in time is cancelled, so that nobody takes it for running.
  drain) server node --drain=true --wait='600' --cancel-tasks ;;
esac
