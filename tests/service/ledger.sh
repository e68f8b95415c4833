#!/bin/bash
# The sheet ledger of a whole wave of 1,193 sheets, as the field would have it:
# issued, brought in through the collector, refused, lost, replaced, amended,
# merged, late; it balances at every step, by every role's eyes.
set -euo pipefail
cd "$(dirname "$0")/../.."
if [ -z "${PHIEU_TEST_SOCKET:-}" ]; then
	PHIEU_TEST_FSYNC=on exec tests/with_pg.sh "$0" "$@"
fi
bin=${PHIEU_BIN:-$PWD/build/debug}
dir=$(mktemp -d /tmp/phieu-ledger.XXXXXX)
trap 'rm -rf "$dir"' EXIT
plan=collector/plans/lai-chau-2020.json
export PHIEU_DATABASE_URL=$PHIEU_TEST_DB
for role in server auditor collector; do
	export "PHIEU_DATABASE_URL_${role^^}=host=$PHIEU_TEST_SOCKET dbname=phieu user=phieu_$role"
done
"$bin/phieu" plan load $plan --reason test >/dev/null
"$bin/phieu" simulate --plan $plan --seed ledger --out "$dir/sheets.ndjson" >/dev/null 2>&1
# one department merges into another
jq '(.units[] | select(.code == "so-tu-phap")) += {merged_into: "so-noi-vu", to: "2021-02-28"}' $plan >"$dir/merged.json"
PYTHONDONTWRITEBYTECODE=1 python3 tests/support/ledger_check.py "$bin" "$dir"
"$bin/phieu" audit verify
