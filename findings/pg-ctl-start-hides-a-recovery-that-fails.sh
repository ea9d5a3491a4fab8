#!/usr/bin/env bash
# Postgres 15.18 (Debian 12): what `pg_ctl start --wait` reports of a restore to a moment that the archive does not reach.
#
# Guess: it waits until recovery has ended, and fails where Postgres does: recovery to such a moment ends with FATAL (since 13), and the
#   manual of pg_ctl says that it waits until the server accepts connections. With hot_standby off that is only after recovery.
# Seen: it succeeds as soon as the server is consistent, which is before it has looked for the rest of the archive, and with hot_standby off
#   even before that, when no client can connect. It fails only where all that takes less than the tenth of a second between two of its looks, as
#   with an archive in a local folder. Here each file takes a second, as from a bucket.
#     hot_standby on: pg_ctl 0, then FATAL:  recovery ended before configured recovery target was reached
#     hot_standby off: pg_ctl 0, then FATAL:  recovery ended before configured recovery target was reached
#   So a Job that takes each success for progress, and starts Postgres again until it has recovered, has no end.
# Fails if that changes. Needs apt of Debian 12, and setpriv where root runs it.
set -euo pipefail
folder=$(mktemp -d)
as=()
# Postgres refuses to run as root.
if [ "$(id -u)" = 0 ]; then as=(setpriv --reuid=65534 --regid=65534 --clear-groups); fi
pg() { (cd "$folder" && "${as[@]}" "$@"); }
trap 'pg pg_ctl -D "$folder/data" -m immediate stop >/dev/null 2>&1 || true; rm -rf "$folder"' EXIT
# What runs ends first.
trap 'exit 1' INT TERM HUP

pinned=(postgresql-15=15.18-0+deb12u1 postgresql-client-15=15.18-0+deb12u1 libpq5=15.18-0+deb12u1)
# The libraries that they need, where they are not installed.
absent=$(apt-get install --simulate --no-install-recommends --no-upgrade postgresql-15 | sed -n 's/^Inst \([^ ]*\).*/\1/p')
mapfile -t libraries < <(grep -E '^lib' <<<"$absent" | grep -v '^libpq5$')
(cd "$folder" && apt-get download -qq -o APT::Sandbox::User=root "${pinned[@]}" "${libraries[@]}")
for package in "$folder"/*.deb; do dpkg-deb -x "$package" "$folder"; done
export PATH=$folder/usr/lib/postgresql/15/bin:$PATH LC_ALL=C PGHOST=$folder PGUSER=postgres PGDATABASE=postgres
LD_LIBRARY_PATH=$folder/lib/$(uname -m)-linux-gnu:$folder/usr/lib/$(uname -m)-linux-gnu
export LD_LIBRARY_PATH
[ ${#as[@]} = 0 ] || chown 65534:65534 "$folder"

pg initdb -D "$folder/data" -U postgres -A trust --no-sync >/dev/null
cat >>"$folder/data/postgresql.conf" <<CONF
listen_addresses = ''
unix_socket_directories = '$folder'
fsync = off
archive_mode = on
archive_command = 'cp %p $folder/archive/%f'
recovery_target_time = '2099-01-01 00:00:00+00'
recovery_target_action = promote
CONF
pg mkdir archive
pg pg_ctl -D "$folder/data" -l "$folder/log" -w start >/dev/null
pg pg_basebackup -D "$folder/backup" -c fast
pg psql -Xq -c 'create table pets (name text)' -c 'select pg_switch_wal()' >/dev/null
# What is left of the WAL is archived before the server ends.
pg pg_ctl -D "$folder/data" -m fast -w stop >/dev/null

restore() { # on or off: how pg_ctl ends, and the server then
  local code=0 started=(-D "$folder/data" -l "$folder/log")
  pg rm -rf data log
  pg cp -r backup data
  pg touch data/recovery.signal
  pg pg_ctl "${started[@]}" -w start -o "-c hot_standby=$1 -c restore_command='sleep 1; cp $folder/archive/%f %p'" >/dev/null 2>&1 || code=$?
  for _ in $(seq 60); do pg pg_ctl "${started[@]}" status >/dev/null && sleep 0.5 || break; done
  echo "hot_standby $1: pg_ctl $code, then $(grep -o 'FATAL:  recovery .*' "$folder/log")" | tee -a "$folder/seen"
}

restore on
restore off
diff - "$folder/seen" <<'SEEN'
hot_standby on: pg_ctl 0, then FATAL:  recovery ended before configured recovery target was reached
hot_standby off: pg_ctl 0, then FATAL:  recovery ended before configured recovery target was reached
SEEN
