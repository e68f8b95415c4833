#!/bin/bash
# R10: a bad line between agents and a real collector.  A proxy cuts, delays,
# repeats, slows down to 20 kbit/s and loses answers to what was stored, and
# the collector is killed on the way: phieu-upload and a phone bring every
# sheet in exactly once, and hold the receipts that the collector holds.
# Stories 4, 5, 17, 18, 24, 32, 33 of lost sheets.  PHIEU_TRIAL=1: 50 phones
# with 24 sheets and a photo of 300 kB each.
set -euo pipefail
cd "$(dirname "$0")/../.."
if [ -z "${PHIEU_TEST_SOCKET:-}" ]; then
	PHIEU_TEST_FSYNC=on exec tests/with_pg.sh "$0" "$@"
fi
bin=${PHIEU_BIN:-$PWD/build/debug}
dir=$(mktemp -d /tmp/phieu-badline.XXXXXX)
trap 'rm -rf "$dir"' EXIT
plan=collector/plans/lai-chau-2020.json
export PHIEU_DATABASE_URL=$PHIEU_TEST_DB
"$bin/phieu" plan load $plan --reason test >/dev/null
"$bin/phieu" simulate --plan $plan --seed line --n 1193 --out "$dir/sheets.ndjson" >/dev/null
"$bin/phieu" simulate --plan $plan --seed phones --n 1200 --openrosa --out "$dir/sheets.xml" >/dev/null 2>&1
PYTHONDONTWRITEBYTECODE=1 python3 tests/support/badline_check.py "$bin" "$dir"
