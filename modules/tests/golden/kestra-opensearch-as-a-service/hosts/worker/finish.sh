#!/bin/sh
# Waits until the group takes this machine out, lets the component finish, then tells the group to go on.
set -eu
# shellcheck source=/dev/null
. /usr/local/lib/provision/cloud.sh

until is_leaving; do
  sleep 5
done
# As long as the unit allows it to finish.
systemctl stop 'provision-worker.service' || true
report_finished
