#!/bin/bash
# Nothing that comes over HTTP is run: not by the database, not by a shell, not
# by a browser.  What is tried stands in tests/support/inject_check.py; here is
# the world for it, and a look at the tables afterwards.
set -euo pipefail
cd "$(dirname "$0")/../.."
bin=${PHIEU_BIN:-$PWD/build/debug}
plan=collector/plans/lai-chau-2020.json
dir=$(mktemp -d /tmp/phieu-inject.XXXXXX)
chmod 755 "$dir"
up_pid=
cleanup() {
	local code=$?
	[ -z "$up_pid" ] || kill -TERM "$up_pid" 2>/dev/null || true
	[ -z "$up_pid" ] || wait "$up_pid" 2>/dev/null || true
	[ $code -eq 0 ] || { echo "--- phieu up said:"; tail -n 40 "$dir/err" || true; }
	rm -rf "$dir"
	exit $code
}
trap cleanup EXIT
fail() { echo "inject.sh: $1"; exit 1; }
phieu() { "$bin/phieu" "$@" --state-dir "$dir/state" >/dev/null; }
sql() { "$(pg_config --bindir)/psql" -qXAt "host=$dir/state/sock user=phieu_owner dbname=phieu" -c "$1"; }

export PHIEU_DATA_FEED=true
"$bin/phieu" up --dir "$dir/state" --plan $plan --simulate 120 --json >"$dir/ready" 2>"$dir/err" &
up_pid=$!
for _ in $(seq 900); do
	[ ! -s "$dir/ready" ] || break
	kill -0 "$up_pid" 2>/dev/null || fail 'ended before it was ready'
	sleep 0.1
done
[ -s "$dir/ready" ] || fail 'not ready in time'
(umask 077; echo 'mật khẩu rất dài 1' >"$dir/password")
phieu user add analyst --name 'Người phân tích' --role analyst --password-file "$dir/password"
for role in administrator post-supervisor secretariat council supervisor auditor; do
	phieu user role analyst --give $role
done
phieu round load tests/data/rounds/small.json --reason test
phieu ledger plan --wave lai-chau-2020

# how many rows of everything, but for the log, what a visit leaves and what
# comes in with any words as long as they are words
came_in="'response', 'raw', 'rating', 'comment', 'quarantine', 'refusal', 'import', 'attachment',
	'attachment_bytes'"
tables() {
	sql "SELECT format('SELECT %L, count(*) FROM %I.%I;', table_schema || '.' || table_name, table_schema, table_name)
		FROM information_schema.tables WHERE table_type = 'BASE TABLE' AND table_schema IN ('plan', 'field',
		'frozen', 'people', 'roster', 'publish', 'assess', 'public') AND table_name NOT IN ('session', 'failed_login',
		'sign_in') AND table_name NOT IN ($came_in) ORDER BY 1" | sql "$(cat)"
}
tables >"$dir/before"
PYTHONDONTWRITEBYTECODE=1 python3 tests/support/inject_check.py "$dir/ready" analyst 'mật khẩu rất dài 1' ky-mau "$dir/canary"
tables >"$dir/after"
[ "$(wc -l <"$dir/before")" -gt 60 ] || fail "only $(wc -l <"$dir/before") tables"
diff "$dir/before" "$dir/after" >"$dir/diff" || fail "the tables are not as they were: $(cat "$dir/diff")"
[ "$(sql "SELECT to_regclass('public.canary') IS NULL")" = t ] || fail 'what was sent was run as SQL'
