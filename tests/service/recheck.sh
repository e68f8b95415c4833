#!/bin/bash
# Phúc tra of a simulated wave: a list of persons comes in, the supervising body
# draws and anybody repeats it, results and comparisons come in through the
# service and the command line, a decision is made and taken back; every role
# on every route.
set -euo pipefail
cd "$(dirname "$0")/../.."
if [ -z "${PHIEU_TEST_SOCKET:-}" ]; then
	PHIEU_TEST_FSYNC=on exec tests/with_pg.sh "$0" "$@"
fi
bin=${PHIEU_BIN:-$PWD/build/debug}
dir=$(mktemp -d /tmp/phieu-recheck.XXXXXX)
trap 'rm -rf "$dir"' EXIT
plan=collector/plans/lai-chau-2020.json
export PHIEU_DATABASE_URL=$PHIEU_TEST_DB
for role in server auditor collector roster; do
	export "PHIEU_DATABASE_URL_${role^^}=host=$PHIEU_TEST_SOCKET dbname=phieu user=phieu_$role"
done
"$bin/phieu" plan load $plan --reason test >/dev/null
"$bin/phieu" simulate --plan $plan --seed recheck --out "$dir/sheets.ndjson" >/dev/null 2>&1
PYTHONDONTWRITEBYTECODE=1 python3 tests/support/recheck_check.py "$bin" "$dir"
"$bin/phieu" audit verify
