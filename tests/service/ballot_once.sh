#!/bin/bash
# One letter, one answer (A2), and the way from sealed ballots to results.
set -euo pipefail
cd "$(dirname "$0")/../.."
if [ -z "${PHIEU_TEST_SOCKET:-}" ]; then
	PHIEU_TEST_FSYNC=on exec tests/with_pg.sh "$0" "$@"
fi
bin=${PHIEU_BIN:-$PWD/build/debug}
dir=$(mktemp -d /tmp/phieu-ballot.XXXXXX)
trap 'rm -rf "$dir"' EXIT
plan=collector/plans/lai-chau-2020.json
export PHIEU_DATABASE_URL=$PHIEU_TEST_DB
for role in server auditor collector mixer backup analysis publish; do
	export "PHIEU_DATABASE_URL_${role^^}=host=$PHIEU_TEST_SOCKET dbname=phieu user=phieu_$role"
done
export COLLECTOR_DB=$PHIEU_DATABASE_URL_COLLECTOR
"$bin/phieu" plan load $plan --reason test >/dev/null
"$bin/phieu" simulate --plan $plan --seed ballot --out "$dir/sheets.ndjson" >/dev/null 2>&1
PYTHONDONTWRITEBYTECODE=1 python3 tests/support/ballot_once.py "$bin" "$dir"
PHIEU_DATABASE_URL_BACKUP="host=$PHIEU_TEST_SOCKET dbname=phieu user=phieu_backup" \
	"$bin/phieu" audit verify --bytes
