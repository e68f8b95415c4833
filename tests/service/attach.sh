#!/bin/bash
# Scans and photos of sheets, sent by themselves to a real collector: receipts,
# names, limits, hostile files, cut lines, kill -9.
# PHIEU_TRIAL=1: the long form.
set -euo pipefail
cd "$(dirname "$0")/../.."
if [ -z "${PHIEU_TEST_SOCKET:-}" ]; then
	PHIEU_TEST_FSYNC=on exec tests/with_pg.sh "$0" "$@"
fi
bin=${PHIEU_BIN:-$PWD/build/debug}
dir=$(mktemp -d /tmp/phieu-attach.XXXXXX)
trap 'rm -rf "$dir"' EXIT
plan=collector/plans/lai-chau-2020.json
export PHIEU_DATABASE_URL=$PHIEU_TEST_DB
export PHIEU_DATABASE_URL_AUDITOR="host=$PHIEU_TEST_SOCKET dbname=phieu user=phieu_auditor"
export PHIEU_DATABASE_URL_SERVER="host=$PHIEU_TEST_SOCKET dbname=phieu user=phieu_server"
"$bin/phieu" plan load $plan --reason test >/dev/null
"$bin/phieu" simulate --plan $plan --seed files --n 200 --out "$dir/sheets.ndjson" >/dev/null 2>&1
PYTHONDONTWRITEBYTECODE=1 python3 tests/support/attach_check.py "$bin" "$dir"
PHIEU_DATABASE_URL_BACKUP="host=$PHIEU_TEST_SOCKET dbname=phieu user=phieu_backup" \
	"$bin/phieu" audit verify --bytes
