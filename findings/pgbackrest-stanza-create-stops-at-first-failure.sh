#!/usr/bin/env bash
# pgBackRest 2.45 with Postgres 15.18 (Debian 12): `stanza-create` with two repositories, one of which cannot be written.
#
# Guess: the command fails, and prepares the repository that works all the same: the manual says that it creates the stanza on each, as
#   archive-push reaches as many as possible; or `--repo` picks the one, as it does for backup and restore.
# Seen: it ends at the first repository that fails, in the order of their numbers, and takes no `--repo`. So a second repository that works
#   gets no stanza, and with it neither backups nor WAL, for as long as the first is broken; the other way round the first is prepared.
#     repo1 cannot be written: [047]: unable to create path 'volume1/repo': [13] Permission denied; prepared: none
#     repo1 cannot be written, --repo=2: [031]: option 'repo' not valid for command 'stanza-create'; prepared: none
#     repo1 cannot be written, with a configuration that has repo2 alone: no error; prepared: repo2
#     repo2 cannot be written: [047]: unable to create path 'volume2/repo': [13] Permission denied; prepared: repo1
#   The manual does not say what becomes of the other repositories. Seen by hand with 2.59.1: the same.
# Fails if that changes. Needs apt of Debian 12, and setpriv where root runs it.
set -euo pipefail
folder=$(mktemp -d)
trap 'chmod -R u+w "$folder"; rm -rf "$folder"' EXIT
# What runs ends first.
trap 'exit 1' INT TERM HUP
as=()
# Postgres refuses to run as root, and root can write everything.
if [ "$(id -u)" = 0 ]; then as=(setpriv --reuid=65534 --regid=65534 --clear-groups); fi
pg() { (cd "$folder" && "${as[@]}" "$@"); }

pinned=(pgbackrest=2.45-1 postgresql-15=15.18-0+deb12u1 libpq5=15.18-0+deb12u1)
# The libraries that they need, where they are not installed.
absent=$(apt-get install --simulate --no-install-recommends --no-upgrade pgbackrest postgresql-15 | sed -n 's/^Inst \([^ ]*\).*/\1/p')
mapfile -t libraries < <(grep -E '^lib' <<<"$absent" | grep -v '^libpq5$')
(cd "$folder" && apt-get download -qq -o APT::Sandbox::User=root "${pinned[@]}" "${libraries[@]}")
for package in "$folder"/*.deb; do dpkg-deb -x "$package" "$folder"; done
export PATH=$folder/usr/lib/postgresql/15/bin:$folder/usr/bin:$PATH LC_ALL=C
LD_LIBRARY_PATH=$folder/lib/$(uname -m)-linux-gnu:$folder/usr/lib/$(uname -m)-linux-gnu
export LD_LIBRARY_PATH PGBACKREST_STANZA=db
configuration() { # NUMBER…: with these repositories
  printf '%s\n' '[global]' "lock-path=$folder" 'log-level-file=off' 'log-level-stderr=off' 'log-level-console=warn'
  printf "repo%s-path=$folder/volume%s/repo\n" "$@"
  printf '%s\n' '[db]' "pg1-path=$folder/data"
}
configuration 1 1 2 2 >"$folder/both.conf"
configuration 2 2 >"$folder/second.conf"
[ ${#as[@]} = 0 ] || chown 65534:65534 "$folder"
# The files of a database are enough: its identity is read from them.
pg initdb -D "$folder/data" -U postgres -A trust --no-sync >/dev/null

volumes() { # NUMBER: both volumes are empty, and that one cannot be written
  pg rm -rf volume1 volume2
  pg mkdir volume1 volume2
  pg chmod 500 "volume$1"
}
prepare() { # NAME CONFIGURATION OPTION…: how it ended, and the repositories that have a stanza afterwards
  local error number prepared='' name=$1 configuration=$2
  shift 2
  pg pgbackrest --config="$folder/$configuration.conf" --no-online "$@" stanza-create >"$folder/said" 2>&1 || grep -q ERROR "$folder/said"
  error=$(sed -n "s#$folder/##; s/.*ERROR: //p" "$folder/said")
  for number in 1 2; do
    if [ -s "$folder/volume$number/repo/backup/db/backup.info" ]; then prepared+=" repo$number"; fi
  done
  echo "$name: ${error:-no error}; prepared:${prepared:- none}" | tee -a "$folder/seen"
}

volumes 1
prepare 'repo1 cannot be written' both
prepare 'repo1 cannot be written, --repo=2' both --repo=2
prepare 'repo1 cannot be written, with a configuration that has repo2 alone' second
volumes 2
prepare 'repo2 cannot be written' both
diff - "$folder/seen" <<'SEEN'
repo1 cannot be written: [047]: unable to create path 'volume1/repo': [13] Permission denied; prepared: none
repo1 cannot be written, --repo=2: [031]: option 'repo' not valid for command 'stanza-create'; prepared: none
repo1 cannot be written, with a configuration that has repo2 alone: no error; prepared: repo2
repo2 cannot be written: [047]: unable to create path 'volume2/repo': [13] Permission denied; prepared: repo1
SEEN
