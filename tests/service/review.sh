#!/bin/bash
# Review as a post supervisor, the office and agents have it: queries and what
# is mended, decisions in bulk, opening with a reason, everything taken back;
# counts by API, SQL, export and page agree after each, and nothing that was
# put out is frozen.
set -euo pipefail
cd "$(dirname "$0")/../.."
if [ -z "${PHIEU_TEST_SOCKET:-}" ]; then
	PHIEU_TEST_FSYNC=on exec tests/with_pg.sh "$0" "$@"
fi
bin=${PHIEU_BIN:-$PWD/build/debug}
dir=$(mktemp -d /tmp/phieu-review.XXXXXX)
trap 'rm -rf "$dir"' EXIT
plan=collector/plans/lai-chau-2020.json
export PHIEU_DATABASE_URL=$PHIEU_TEST_DB
for role in server auditor collector analysis; do
	export "PHIEU_DATABASE_URL_${role^^}=host=$PHIEU_TEST_SOCKET dbname=phieu user=phieu_$role"
done
"$bin/phieu" plan load $plan --reason test >/dev/null
"$bin/phieu" simulate --plan $plan --seed review --out "$dir/sheets.ndjson" >/dev/null 2>&1
PYTHONDONTWRITEBYTECODE=1 python3 tests/support/review_check.py "$bin" "$dir"
PHIEU_DATABASE_URL_BACKUP="host=$PHIEU_TEST_SOCKET dbname=phieu user=phieu_backup" \
	"$bin/phieu" audit verify --bytes
