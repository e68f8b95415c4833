#!/bin/bash
# Second keying as the field would have it: a share is drawn, keyed again by
# others who see numbers only, in the browser too; differences are exactly those
# that were planted, settled on the page by keyboard; rates, rules, decisions;
# every role; what stands against closing and freezing.
set -euo pipefail
cd "$(dirname "$0")/../.."
if [ -z "${PHIEU_TEST_SOCKET:-}" ]; then
	PHIEU_TEST_FSYNC=on exec tests/with_pg.sh "$0" "$@"
fi
bin=${PHIEU_BIN:-$PWD/build/debug}
tests/web/npm.sh
dir=$(mktemp -d /tmp/phieu-second.XXXXXX)
trap 'rm -rf "$dir"' EXIT
plan=collector/plans/lai-chau-2020.json
export PHIEU_DATABASE_URL=$PHIEU_TEST_DB
for role in server auditor collector; do
	export "PHIEU_DATABASE_URL_${role^^}=host=$PHIEU_TEST_SOCKET dbname=phieu user=phieu_$role"
done
"$bin/phieu" plan load $plan --reason test >/dev/null
"$bin/phieu" simulate --plan $plan --seed second --out "$dir/sheets.ndjson" >/dev/null 2>&1
PYTHONDONTWRITEBYTECODE=1 timeout 900 python3 tests/support/second_check.py "$bin" "$dir"
PHIEU_DATABASE_URL_BACKUP="host=$PHIEU_TEST_SOCKET dbname=phieu user=phieu_backup" \
	"$bin/phieu" audit verify --bytes
