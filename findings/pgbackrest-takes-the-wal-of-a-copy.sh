#!/usr/bin/env bash
# pgBackRest 2.45 with Postgres 15.18 (Debian 12): what becomes of a repository that a copy of its database archives into.
#
# Guess: a repository belongs to one database. pgBackRest compares the system identifier at each archive-push, and says so where it is another
#   one, so it refuses what a second database sends; at the least a later restore of the first one gives what the first one has written.
# Seen: the system identifier is a part of the files, so the copy has it as well. Its WAL is taken, `check` finds nothing, and a restore of the
#   source takes the newest timeline, which is the copy's: it gives the rows of the copy, and not those that the source has written and archived
#   since. Nothing says so.
#     the copy: failed 0, check 0, pets: before copy
#     the source: failed 0, check 0, pets: before after
#     the source restored: timelines 1 2 3, pets: before copy
#     the source restored, --target-timeline=current: timelines 1 4, pets: before after
#   The manual says of --archive-mode=off that it is for a restored cluster that is not to be the new primary; the default keeps what is set.
# Fails if that changes. Needs apt of Debian 12, and setpriv where root runs it.
set -euo pipefail
folder=$(mktemp -d)
as=()
# Postgres refuses to run as root.
if [ "$(id -u)" = 0 ]; then as=(setpriv --reuid=65534 --regid=65534 --clear-groups); fi
pg() { (cd "$folder" && "${as[@]}" "$@"); }
finish() {
  for each in source copy; do pg pg_ctl -D "$folder/$each" -m immediate stop >/dev/null 2>&1 || true; done
  # What archives may outlive the server for a moment.
  rm -rf "$folder" || { sleep 2 && rm -rf "$folder"; }
}
trap finish EXIT
# What runs ends first.
trap 'exit 1' INT TERM HUP

pinned=(pgbackrest=2.45-1 postgresql-15=15.18-0+deb12u1 postgresql-client-15=15.18-0+deb12u1 libpq5=15.18-0+deb12u1)
# The libraries that they need, where they are not installed.
absent=$(apt-get install --simulate --no-install-recommends --no-upgrade pgbackrest postgresql-15 | sed -n 's/^Inst \([^ ]*\).*/\1/p')
mapfile -t libraries < <(grep -E '^lib' <<<"$absent" | grep -v '^libpq5$')
(cd "$folder" && apt-get download -qq -o APT::Sandbox::User=root "${pinned[@]}" "${libraries[@]}")
for package in "$folder"/*.deb; do dpkg-deb -x "$package" "$folder"; done
export PATH=$folder/usr/lib/postgresql/15/bin:$folder/usr/bin:$PATH LC_ALL=C PGUSER=postgres PGDATABASE=postgres
LD_LIBRARY_PATH=$folder/lib/$(uname -m)-linux-gnu:$folder/usr/lib/$(uname -m)-linux-gnu
export LD_LIBRARY_PATH PGBACKREST_STANZA=db
# Each server has its own folder, socket and configuration; the repository is the same.
on() { export PGHOST=$folder/$1-socket PGBACKREST_CONFIG=$folder/$1.conf at=$1; }
for each in source copy; do
  mkdir "$folder/$each-socket"
  cat >"$folder/$each.conf" <<CONF
[global]
repo1-path=$folder/repo
repo1-retention-full=9
lock-path=$folder/$each-socket
spool-path=$folder/$each-socket
log-level-file=off
log-level-stderr=off
start-fast=y
[db]
pg1-path=$folder/$each
pg1-socket-path=$folder/$each-socket
pg1-user=postgres
CONF
done
[ ${#as[@]} = 0 ] || chown 65534:65534 "$folder" "$folder"/*-socket

start() { pg pg_ctl -D "$folder/$at" -l "$folder/$at.log" -o "-c unix_socket_directories=$PGHOST" -w start >/dev/null; }
# What is left of the WAL is archived before the server ends.
stop() { pg pg_ctl -D "$folder/$at" -m fast -w stop >/dev/null; }
sql() { pg psql -XqAt -v ON_ERROR_STOP=1 -c "$1"; }
pets() { sql "select string_agg(name, ' ' order by number) from pets"; }
add() { sql "insert into pets (name) values ('$1')"; }
say() { echo "$1" | tee -a "$folder/seen"; }
archive() { # what the server says of its archiving, and pgBackRest's own check, which waits until a segment is in the repository
  local checked=0
  pg pgbackrest check || checked=$?
  say "$1: failed $(sql 'select failed_count from pg_stat_archiver'), check $checked, pets: $(pets)"
}
restore() { # OPTION…
  pg pgbackrest "$@" restore
  start
  for _ in $(seq 60); do [ "$(sql 'select pg_is_in_recovery()')" = f ] && break || sleep 0.5; done
}
history() { # the timelines that led to the state of the server, and its own
  local now
  now=$(sql 'select timeline_id from pg_control_checkpoint()')
  pg awk 'NF { printf "%s ", $1 }' "$(printf '%s/pg_wal/%08X.history' "$at" "$now")"
  echo "$now"
}

on source
pg initdb -D "$folder/source" -U postgres -A trust --no-sync >/dev/null
cat >>"$folder/source/postgresql.conf" <<CONF
listen_addresses = ''
fsync = off
archive_mode = on
archive_command = 'pgbackrest archive-push %p'
CONF
start
pg pgbackrest stanza-create
sql 'create table pets (number serial, name text)'
add before
pg pgbackrest --type=full backup
on copy
restore
add copy
archive 'the copy'
stop
on source
add after
archive 'the source'
stop
restore --delta
say "the source restored: timelines $(history), pets: $(pets)"
stop
restore --delta --target-timeline=current
say "the source restored, --target-timeline=current: timelines $(history), pets: $(pets)"
stop
diff - "$folder/seen" <<'SEEN'
the copy: failed 0, check 0, pets: before copy
the source: failed 0, check 0, pets: before after
the source restored: timelines 1 2 3, pets: before copy
the source restored, --target-timeline=current: timelines 1 4, pets: before after
SEEN
