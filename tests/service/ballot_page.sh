#!/bin/bash
# The whole way of a respondent in a real browser: the letter's QR picture, the
# form on a phone, a sealed answer, a receipt; then close, list, mix, freeze,
# score; and the office's page.
# once: its time goes to Chromium
set -euo pipefail
cd "$(dirname "$0")/../.."
if [ -z "${PHIEU_TEST_SOCKET:-}" ]; then
	PHIEU_TEST_FSYNC=on exec tests/with_pg.sh "$0" "$@"
fi
bin=${PHIEU_BIN:-$PWD/build/debug}
tests/web/npm.sh
dir=$(mktemp -d /tmp/phieu-ballot.XXXXXX)
trap 'rm -rf "$dir"' EXIT
plan=collector/plans/lai-chau-2020.json
export PHIEU_DATABASE_URL=$PHIEU_TEST_DB
for role in server auditor collector mixer backup analysis publish; do
	export "PHIEU_DATABASE_URL_${role^^}=host=$PHIEU_TEST_SOCKET dbname=phieu user=phieu_$role"
done
"$bin/phieu" plan load $plan --reason test >/dev/null
"$bin/phieu" simulate --plan $plan --seed ballot --out "$dir/sheets.ndjson" >/dev/null 2>&1
PYTHONDONTWRITEBYTECODE=1 python3 tests/support/ballot_page.py "$bin" "$dir"
"$bin/phieu" audit verify
