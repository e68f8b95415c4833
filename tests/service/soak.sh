#!/bin/bash
# R19: the collector over many sheets on one process: the books balance, memory
# and open files stay where they were.  PHIEU_TRIAL=1: the long form.
set -euo pipefail
cd "$(dirname "$0")/../.."
if [ -z "${PHIEU_TEST_SOCKET:-}" ]; then
	PHIEU_TEST_FSYNC=on exec tests/with_pg.sh "$0" "$@"
fi
bin=${PHIEU_BIN:-$PWD/build/debug}
dir=$(mktemp -d /tmp/phieu-soak.XXXXXX)
pid=
finish() {
	[ -z "$pid" ] || kill -TERM "$pid" 2>/dev/null || true
	[ -z "$pid" ] || wait "$pid" 2>/dev/null || true
	rm -rf "$dir"
}
trap finish EXIT
n=2400 rounds=4
[ "${PHIEU_TRIAL:-0}" = 0 ] || { n=${SOAK_SHEETS:-400000} rounds=40; }
plan=collector/plans/lai-chau-2020.json
export PHIEU_DATABASE_URL=$PHIEU_TEST_DB
export PHIEU_DATABASE_URL_AUDITOR="host=$PHIEU_TEST_SOCKET dbname=phieu user=phieu_auditor"
"$bin/phieu" plan load $plan --reason test >/dev/null
"$bin/phieu" simulate --plan $plan --seed soak --n $n --out "$dir/sheets" >/dev/null 2>&1
key=$("$bin/phieu" key agent add --wave lai-chau-2020 --code soak --name soak |
	grep -o 'pa_[^ ]*')
PHIEU_DATABASE_URL_COLLECTOR="host=$PHIEU_TEST_SOCKET dbname=phieu user=phieu_collector" \
	ASAN_OPTIONS="${ASAN_OPTIONS:+$ASAN_OPTIONS:}quarantine_size_mb=1" \
	"$bin/phieu-collector" --collector-port 0 --log-level error >"$dir/ready" 2>"$dir/log" &
pid=$!
for _ in $(seq 200); do
	grep -qs listening "$dir/ready" && break
	sleep 0.05
done
port=$(sed -nE 's/.*:([0-9]+)".*/\1/p' "$dir/ready")
[ -n "$port" ] || { cat "$dir/log"; exit 1; }
PYTHONDONTWRITEBYTECODE=1 python3 tests/support/soak.py "$port" "$pid" "$key" "$dir/sheets" $rounds
kill -TERM "$pid"
wait "$pid" || { echo "the collector ended with $?"; exit 1; }
pid=
[ ! -s "$dir/log" ] || { echo 'the log is not empty:'; head "$dir/log"; exit 1; }
"$bin/phieu" audit verify >"$dir/audit" || { cat "$dir/audit"; exit 1; }
