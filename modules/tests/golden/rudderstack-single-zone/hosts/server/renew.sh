#!/bin/sh
# The database's password changes: on some clouds its service does that by itself, on others its owner does. What runs
# keeps the old one and is let in no more once it connects anew; so it starts anew soon after, as gently as ever.
set -eu
# shellcheck source=/dev/null
. /usr/local/lib/provision/cloud.sh
unit='provision-server.service'
values=/run/provision/values.env

value_of() {
  sed -n "s/^$1=//p" "$values"
}

# Nothing has started yet: what starts reads the newest.
[ -e "$values" ] || exit 0
credentials=$(database_credentials "$(value_of DATABASE_SECRET)")
password=$(printf '%s' "$credentials" | sed -n 2p)
# A store that does not answer says nothing about the password.
if [ -z "$password" ] || [ "$password" = "$(value_of DATABASE_PASSWORD)" ]; then
  exit 0
fi
# Each machine at another moment: all at once would be an outage.
sleep "$(($(instance_id | cksum | cut -d ' ' -f 1) % 300))"
logger --tag provision --priority daemon.notice "the database has a new password: $unit starts anew"
systemctl try-restart "$unit"
