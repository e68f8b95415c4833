#!/bin/bash
# S13, R4: every file of tests/data/hostile/json (JSON, NDJSON and the routes
# beside OpenRosa) gets the answer that its answers.tsv states, the honest ones
# too; nothing else is stored, and the collector grows by no more than 64 MB.
set -euo pipefail
cd "$(dirname "$0")/../.."
if [ -z "${PHIEU_TEST_SOCKET:-}" ]; then
	PHIEU_TEST_FSYNC=on exec tests/with_pg.sh "$0" "$@"
fi
bin=${PHIEU_BIN:-$PWD/build/debug}
dir=$(mktemp -d /tmp/phieu-hostile-json.XXXXXX)
trap 'rm -rf "$dir"' EXIT
export PHIEU_DATABASE_URL=$PHIEU_TEST_DB
"$bin/phieu" plan load collector/plans/lai-chau-2020.json --reason test >/dev/null
PYTHONDONTWRITEBYTECODE=1 python3 tests/support/hostile_check.py "$bin" "$dir" json
