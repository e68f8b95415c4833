#!/bin/bash
# The collector on loopback, on a durable PostgreSQL: every answer of the
# contract, many posts of one sheet at once, and an exact ledger while the
# collector is killed, stopped and restarted and PostgreSQL cut off.
# PHIEU_TRIAL=1: the long form.
set -euo pipefail
cd "$(dirname "$0")/../.."
if [ -z "${PHIEU_TEST_SOCKET:-}" ]; then
	PHIEU_TEST_FSYNC=on exec tests/with_pg.sh "$0" "$@"
fi
bin=${PHIEU_BIN:-$PWD/build/debug}
dir=$(mktemp -d /tmp/phieu-collector.XXXXXX)
trap 'rm -rf "$dir"' EXIT
plan=collector/plans/lai-chau-2020.json
export PHIEU_DATABASE_URL=$PHIEU_TEST_DB
export PHIEU_DATABASE_URL_AUDITOR="host=$PHIEU_TEST_SOCKET dbname=phieu user=phieu_auditor"
"$bin/phieu" plan load $plan --reason test >/dev/null
"$bin/phieu" simulate --plan $plan --seed ledger --n "$([ "${PHIEU_TRIAL:-}" = 1 ] && echo 12000 || echo 6000)" --out "$dir/sheets.ndjson" >/dev/null
"$bin/phieu" simulate --plan $plan --seed spoil --n 60 --spoil --out "$dir/spoilt.ndjson" >/dev/null
PYTHONDONTWRITEBYTECODE=1 python3 tests/support/collector_check.py "$bin" "$dir" "$plan"
PHIEU_DATABASE_URL_BACKUP="host=$PHIEU_TEST_SOCKET dbname=phieu user=phieu_backup" \
	"$bin/phieu" audit verify --bytes
