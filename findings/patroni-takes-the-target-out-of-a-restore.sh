#!/usr/bin/env bash
# Patroni 4.1.0 with Postgres 15.18 (Debian 12): what it makes of files that were restored to a moment, and that Postgres was not started on.
#
# Guess: the target is in the files (recovery.signal, recovery_target_time in postgresql.auto.conf), so whatever starts Postgres on them gets
#   the state of that moment, as Postgres by itself does; or Patroni refuses them.
# Seen: Patroni makes a standby of them, which it then promotes, as it does at each start of a cluster of one. A standby has no target: it takes
#   that out of postgresql.auto.conf, and replays all that is archived. What the restore was to undo is there again, without a word.
#     postgres by itself: before
#     patroni: before after
#   Its manual says only that a custom bootstrap may keep the target (keep_existing_recovery_conf).
#   So a restore that is broken off before Postgres has reached the target gives what was there before it, where Patroni comes next.
# Fails if that changes. Needs apt of Debian 12 with its python3-venv, pip, and setpriv where root runs it.
set -euo pipefail
folder=$(mktemp -d)
as=()
# Postgres refuses to run as root.
if [ "$(id -u)" = 0 ]; then as=(setpriv --reuid=65534 --regid=65534 --clear-groups); fi
pg() { (cd "$folder" && "${as[@]}" "$@"); }
patroni=''
finish() {
  [ -z "$patroni" ] || kill "$patroni" 2>/dev/null || true
  wait
  pg pg_ctl -D "$folder/data" -m immediate stop >/dev/null 2>&1 || true
  rm -rf "$folder"
}
trap finish EXIT
# What runs ends first.
trap 'exit 1' INT TERM HUP

pinned=(postgresql-15=15.18-0+deb12u1 postgresql-client-15=15.18-0+deb12u1 libpq5=15.18-0+deb12u1)
# The libraries that they need, where they are not installed.
absent=$(apt-get install --simulate --no-install-recommends --no-upgrade postgresql-15 | sed -n 's/^Inst \([^ ]*\).*/\1/p')
mapfile -t libraries < <(grep -E '^lib' <<<"$absent" | grep -v '^libpq5$')
(cd "$folder" && apt-get download -qq -o APT::Sandbox::User=root "${pinned[@]}" "${libraries[@]}")
for package in "$folder"/*.deb; do dpkg-deb -x "$package" "$folder"; done
/usr/bin/python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check --use-pep517 patroni==4.1.0 pysyncobj==0.3.12 cryptography==43.0.3 psycopg2-binary==2.9.10
export PATH=$folder/usr/lib/postgresql/15/bin:$folder/venv/bin:$PATH LC_ALL=C PGHOST=$folder PGUSER=postgres PGDATABASE=postgres HOME=$folder
LD_LIBRARY_PATH=$folder/lib/$(uname -m)-linux-gnu:$folder/usr/lib/$(uname -m)-linux-gnu
export LD_LIBRARY_PATH
chmod -R go+rX "$folder"
[ ${#as[@]} = 0 ] || chown 65534:65534 "$folder"

read -r port api raft < <(python3 -c '
import socket
ports = [socket.create_server(("127.0.0.1", 0)) for _ in range(3)]
print(*(each.getsockname()[1] for each in ports))')
export PGPORT=$port
sql() { pg psql -XqAt -v ON_ERROR_STOP=1 -c "$1"; }
pets() { sql "select string_agg(name, ' ' order by name desc) from pets"; }
archive="archive_mode = on
archive_command = 'cp %p $folder/archive/%f'"

pg mkdir archive
pg initdb -D "$folder/data" -U postgres -A trust --no-sync >/dev/null
pg tee -a data/postgresql.conf >/dev/null <<CONF
port = $port
listen_addresses = '127.0.0.1'
unix_socket_directories = '$folder'
fsync = off
$archive
CONF
pg pg_ctl -D "$folder/data" -l "$folder/log" -w start >/dev/null
pg pg_basebackup -D "$folder/backup" -c fast
sql 'create table pets (name text)'
sql "insert into pets values ('before')"
sleep 1.1
target=$(date -u '+%F %T+00')
sleep 1.1
sql "insert into pets values ('after')"
sql 'select pg_switch_wal()' >/dev/null
# What is left of the WAL is archived before the server ends.
pg pg_ctl -D "$folder/data" -m fast -w stop >/dev/null

restore() { # as a tool for backups leaves the files: with the target, and without WAL
  pg rm -rf data
  pg cp -r backup data
  pg find data/pg_wal -type f -delete
  pg touch data/recovery.signal
  pg tee -a data/postgresql.auto.conf >/dev/null <<CONF
restore_command = 'cp $folder/archive/%f %p'
recovery_target_time = '$target'
recovery_target_action = 'promote'
CONF
}
replayed() { for _ in $(seq 120); do [ "$(sql 'select pg_is_in_recovery()' 2>/dev/null)" = f ] && return || sleep 0.5; done; false; }

restore
pg pg_ctl -D "$folder/data" -l "$folder/log" -w start -o '-c archive_mode=off' >/dev/null
replayed
echo "postgres by itself: $(pets)" | tee -a "$folder/seen"
pg pg_ctl -D "$folder/data" -m fast -w stop >/dev/null

restore
pg tee patroni.yml >/dev/null <<CONF
scope: pets
name: one
restapi: {listen: 127.0.0.1:$api, connect_address: 127.0.0.1:$api}
raft: {data_dir: $folder/raft, self_addr: 127.0.0.1:$raft}
bootstrap:
  dcs:
    loop_wait: 1
    postgresql:
      parameters: {fsync: 'off', archive_mode: 'off', restore_command: cp $folder/archive/%f %p}
postgresql:
  listen: 127.0.0.1:$port
  connect_address: 127.0.0.1:$port
  data_dir: $folder/data
  pgpass: $folder/pgpass
  authentication: {superuser: {username: postgres}, replication: {username: postgres}}
  parameters: {unix_socket_directories: $folder}
CONF
(cd "$folder" && exec "${as[@]}" patroni patroni.yml) >"$folder/said" 2>&1 &
patroni=$!
replayed
echo "patroni: $(pets)" | tee -a "$folder/seen"
diff - "$folder/seen" <<'SEEN'
postgres by itself: before
patroni: before after
SEEN
