#!/bin/bash
# The full dry run: 20 departments and 8 districts through two years of the
# index, from the calendar to a correction that supersedes and the next year,
# every figure held to fractions of the test's own (tests/support/dry_*.py).
# All of its data is "mẫu thử".
set -euo pipefail
cd "$(dirname "$0")/../.."
if [ -z "${PHIEU_TEST_SOCKET:-}" ]; then
	PHIEU_TEST_FSYNC=on exec tests/with_pg.sh "$0" "$@"
fi
dir=$(mktemp -d /tmp/phieu-dry.XXXXXX)
trap 'rm -rf "$dir"' EXIT
export DRY_RUN_BIN=${PHIEU_BIN:-$PWD/build/debug} DRY_RUN_DIR=$dir
export PHIEU_LOG_LEVEL=warn PHIEU_DATABASE_URL=$PHIEU_TEST_DB
for role in collector server analysis publish auditor; do
	export PHIEU_DATABASE_URL_${role^^}="host=$PHIEU_TEST_SOCKET dbname=phieu user=phieu_$role"
done
# a python that has Debian's openpyxl
python=python3
"$python" -c 'import openpyxl' 2>/dev/null || python=/usr/bin/python3
PYTHONDONTWRITEBYTECODE=1 "$python" tests/support/dry_run.py
