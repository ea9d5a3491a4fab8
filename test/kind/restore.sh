#!/usr/bin/env bash
# The path of docs/tasks/restore.md with nothing played: kind, the real Metacontroller, the real Crunchy PGO, the public image of the application. Rows are written by
# SQL, lost, and had back: as of a moment, and by the label of a backup. A restore to a moment that nothing was archived after never ends, and is replaced by another.
#
#   test/kind/restore.sh          makes a cluster where kind has none of that name, and leaves it
#
# Needs docker, kind, kubectl, jq and 6 GB of memory. CLUSTER, METACONTROLLER and PGO name the cluster and the tags.
set -Eeuo pipefail
cd "$(dirname "$0")/../.."

cluster=${CLUSTER:-bestie}
metacontroller=${METACONTROLLER:-v4.17.2}
pgo=${PGO:-v5.8.9}
ns=shop
database=bestie-pgo

say() { printf '\n%s  %s\n' "$(date -u +%T)" "$*"; }
fail() { say "FAILED: $*" >&2; exit 1; }
what_was_there() {
  kubectl -n "$ns" get bestie,postgrescluster,pods,jobs || true
  kubectl -n "$ns" get bestie bestie --output yaml || true
  kubectl -n "$ns" get events --sort-by .lastTimestamp | tail -n 50 || true
  kubectl -n "$ns" logs "job/$database-pgbackrest-restore" --tail=60 || true
  kubectl -n bestie-system logs deployment/bestie-operator --tail=60 || true
}
trap 'what_was_there >&2' ERR

say "a cluster with Metacontroller $metacontroller, PGO $pgo and this checkout"
kind get clusters | grep -qx "$cluster" || kind create cluster --name "$cluster" --wait 3m
kubectl config use-context "kind-$cluster"
kubectl apply --server-side -k "https://github.com/metacontroller/metacontroller/manifests//production?ref=$metacontroller"
kubectl create namespace postgres-operator --dry-run=client --output yaml | kubectl apply -f -
kubectl apply --server-side -k "https://github.com/CrunchyData/postgres-operator//config/default?ref=$pgo"
image=$(kubectl kustomize manifests/overlays/default | sed -n 's/^ *image: \(.*bestie-operator:.*\)/\1/p' | head -n 1)
docker build --tag "$image" .
kind load docker-image --name "$cluster" "$image"
kubectl -n metacontroller rollout status statefulset metacontroller --timeout=5m
kubectl -n postgres-operator rollout status deployment pgo --timeout=5m
kubectl apply --server-side -k manifests/overlays/default
kubectl -n bestie-system rollout status deployment bestie-operator --timeout=5m

bestie() { kubectl -n "$ns" get bestie bestie --output "jsonpath=$1"; }
request() { kubectl -n "$ns" patch bestie bestie --type json --patch "[{\"op\":\"add\",\"path\":\"/spec/restore\",\"value\":$1}]"; }
primary() { kubectl -n "$ns" get pods --output name --selector "postgres-operator.crunchydata.com/cluster=$database,postgres-operator.crunchydata.com/role=master"; }
in_database() { kubectl -n "$ns" exec "$(primary)" --container database -- "$@"; }
sql() { in_database psql --dbname bestie --no-psqlrc --quiet --tuples-only --no-align --command "$1"; }
rows() { sql "select coalesce(string_agg(word, ' ' order by word), '') from kept_by_hand"; }
ready() { kubectl -n "$ns" wait --for=condition=Ready bestie/bestie --timeout=15m; }
# Until the restore with that id is in that phase.
phase() {
  local end=$((SECONDS + 1200)) seen='' now
  until now=$(bestie '{.status.restore.id} {.status.restore.phase}') && [ "$now" = "$1 $2" ]; do
    [ "$now" = "$seen" ] || say "$now: $(bestie '{.status.restore.message}')"
    seen=$now
    [ "$SECONDS" -lt "$end" ] || { what_was_there >&2; fail "restore $1 is not $2 after 20 minutes: $now"; }
    sleep 1
  done
  say "$now"
}
expect() { [ "$2" = "$3" ] || { what_was_there >&2; fail "$1: \"$2\" instead of \"$3\""; }; say "$1: \"$2\""; }

say 'a Bestie, with the public image of the application'
kubectl create namespace "$ns" --dry-run=client --output yaml | kubectl apply -f -
kubectl apply -n "$ns" -f manifests/samples/bestie.yaml
ready
# The first backup of all; a moment before its end cannot be reached.
kubectl -n "$ns" wait --for=condition=Complete job --selector postgres-operator.crunchydata.com/pgbackrest-backup=replica-create --timeout=10m

say 'rows that are lost'
sql 'create table kept_by_hand (word text)'
sql "insert into kept_by_hand values ('first'), ('second')"
sleep 5
moment=$(date -u +%FT%TZ)
sleep 5
sql "delete from kept_by_hand; insert into kept_by_hand values ('wrong')"
expect 'after the loss' "$(rows)" wrong

say "to a moment: $moment"
request "{\"id\":\"moment\",\"target\":{\"time\":\"$moment\"}}"
phase moment Restoring
[ "$(kubectl -n "$ns" get deployment bestie-app --output 'jsonpath={.spec.replicas}')" = 0 ] || fail 'the application is not at zero'
phase moment Succeeded
ready
expect 'after the restore to a moment' "$(rows)" 'first second'

say 'by the label of a backup'
label=$(in_database pgbackrest info --stanza=db --output=json | jq --raw-output '.[0].backup[-1].label')
sql "insert into kept_by_hand values ('third')"
request "{\"id\":\"label\",\"target\":{\"backup\":\"$label\"}}"
phase label Succeeded
ready
expect "after the restore of backup $label" "$(rows)" 'first second'

say 'to a moment after the last that was archived: PGO tries for ever; another id takes its place'
sleep 60
request "{\"id\":\"late\",\"backup\":\"Skip\",\"target\":{\"time\":\"$(date -u +%FT%TZ)\"}}"
phase late Restoring
sleep 120
# It does end where Postgres has committed something by itself since, such as an autovacuum.
say "late $(bestie '{.status.restore.phase}: {.status.restore.message}')"
request '{"id":"latest","target":{"latest":true}}'
phase latest Succeeded
ready
expect 'after the restore to the end' "$(rows)" 'first second'

kubectl -n "$ns" describe bestie bestie
say 'done'
