#!/bin/sh
# Written by provision tune: edit the profile, not this file.
#
#   provision-tune apply     sets the values, live and at boot; does nothing where nothing is to be done
#   provision-tune check     compares; ends with 2 where something differs
#   provision-tune revert    puts back what was there before the first apply
#   provision-tune apply --root DIR    works on the files of an image, never on the running kernel
#
# Each value is written at once, read back and compared; when one fails, all are rolled back.
set -eu
LC_ALL=C
export LC_ALL
umask 022

root=
proc=/proc/sys
tab=$(printf '\t')

# How to compare, parameter, counterpart (or -), how many numbers (0: a list of ports), lowest, highest, value.
settings='equal kernel.panic - 1 -1 2147483647 10
equal kernel.panic_on_oops - 1 0 1 1
at-least kernel.pid_max - 1 301 4194304 4194304
at-least net.core.somaxconn - 1 0 2147483647 4096
equal net.ipv4.tcp_keepalive_intvl - 1 1 32767 10
equal net.ipv4.tcp_keepalive_probes - 1 0 255 3
equal net.ipv4.tcp_keepalive_time - 1 1 32767 60
equal net.ipv4.tcp_retries2 - 1 0 255 5
equal net.ipv4.tcp_syn_retries - 1 1 127 2
at-most vm.swappiness - 1 0 200 10'

drop_in_text() {
  cat <<'END'
# Written by provision tune: edit the profile, not this file.
END
  while read -r mode key counterpart count lowest highest value; do
    [ -n "$key" ] || continue
    if exceeds "$mode" "$key" "$value"; then
      echo "# $key $mode $value: this host is beyond that"
    else
      case " $optional " in
        *" $key "*) echo "-$key = $value" ;;
        *) echo "$key = $value" ;;
      esac
    fi
  done <<END
$settings
END
}

# What some kernels don't have.
optional=''

say() { printf '%s\n' "$*"; }
fail() { printf 'provision-tune: %s\n' "$*" >&2; exit 1; }

path() { printf '%s/%s' "$proc" "$(printf '%s' "$1" | tr . /)"; }

# White space as single spaces: what the kernel separates by tabs.
live() { tr -s '\t\n ' '   ' <"$(path "$1")" | sed 's/^ //; s/ $//'; }

is_running() { [ -z "$root" ]; }
exists() { is_running && [ -e "$(path "$1")" ]; }

# mode wanted live
meets() {
  case $1 in
    at-least) [ "$3" -ge "$2" ] ;;
    at-most) [ "$3" -le "$2" ] ;;
    *) [ "$3" = "$2" ] ;;
  esac
}

# mode key wanted: met, but not exactly
exceeds() {
  [ "$1" != equal ] || return 1
  exists "$2" || return 1
  now=$(live "$2")
  [ "$now" != "$3" ] && meets "$1" "$3" "$now"
}

# key wanted: one write, read back, compared
put() {
  printf '%s\n' "$2" 2>/dev/null >"$(path "$1")" || return 1
  [ "$(live "$1")" = "$2" ]
}

# A file appears whole or not at all: text on standard input.
install_file() {
  mkdir -p "$(dirname "$1")"
  cat >"$1.new"
  sync
  mv -f "$1.new" "$1"
  sync
}

lock() {
  mkdir -p "$state"
  # The lock ends with this process; where there is no flock, two runs at once are the caller's to avoid.
  if command -v flock >/dev/null 2>&1; then
    exec 9>"$state/lock"
    flock 9
  fi
}

# key: the original, the counterpart's original, or whether this value may be ours
recorded() { sed -n "s/^$1$tab$2$tab//p" "$record" 2>/dev/null; }
is_recorded() { [ -f "$record" ] && grep -q "^$1$tab$2$tab" "$record"; }
is_ours() { [ -f "$record" ] && grep -Fxq "written$tab$1$tab$2" "$record"; }

