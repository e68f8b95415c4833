#!/bin/bash
# R16, stories 36 and 37: the clock of the server jumps two hours ahead and
# back, stands on a 29 February and over the midnight of a New Year in Việt
# Nam, under the collector and its PostgreSQL.  Sheets come in, the same again
# has the same receipt, keys neither die nor come back, the log stays whole.
# (Clocks of phones: openrosa.sh; days and instants: tests/test_date.c.)
set -euo pipefail
cd "$(dirname "$0")/../.."
if [ -z "${PHIEU_TEST_SOCKET:-}" ]; then
	PHIEU_TEST_FSYNC=on exec tests/with_pg.sh "$0" "$@"
fi
bin=${PHIEU_BIN:-$PWD/build/debug}
fake=$(find /usr/lib -name libfaketime.so.1 | head -n 1)
dir=$(mktemp -d /tmp/phieu-clocks.XXXXXX)
chmod 755 "$dir"
pid=
finish() {
	local code=$?
	[ -z "$pid" ] || { kill -TERM "$pid" && wait "$pid"; } 2>/dev/null || true
	[ $code -eq 0 ] || tail -n 5 "$dir/err" || true
	rm -rf "$dir"
	exit $code
}
trap finish EXIT
fail() { echo "clocks: $1"; exit 1; }
[ -n "$fake" ] || fail 'libfaketime is not here (tests/setup.sh test)'
sql() { psql -qXAt -v ON_ERROR_STOP=1 "$PHIEU_TEST_DB" -c "$1"; }
clock() { # as libfaketime has it
	echo "$1" >"$dir/clock.new"
	chmod 644 "$dir/clock.new"
	mv "$dir/clock.new" "$dir/clock"
}
plan=collector/plans/lai-chau-2020.json
export PHIEU_DATABASE_URL=$PHIEU_TEST_DB
export PHIEU_DATABASE_URL_AUDITOR="host=$PHIEU_TEST_SOCKET dbname=phieu user=phieu_auditor"
"$bin/phieu" plan load $plan --reason test >/dev/null
"$bin/phieu" simulate --plan $plan --seed clocks --n 100 --out "$dir/sheets" >/dev/null 2>&1
key() { "$bin/phieu" key agent add --wave lai-chau-2020 --code "$1" --name "$1" --days 3000 | grep -o 'pa_[^ ]*'; }
mine=$(key an)
gone=$(key binh)
both=$("$bin/phieu" key device add --agent an --wave lai-chau-2020 --login may-01 --days 3000 | sed -n '2,3p' | paste -sd:)
"$bin/phieu" key agent revoke "$(sql "SELECT key FROM field.agent_key JOIN field.agent USING (agent) WHERE code = 'binh'")" >/dev/null

# time that passes is not touched: no machine's monotonic clock jumps
faked=(env "LD_PRELOAD=$fake" "FAKETIME_TIMESTAMP_FILE=$dir/clock" FAKETIME_NO_CACHE=1
	FAKETIME_DONT_FAKE_MONOTONIC=1 FAKETIME_DONT_RESET=1)
clock +0
as=()
[ "$(id -u)" != 0 ] || as=(runuser -u postgres --)
(cd / && "${as[@]}" "${faked[@]}" "$(pg_config --bindir)/pg_ctl" -D "$PHIEU_TEST_SOCKET/data" -w -s -m fast \
	-l "$PHIEU_TEST_SOCKET/log" restart) >/dev/null 2>&1
# a sanitizer wants to be the first library itself: its build has a true clock
[[ $(ldd "$bin/phieu-collector") != *libasan* ]] || faked=(env)
PHIEU_DATABASE_URL_COLLECTOR="host=$PHIEU_TEST_SOCKET dbname=phieu user=phieu_collector" \
	"${faked[@]}" "$bin/phieu-collector" --collector-port 0 --openrosa-digest >"$dir/out" 2>"$dir/err" &
pid=$!
for _ in $(seq 200); do
	[ ! -s "$dir/out" ] || break
	sleep 0.05
done
to=$(sed -nE 's/.*"(http[^"]*)".*/\1/p' "$dir/out")
[ -n "$to" ] || fail 'the collector does not start'
post() { # line of the file, key: status; the answer is in $dir/said
	sed -n "${1}p" "$dir/sheets" | curl -s -o "$dir/said" -w '%{http_code}' -H "Authorization: Bearer $2" \
		-H 'Content-Type: application/json' --data-binary @- "$to/v1/submissions"
}
first=$(post 1 "$mine")
[ "$first" = 201 ] || fail "the first sheet: $first $(cat "$dir/said")"
receipt=$(jq -r .receipt "$dir/said")
n=1
# when, what the store's clock must say then
at() {
	local said day=$2
	clock "$1"
	n=$((n + 1))
	said=$(post $n "$mine")
	[ "$said" = 201 ] || fail "$1: $said $(cat "$dir/said")"
	[ "$(jq -r .receipt "$dir/said")" != null ] || fail "$1: no receipt"
	said=$(sql "SELECT to_char(received_at AT TIME ZONE 'Asia/Ho_Chi_Minh', 'YYYY-MM-DD')
		FROM field.response ORDER BY response DESC LIMIT 1")
	[ -z "$day" ] || [[ $said =~ ^($day)$ ]] || fail "$1: received on $said, not $day"
	said=$(post 1 "$mine")
	[ "$said" = 200 ] || fail "$1, the same again: $said $(cat "$dir/said")"
	[ "$(jq -r .receipt "$dir/said")" = "$receipt" ] || fail "$1: another receipt"
	said=$(post 50 "$gone")
	[ "$said" = 401 ] || fail "$1: a revoked key came back: $said"
	said=$(curl -s -o /dev/null -w '%{http_code}' -H 'X-OpenRosa-Version: 1.0' --digest -u "$both" "$to/formList")
	[ "$said" = 200 ] || fail "$1: a device is shut out: $said"
	[ "$(curl -s -o /dev/null -w '%{http_code}' "$to/readyz")" = 200 ] || fail "$1: not ready"
}
today=$(TZ=Asia/Ho_Chi_Minh date +%Y-%m-%d)
at +2h ''
at +0 "$today|$(TZ=Asia/Ho_Chi_Minh date -d '+10 minutes' +%Y-%m-%d)"
at -2h ''
at +0 ''
# a leap day, and a New Year that begins in Việt Nam at 17:00 UTC
at "@$(date -d '2028-02-28 16:59:59 UTC' '+%Y-%m-%d %H:%M:%S')" '2028-02-2[89]'
at "@$(date -d '2028-02-29 10:00:00 UTC' '+%Y-%m-%d %H:%M:%S')" 2028-02-29
at "@$(date -d '2028-12-31 16:00:00 UTC' '+%Y-%m-%d %H:%M:%S')" 2028-12-31
at "@$(date -d '2028-12-31 17:00:01 UTC' '+%Y-%m-%d %H:%M:%S')" 2029-01-01
at +0 ''
[ "$(sql 'SELECT count(*) FROM field.response')" = $n ] || fail 'sheets are lost or twice'
# the order of what came is not the clock's
[ "$(sql "SELECT string_agg(instance, ',' ORDER BY response) FROM field.response")" = \
	"$(head -n $n "$dir/sheets" | jq -r .instanceID | paste -sd,)" ] || fail 'not in the order in which they came'
"$bin/phieu" audit verify >"$dir/audit" || fail "the log: $(cat "$dir/audit")"
kill -TERM "$pid"
wait "$pid" || fail "ended with $?"
pid=
! grep -q ' error ' "$dir/err" || fail "$(grep ' error ' "$dir/err" | head -n 3)"
