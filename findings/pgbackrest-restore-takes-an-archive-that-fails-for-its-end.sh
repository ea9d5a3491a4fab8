#!/usr/bin/env bash
# pgBackRest 2.45 with Postgres 15.18 (Debian 12): a restore to the latest state, where one WAL segment since the backup is damaged, or its file
# cannot be read, as while a bucket refuses its credentials.
#
# Guess: the restore fails. archive-get ends with 1 where a segment is not in the archive, which is how the end of the archive is known, and with
#   the number of the error where it could not get one that is there; so Postgres would not take the one for the other.
# Seen: it does. Postgres takes every exit code up to 125 for the end of the archive, and no error of pgBackRest has a higher one. pgBackRest has
#   succeeded by then, Postgres promotes itself without a FATAL, and the rows of that segment and of all after it are gone. The database
#   then archives on a new timeline, which the next restore follows. Only a target that lies behind the segment makes it end.
#     whole: archive-get 0, pets: kept lost more
#     lost: archive-get 1, pets: kept
#     damaged: archive-get an error, pets: kept
#     damaged, to a moment after it: archive-get an error, FATAL:  recovery ended before configured recovery target was reached
#     cannot be read: archive-get an error, pets: kept
#   The manual of Postgres says that a signal, or a shell that does not find the command, ends recovery (restore_command); that of pgBackRest does
#   not say that its errors do not.
#   So a restore that succeeded, to the latest state, does not prove that the archive was whole.
# Fails if that changes. Needs apt of Debian 12, and setpriv where root runs it.
set -euo pipefail
folder=$(mktemp -d)
as=()
# Postgres refuses to run as root, and root can read everything.
if [ "$(id -u)" = 0 ]; then as=(setpriv --reuid=65534 --regid=65534 --clear-groups); fi
pg() { (cd "$folder" && "${as[@]}" "$@"); }
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

# What a restored database archives goes nowhere, so that each restore finds the same.
start() { pg pg_ctl -D "$folder/data" -l "$folder/log" -w start "$@" >/dev/null; }
sql() { pg psql -XqAt -v ON_ERROR_STOP=1 -c "$1"; }
add() { # NAME: a row, and the WAL segment with it
  sql "insert into pets values ('$1')"
  sql 'select pg_walfile_name(pg_switch_wal())'
}
restore() { # NAME OPTION…: how archive-get ends for the segment, and the pets or how Postgres ends
  local code=0 outcome name=$1
  shift
  pg pgbackrest archive-get "$segment" "$folder/got" >/dev/null || code=$?
  pg rm -rf data log got
  pg pgbackrest "$@" restore
  start -o "-c archive_command=true" 2>/dev/null || true
  # It may have started, and end while it looks for the rest of the archive.
  for _ in $(seq 60); do [ "$(sql 'select pg_is_in_recovery()' 2>/dev/null || true)" = t ] && sleep 0.5 || break; done
  outcome=$(grep -o 'FATAL:  recovery .*' "$folder/log" || echo "pets: $(sql "select string_agg(name, ' ' order by name) from pets")")
  pg pg_ctl -D "$folder/data" -m fast -w stop >/dev/null 2>&1 || true
  # Which error a damaged file gives depends on what is in it.
  [ "$code" -le 1 ] || code='an error'
  echo "$name: archive-get $code, $outcome" | tee -a "$folder/seen"
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
sql 'create table pets (name text)'
pg pgbackrest --type=full backup
add kept >/dev/null
segment=$(add lost)
sleep 1.1
moment=$(date -u '+%F %T+00')
sleep 1.1
add more >/dev/null
# What is left of the WAL is archived before the server ends.
pg pg_ctl -D "$folder/data" -m fast -w stop >/dev/null
file=$(find "$folder/repo/archive" -name "$segment-*")
pg cp -p "$file" "$folder/whole"

restore whole
pg rm "$file"
restore lost
pg cp -p "$folder/whole" "$file"
size=$(stat -c %s "$file")
printf '\377\377\377\377\377\377\377\377' | pg dd of="$file" bs=1 seek=$((size / 2)) conv=notrunc status=none
restore damaged
restore 'damaged, to a moment after it' --type=time --target-action=promote "--target=$moment"
pg cp -p "$folder/whole" "$file"
pg chmod 0 "$file"
restore 'cannot be read'
diff - "$folder/seen" <<'SEEN'
whole: archive-get 0, pets: kept lost more
lost: archive-get 1, pets: kept
damaged: archive-get an error, pets: kept
damaged, to a moment after it: archive-get an error, FATAL:  recovery ended before configured recovery target was reached
cannot be read: archive-get an error, pets: kept
SEEN
