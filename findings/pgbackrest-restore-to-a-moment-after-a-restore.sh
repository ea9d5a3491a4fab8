#!/usr/bin/env bash
# pgBackRest 2.45 with Postgres 15.18 (Debian 12): what `restore --type=time` makes of a moment, once an earlier restore has begun timeline 2.
#
# Guess: a restore to a moment gives the database of that moment, or fails. The manual says that it takes a backup that contains the
#   moment (command reference, restore), and Postgres ends with FATAL where recovery stops short of its target (since 13).
# Seen: neither the choice of the backup nor the target knows which history a moment is of. The backup is the last one that had ended by
#   then, be it of the history that the first restore gave up; the WAL is that of the newest timeline, and its first later commit counts as
#   the target. Only the latter half is in a manual, that of Postgres (recovery_target_timeline: `latest` is the default).
#     since the restore: pgbackrest 0, the second backup, FATAL:  requested timeline 2 is not a child of this server's history
#     since the restore, --set with the first backup: pgbackrest 0, the first backup, pets: before since
#     given up by it: pgbackrest 0, the first backup, pets: before   (there were "after before")
#     given up by it, --target-timeline=1: pgbackrest 0, the first backup, pets: after before
#   Seen by hand with 2.59.1: it takes the same backups. It refuses the second one with error 058, before it restores; the moment that
#   was given up still becomes the state of the first target, without a word.
# Fails if that changes. Needs apt of Debian 12, and setpriv where root runs it.
set -euo pipefail
folder=$(mktemp -d)
as=()
# Postgres refuses to run as root.
if [ "$(id -u)" = 0 ]; then as=(setpriv --reuid=65534 --regid=65534 --clear-groups); fi
pg() { (cd "$folder" && "${as[@]}" "$@"); }
# What archives may outlive the server for a moment.
trap 'pg pg_ctl -D "$folder/data" -m immediate stop >/dev/null 2>&1 || true; rm -rf "$folder" || { sleep 2; rm -rf "$folder"; }' EXIT
# What runs ends first.
trap 'exit 1' INT TERM HUP

pinned=(pgbackrest=2.45-1 postgresql-15=15.18-0+deb12u1 postgresql-client-15=15.18-0+deb12u1 libpq5=15.18-0+deb12u1)
# The libraries that they need, where they are not installed.
absent=$(apt-get install --simulate --no-install-recommends --no-upgrade pgbackrest postgresql-15 | sed -n 's/^Inst \([^ ]*\).*/\1/p')
mapfile -t libraries < <(grep -E '^lib' <<<"$absent" | grep -v '^libpq5$')
(cd "$folder" && apt-get download -qq -o APT::Sandbox::User=root "${pinned[@]}" "${libraries[@]}")
for package in "$folder"/*.deb; do dpkg-deb -x "$package" "$folder"; done
export PATH=$folder/usr/lib/postgresql/15/bin:$folder/usr/bin:$PATH LC_ALL=C PGHOST=$folder PGUSER=postgres PGDATABASE=postgres
LD_LIBRARY_PATH=$folder/lib/$(uname -m)-linux-gnu:$folder/usr/lib/$(uname -m)-linux-gnu
export LD_LIBRARY_PATH PGBACKREST_CONFIG=$folder/pgbackrest.conf PGBACKREST_STANZA=db
cat >"$folder/pgbackrest.conf" <<CONF
[global]
repo1-path=$folder/repo
repo1-retention-full=9
lock-path=$folder
spool-path=$folder
log-level-file=off
log-level-stderr=off
start-fast=y
[db]
pg1-path=$folder/data
pg1-socket-path=$folder
pg1-user=postgres
CONF
[ ${#as[@]} = 0 ] || chown 65534:65534 "$folder"

start() { pg pg_ctl -D "$folder/data" -l "$folder/log" -w start >/dev/null; }
# What is left of the WAL is archived before the server ends.
stop() { pg pg_ctl -D "$folder/data" -m fast -w stop >/dev/null; }
sql() { pg psql -XqAt -v ON_ERROR_STOP=1 -c "$1"; }
add() { sql "insert into pets values ('$1')"; }
# Whole seconds, between what was done and what will be.
moment() { sleep 1.1; date -u '+%F %T+00'; sleep 1.1; }
backup() { pg pgbackrest --type=full backup && pg pgbackrest info --output=json | grep -o '[0-9]*-[0-9]*F' | sort | tail -1; }
restore() { # NAME MOMENT OPTION…: pgbackrest's exit code, the backup that it took, and the pets or how Postgres ended
  local code=0 taken outcome name=$1 target=$2
  shift 2
  pg pgbackrest --delta --type=time "--target=$target" --target-action=promote --log-level-console=info "$@" restore >"$folder/said" || code=$?
  taken=$(sed -n 's/.*restore backup set \([^, ]*\).*/\1/p' "$folder/said")
  rm -f "$folder/log"
  if start 2>/dev/null; then
    for _ in $(seq 60); do [ "$(sql 'select pg_is_in_recovery()')" = f ] && break || sleep 0.5; done
    outcome="pets: $(sql "select string_agg(name, ' ' order by name) from pets")"
  else
    outcome=$(grep -o 'FATAL: .*' "$folder/log" | head -1)
  fi
  taken=${taken/$first/the first backup}
  echo "$name: pgbackrest $code, ${taken/$second/the second backup}, $outcome" | tee -a "$folder/seen"
}

pg initdb -D "$folder/data" -U postgres -A trust --no-sync >/dev/null
cat >>"$folder/data/postgresql.conf" <<CONF
listen_addresses = ''
unix_socket_directories = '$folder'
fsync = off
archive_mode = on
archive_command = 'pgbackrest archive-push %p'
CONF
start
pg pgbackrest stanza-create
first=$(backup)
sql 'create table pets (name text)'
add before
target=$(moment)
add after
given_up=$(moment)
add last
second=$(backup)
stop

restore 'the first restore' "$target"
add since
since=$(moment)
add end
stop
restore 'since the restore' "$since"
restore 'since the restore, --set with the first backup' "$since" --set="$first"
stop
restore 'given up by it' "$given_up"
stop
restore 'given up by it, --target-timeline=1' "$given_up" --target-timeline=1
stop
diff - "$folder/seen" <<'SEEN'
the first restore: pgbackrest 0, the first backup, pets: before
since the restore: pgbackrest 0, the second backup, FATAL:  requested timeline 2 is not a child of this server's history
since the restore, --set with the first backup: pgbackrest 0, the first backup, pets: before since
given up by it: pgbackrest 0, the first backup, pets: before
given up by it, --target-timeline=1: pgbackrest 0, the first backup, pets: after before
SEEN