# Values that the parameter takes: whole numbers, none with a leading zero, in range; or ports.
# count lowest highest value
is_valid() {
  numbers=0
  if [ "$1" -eq 0 ]; then
    case $4 in *[!0-9,-]*) return 1 ;; *) return 0 ;; esac
  fi
  rest="$4 "
  while [ -n "$rest" ]; do
    number=${rest%% *}
    rest=${rest#* }
    case ${number#-} in '' | *[!0-9]* | 0[0-9]*) return 1 ;; esac
    [ "${#number}" -le 19 ] || return 1
    if [ "$number" -lt "$2" ] || [ "$number" -gt "$3" ]; then return 1; fi
    numbers=$((numbers + 1))
  done
  [ "$numbers" -eq "$1" ]
}

# Whether a parameter that differs can be set from here. It is opened, nothing is written: `test -w` of some shells
# only looks at the mode, and believes in a read-only /proc/sys.
can_set() { (: >>"$(path "$1")") 2>/dev/null; }

apply() {
  lock
  differing=
  while read -r mode key counterpart count lowest highest value; do
    if [ -z "$key" ] || ! is_running; then continue; fi
    if ! exists "$key"; then
      say "missing here: $key"
      continue
    fi
    now=$(live "$key")
    meets "$mode" "$value" "$now" && continue
    if ! can_set "$key"; then
      say "not ours to set here: $key = $now, wanted $value"
      continue
    fi
    is_valid "$count" "$lowest" "$highest" "$now" || fail "$key = $now could not be restored later: set it to a valid value first"
    differing="$differing $key"
  done <<END
$settings
END

  drop_in_text >"$state/drop-in.wanted"
  if [ -z "$differing" ] && cmp -s "$state/drop-in.wanted" "$drop_in"; then
    say "nothing to do"
    return
  fi
  remember
  write_all
  if ! cmp -s "$state/drop-in.wanted" "$drop_in"; then
    install_file "$drop_in" <"$state/drop-in.wanted"
    say "changed $drop_in"
  fi
  rm -f "$record.before"
}

# Originals go to the disk before anything is written; those of the first time stay.
remember() {
  if [ -f "$record" ]; then
    cp "$record" "$record.before"
  else
    rm -f "$record.before" "$state/drop-in.before"
    if [ -f "$drop_in" ]; then install_file "$state/drop-in.before" <"$drop_in"; fi
  fi
  {
    if [ -f "$record" ]; then cat "$record"; fi
    while read -r mode key counterpart count lowest highest value; do
      case " $differing " in *" $key "*) ;; *) continue ;; esac
      now=$(live "$key")
      if ! is_recorded original "$key"; then
        say "original$tab$key$tab$now"
        if [ "$counterpart" != - ] && [ "$now" = 0 ]; then say "counterpart$tab$key$tab$(live "$counterpart")"; fi
      fi
      if ! is_ours "$key" "$value"; then say "written$tab$key$tab$value"; fi
    done <<END
$settings
END
  } | install_file "$record"
}

write_all() {
  done=
  while read -r mode key counterpart count lowest highest value; do
    case " $differing " in *" $key "*) ;; *) continue ;; esac
    now=$(live "$key")
    done="$key$tab$now
$done"
    if put "$key" "$value"; then
      say "changed $key = $value (was $now)"
    else
      roll_back "$key = $value"
    fi
  done <<END
$settings
END
}

roll_back() {
  stuck=
  while IFS=$tab read -r key before; do
    [ -n "$key" ] || continue
    [ "$(live "$key")" = "$before" ] || put "$key" "$before" || stuck="$stuck $key"
  done <<END
$done
END
  if [ -z "$stuck" ]; then
    if [ -f "$record.before" ]; then mv -f "$record.before" "$record"; else rm -f "$record"; fi
    fail "$1 could not be written; everything is rolled back"
  fi
  fail "$1 could not be written; still changed:$stuck; run revert to try again"
}

