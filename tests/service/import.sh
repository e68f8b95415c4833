#!/bin/bash
# Filled Excel and CSV files on a real collector and with phieu-upload:
# template, preview, marked file, all or nothing, the same file twice, a
# mended file, and files that nobody should send.
set -euo pipefail
cd "$(dirname "$0")/../.."
if [ -z "${PHIEU_TEST_SOCKET:-}" ]; then
	PHIEU_TEST_FSYNC=on exec tests/with_pg.sh "$0" "$@"
fi
bin=${PHIEU_BIN:-$PWD/build/debug}
dir=$(mktemp -d /tmp/phieu-import.XXXXXX)
trap 'rm -rf "$dir"' EXIT
plan=collector/plans/lai-chau-2020.json
export PHIEU_DATABASE_URL=$PHIEU_TEST_DB
export PHIEU_DATABASE_URL_AUDITOR="host=$PHIEU_TEST_SOCKET dbname=phieu user=phieu_auditor"
"$bin/phieu" plan load $plan --reason test >/dev/null
"$bin/phieu" simulate --plan $plan --seed files --n "$([ "${PHIEU_TRIAL:-}" = 1 ] && echo 6000 || echo 600)" --out "$dir/sheets.ndjson" >/dev/null
PYTHONDONTWRITEBYTECODE=1 python3 tests/support/import_check.py "$bin" "$dir" "$plan"
PHIEU_DATABASE_URL_BACKUP="host=$PHIEU_TEST_SOCKET dbname=phieu user=phieu_backup" \
	"$bin/phieu" audit verify --bytes
