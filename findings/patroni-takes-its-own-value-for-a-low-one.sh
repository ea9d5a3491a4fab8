#!/usr/bin/env bash
# patroni 4.1.0 (Python): what becomes of max_connections, max_worker_processes and max_locks_per_transaction in its dynamic configuration.
#
# Guess: a value that Postgres itself takes (max_connections 24, max_locks_per_transaction 31) reaches Postgres, a value that Postgres does not
#   take is refused or left out, and a value out of range is brought into it.
# Seen: Patroni gives these three to Postgres as options of the command, and has bounds of its own for them, with no upper one. A value below the
#   bound is replaced by the default, which may be greater than what was asked for, with a warning in the log of the member alone; a value that
#   Postgres does not start with is passed on. Ordinary parameters are not checked in this place.
#     max_connections            24 -> 100   25 -> 25
#     max_worker_processes        1 -> 8      2 -> 2    262144 (Postgres takes 262143) -> 262144
#     max_locks_per_transaction  31 -> 64    32 -> 32
# A configuration that asks for few connections gets a hundred, and whoever counts with what was asked for counts wrongly.
# Fails if that changes. Needs Python 3 with venv.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check patroni==4.1.0 psycopg2-binary==2.9.10
cat >patroni.yaml <<'YAML'
scope: pets
name: pets-0
restapi: { listen: 127.0.0.1:8008, connect_address: 127.0.0.1:8008 }
etcd3: { host: 127.0.0.1:2379 }
postgresql: { listen: 127.0.0.1:5432, connect_address: 127.0.0.1:5432, data_dir: data }
YAML
cat >try.py <<'PYTHON'
import logging
from patroni.config import Config

logging.disable(logging.WARNING)
config = Config('patroni.yaml')
for name, asked in [
    ('max_connections', 24), ('max_connections', 25),
    ('max_worker_processes', 1), ('max_worker_processes', 2), ('max_worker_processes', 262144),
    ('max_locks_per_transaction', 31), ('max_locks_per_transaction', 32),
    ('work_mem', '1kB'),
]:
    config.set_dynamic_configuration({'postgresql': {'parameters': {name: asked}}})
    print(name, asked, '->', config['postgresql']['parameters'][name])
PYTHON
cat >want.txt <<'TEXT'
max_connections 24 -> 100
max_connections 25 -> 25
max_worker_processes 1 -> 8
max_worker_processes 2 -> 2
max_worker_processes 262144 -> 262144
max_locks_per_transaction 31 -> 64
max_locks_per_transaction 32 -> 32
work_mem 1kB -> 1kB
TEXT
venv/bin/python try.py | tee seen.txt
diff want.txt seen.txt
echo 'as described'
