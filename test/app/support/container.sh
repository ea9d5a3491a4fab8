#!/bin/sh
# Becomes a container's command, as PID 1 of namespaces that unshare has just made: a read-only root, an empty /tmp, a /dev of its own with a
# termination log, the cluster's DNS, the user of the pod and no capabilities. Its environment is the container's.
#   container.sh FOLDER APP_DIR KEEP… -- COMMAND…
#   FOLDER   the container's scratch folder, with stage/, resolv.conf, termination-log and the list of its control groups
#   KEEP     folders that must stay visible although they may be below /tmp
set -eu
folder=$1
app=$2
shift 2

while read -r group; do echo 0 >"$group/cgroup.procs"; done <"$folder/groups"

stage=$folder/stage
mount -t tmpfs -o mode=0755 tmpfs "$stage"
mkdir "$stage/dev" "$stage/dev/shm" "$stage/tmp" "$stage/keep"
for device in null zero full random urandom; do
  : >"$stage/dev/$device"
  mount --bind "/dev/$device" "$stage/dev/$device"
done
ln -s /proc/self/fd "$stage/dev/fd"
: >"$stage/dev/termination-log"
mount --bind "$folder/termination-log" "$stage/dev/termination-log"
mount --bind "$folder/resolv.conf" /etc/resolv.conf
mount --bind "$folder/hosts" /etc/hosts

number=0
kept=
while [ "$1" != -- ]; do
  number=$((number + 1))
  mkdir "$stage/keep/$number"
  mount --bind "$1" "$stage/keep/$number"
  kept="$kept $1"
  shift
done
shift
mount -t tmpfs -o mode=1777 tmpfs /tmp
number=0
for target in $kept; do
  number=$((number + 1))
  mkdir -p "$target"
  mount --bind "$stage/keep/$number" "$target"
done
mount --rbind "$stage/dev" /dev
mount -o remount,bind,ro /

cd "$app"
echo started >&3
exec 3>&-
exec setpriv --reuid 10001 --regid 0 --clear-groups --no-new-privs --inh-caps=-all --bounding-set=-all "$@"