check() {
  findings=0
  while read -r mode key counterpart count lowest highest value; do
    if [ -z "$key" ] || ! is_running; then continue; fi
    if ! exists "$key"; then
      say "missing here: $key"
    elif now=$(live "$key") && ! meets "$mode" "$value" "$now"; then
      if can_set "$key" || [ "$(id -u)" -ne 0 ]; then
        say "drifted: $key = $now, wanted $mode $value"
        findings=1
      else
        say "not ours to set here: $key = $now, wanted $value"
      fi
    fi
  done <<END
$settings
END
  if ! drop_in_text | cmp -s - "$drop_in"; then
    say "drifted: $drop_in"
    findings=1
  fi
  [ "$findings" -eq 0 ] || exit 2
  say "clean"
}

# The record is trusted no more than any input: only parameters of this file, only values that they take.
# key value
may_restore() {
  while read -r mode key counterpart count lowest highest value; do
    if [ "$key" != "$1" ] && [ "$counterpart" != "$1" ]; then continue; fi
    if is_valid "$count" "$lowest" "$highest" "$2"; then return 0; fi
  done <<END
$settings
END
  return 1
}

revert() {
  lock
  [ -f "$record" ] || fail "there is nothing to take back"
  failed=
  originals=$(sed -n "s/^original$tab//p" "$record" | sed '1!G;h;$!d')
  while IFS=$tab read -r key original; do
    [ -n "$key" ] || continue
    put_back "$key" "$original"
  done <<END
$originals
END
  if [ -f "$drop_in" ] && [ "$(head -n 1 "$drop_in")" = '# Written by provision tune: edit the profile, not this file.' ]; then
    if [ -f "$state/drop-in.before" ] && is_harmless "$state/drop-in.before"; then
      install_file "$drop_in" <"$state/drop-in.before"
    else
      rm -f "$drop_in"
    fi
    say "changed $drop_in"
  fi
  [ -z "$failed" ] || fail "still changed:$failed"
  rm -f "$state/drop-in.wanted" "$record.before" "$record" "$state/drop-in.before"
  sync
}

# key original
put_back() {
  through=$1
  target=$2
  if ! may_restore "$1" "$2"; then
    say "refused: the record's $1 = $2 is not valid"
    return
  fi
  exists "$1" || return 0
  now=$(live "$1")
  if [ "$now" = "$target" ]; then return; fi
  if ! is_ours "$1" "$now"; then
    say "left alone: somebody else set $1 = $now"
    return
  fi
  if [ "$target" = 0 ] && is_recorded counterpart "$1"; then
    target=$(recorded counterpart "$1")
    through=$(printf '%s\n' "$settings" | while read -r mode key counterpart rest; do
      if [ "$key" = "$1" ]; then printf '%s' "$counterpart"; fi
    done)
    may_restore "$through" "$target" || return 0
  fi
  if put "$through" "$target"; then say "changed $through = $target"; else failed="$failed $1"; fi
}

# Every line of it is a comment or one of our own parameters with a value that it takes.
is_harmless() {
  while IFS= read -r line; do
    case $line in '' | '#'*) continue ;; esac
    line=${line#-}
    harmless_key=$(printf '%s' "${line%%=*}" | tr -d ' ')
    harmless_value=$(printf '%s' "${line#*=}" | sed 's/^ *//; s/ *$//')
    may_restore "$harmless_key" "$harmless_value" || return 1
  done <"$1"
}

command=${1:-}
if [ "${2:-}" = --root ]; then
  root=${3:-}
  if [ ! -d "$root" ] || [ "$root" = / ]; then fail "--root needs the folder of an image"; fi
elif [ $# -gt 1 ]; then
  fail "unknown argument $2"
fi
drop_in=$root/etc/sysctl.d/90-provision.conf
state=$root/var/lib/provision/host-tuning/script
record=$state/originals
case $command in
  check) check ;;
  apply | revert)
    [ "$(id -u)" -eq 0 ] || fail "$command needs root"
    "$command"
    ;;
  *) fail "usage: provision-tune apply|check|revert [--root DIR]" ;;
esac
