#!/bin/sh
# Keeps events coming in while the server can't work on them: after so many starts in so short a time it starts in
# degraded mode, in which it stores events and forwards nothing, and people are told. The server did that itself up to
# 1.23. It stays in that mode until somebody has found the reason and says: provision-mode normal
set -eu
# shellcheck source=/dev/null
. /usr/local/lib/provision/cloud.sh

unit='provision-server.service'
most_starts='5'
window='300'
# On the disk, so that it outlives a reboot.
state=/var/lib/provision/mode
metrics=/var/lib/provision/metrics
mkdir -p "$state" "$metrics"

mode() {
  if [ -s "$state/mode" ]; then cat "$state/mode"; else echo normal; fi
}

# Nobody sees half a file, not even after a power cut.
put() {
  cat > "$1.new"
  mv "$1.new" "$1"
}

settings() {
  if [ "$(mode)" = degraded ]; then
    printf 'RSERVER_ENABLE_PROCESSOR=false\nRSERVER_ENABLE_ROUTER=false\n'
  fi | put "$state/mode.env"
}

report() {
  degraded=0
  if [ "$(mode)" = degraded ]; then degraded=1; fi
  {
    echo '# HELP provision_degraded Whether events are stored and not forwarded.'
    echo '# TYPE provision_degraded gauge'
    printf 'provision_degraded %s\n' "$degraded"
  } | put "$metrics/mode.prom"
  alarm Degraded "$degraded" || echo 'the cloud takes no metric' >&2
}

switch_to() {
  echo "$1" | put "$state/mode"
  settings
  logger --tag provision --priority "$2" "$3"
  report
}

case ${1:-status} in
  # Before each start of the server.
  started)
    now=$(date +%s)
    touch "$state/starts"
    {
      awk -v after="$((now - window))" -v now="$now" '$1 ~ /^[0-9]+$/ && $1 > after && $1 <= now' "$state/starts"
      echo "$now"
    } | put "$state/starts"
    starts=$(wc -l < "$state/starts")
    settings
    if [ "$(mode)" = normal ] && [ "$starts" -ge "$most_starts" ]; then
      switch_to degraded daemon.crit "$starts starts within $window s: events are stored and not forwarded from now on; when the reason is gone: provision-mode normal"
    fi
    ;;
  # Every minute.
  report) report ;;
  # What people say.
  normal | degraded)
    : | put "$state/starts"
    if [ "$(mode)" != "$1" ]; then
      switch_to "$1" daemon.notice "switched to $1 mode by hand"
      systemctl try-restart "$unit"
    fi
    ;;
  status) mode ;;
  *)
    echo 'usage: provision-mode status | normal | degraded' >&2
    exit 64
    ;;
esac
