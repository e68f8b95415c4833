#!/bin/bash
# phieu up: ready line, both services answer, a killed service comes back at
# its address, one submission, clean stop, and the same again on old state.
set -euo pipefail
cd "$(dirname "$0")/../.."
bin=${PHIEU_BIN:-$PWD/build/debug}
dir=$(mktemp -d /tmp/phieu-up.XXXXXX)
chmod 755 "$dir"
up_pid=
cleanup() {
	local code=$?
	[ -z "$up_pid" ] || kill -TERM "$up_pid" 2>/dev/null || true
	[ -z "$up_pid" ] || wait "$up_pid" 2>/dev/null || true
	[ $code -eq 0 ] || { echo "--- phieu up said:"; tail -n 40 "$dir/err" || true; }
	[ -z "${receiver:-}" ] || kill "$receiver" 2>/dev/null || true
	rm -rf "$dir"
	exit $code
}
trap cleanup EXIT
fail() { echo "up.sh: $1"; exit 1; }

start() {
	: >"$dir/ready"
	"$bin/phieu" up --dir "$dir/state" --plan collector/plans/lai-chau-2020.json --json "$@" \
		>"$dir/ready" 2>>"$dir/err" &
	up_pid=$!
	for _ in $(seq 600); do
		[ ! -s "$dir/ready" ] || return 0
		kill -0 "$up_pid" 2>/dev/null || fail 'ended before it was ready'
		sleep 0.1
	done
	fail 'not ready in a minute'
}
stop() {
	kill -TERM "$up_pid"
	wait "$up_pid" || fail "stopped with exit code $?"
	up_pid=
	! pgrep -f "$dir/state" >/dev/null || fail "left running: $(pgrep -af "$dir/state")"
}
get() { jq -r ".$1" "$dir/ready"; }

start --simulate 40
[ "$(jq -r 'keys | join(" ")' "$dir/ready")" = 'agent_key analyst_key collector database engine_key server wave' ] ||
	fail "ready line has $(jq -c keys "$dir/ready")"
collector=$(get collector) server=$(get server) wave=$(get wave)
[ "$wave" = lai-chau-2020 ] || fail "wave $wave"
case $collector in http://127.0.0.1:*) ;; *) fail "collector at $collector" ;; esac
curl -sf "$collector/healthz" >/dev/null || fail 'collector has no health'
curl -sf "$collector/readyz" >/dev/null || fail 'collector is not ready'
curl -sf "$server/readyz" >/dev/null || fail 'server is not ready'

received=$(curl -sf -H "Authorization: Bearer $(get analyst_key)" "$server/v1/waves/$wave/progress" | jq .total.received)
[ "$received" = 40 ] || fail "$received sheets received, not 40"
code=$(curl -s -o /dev/null -w '%{http_code}' "$server/v1/waves/$wave/progress")
[ "$code" = 401 ] || fail "progress without a key answers $code"

# a killed collector comes back at its address
old=$(cat "$dir/state/collector.pid")
kill -KILL "$old"
for _ in $(seq 200); do
	new=$(cat "$dir/state/collector.pid")
	[ "$new" != "$old" ] && curl -sf "$collector/readyz" >/dev/null && break
	sleep 0.1
done
[ "$(cat "$dir/state/collector.pid")" != "$old" ] || fail 'the collector was not started again'
curl -sf "$collector/readyz" >/dev/null || fail 'the collector did not come back at its address'

# the database dies under them, and the collector with it: all come back
kill -KILL "$(head -n 1 "$dir/state/data/postmaster.pid")" "$(cat "$dir/state/collector.pid")"
for _ in $(seq 300); do
	kill -0 "$up_pid" 2>/dev/null || fail 'phieu up ended with the database'
	! curl -sf "$collector/readyz" >/dev/null || ! curl -sf "$server/readyz" >/dev/null || break
	sleep 0.1
done
curl -sf "$collector/readyz" >/dev/null || fail 'the collector did not come back after the database'
curl -sf "$server/readyz" >/dev/null || fail 'the server did not come back after the database'

# a real submission, twice: one row, one receipt
"$bin/phieu" simulate --plan collector/plans/lai-chau-2020.json --seed other --n 1 --out "$dir/one.ndjson"
post() { curl -s -o "$dir/$1" -w '%{http_code}' -H "Authorization: Bearer $(get agent_key)" \
	-H 'Content-Type: application/json' --data-binary @"$dir/one.ndjson" "$collector/v1/submissions"; }
code=$(post a)
[ "$code" = 201 ] || fail "first post: $code $(cat "$dir/a")"
code=$(post b)
[ "$code" = 200 ] || fail "second post: $code $(cat "$dir/b")"
[ "$(jq -r .receipt "$dir/a")" = "$(jq -r .receipt "$dir/b")" ] || fail 'two receipts for one sheet'
receipt=$(jq -r .receipt "$dir/a")
stop

# the state is kept: the same sheet is still known after everything restarted
start
collector=$(get collector)
code=$(post c)
[ "$code" = 200 ] || fail "after a restart: $code $(cat "$dir/c")"
[ "$(jq -r .receipt "$dir/c")" = "$receipt" ] || fail 'the receipt changed over a restart'

# a second one on the same state is refused and disturbs nothing
status=0
"$bin/phieu" up --dir "$dir/state" --plan collector/plans/lai-chau-2020.json --json >"$dir/out" 2>"$dir/bad" || status=$?
[ $status = 1 ] || fail "a second one ends with $status"
grep -q 'running already' "$dir/bad" || fail "a second one says $(cat "$dir/bad")"
code=$(post d)
[ "$code" = 200 ] || fail "beside a second one: $code $(cat "$dir/d")"
PHIEU_STATE_DIR=$dir/state "$bin/phieu" freeze --wave "$wave" --reason test >/dev/null || fail 'freeze'
stop

# killed with no time to stop anything: the services end with it, the database
# stays, and whoever comes next in this directory takes it over
processes() { pgrep -f "$dir/state" | wc -l; }
killed() {
	start
	services=$(pgrep -P "$up_pid")
	[ "$(wc -w <<<"$services")" = 3 ] || fail "children of phieu up: $(pgrep -aP "$up_pid")"
	kill -KILL "$up_pid"
	wait "$up_pid" 2>/dev/null || true
	up_pid=
	for p in $services; do
		for _ in $(seq 200); do
			kill -0 "$p" 2>/dev/null || break
			sleep 0.05
		done
		! kill -0 "$p" 2>/dev/null || fail "outlived phieu up: $(ps -o args= "$p")"
	done
	[ "$(processes)" -gt 0 ] || fail 'the database did not stay, this tests nothing'
}
killed
start
curl -sf "$(get collector)/readyz" >/dev/null || fail 'not ready on the database left behind'
grep -q database-taken-over "$dir/err" || fail 'the database left behind is not taken over'
stop
killed
PHIEU_STATE_DIR=$dir/state "$bin/phieu" db stop >/dev/null || fail 'db stop of a database left behind'
[ "$(processes)" = 0 ] || fail "db stop left: $(pgrep -af "$dir/state")"
# one that somebody else started is not stopped
PHIEU_STATE_DIR=$dir/state "$bin/phieu" db start >/dev/null || fail 'db start'
start
kill -TERM "$up_pid"
wait "$up_pid" || fail "stopped with exit code $?"
up_pid=
PHIEU_STATE_DIR=$dir/state "$bin/phieu" db status >/dev/null || fail 'phieu up stopped a database that was not its own'
PHIEU_STATE_DIR=$dir/state "$bin/phieu" db stop >/dev/null || fail 'db stop'

# an event leaves by the sender that runs along
mkdir "$dir/hook"
printf 'mot khoa ky du dai\n' >"$dir/hook/secret"
echo ok >"$dir/hook/mood"
PYTHONDONTWRITEBYTECODE=1 python3 tests/support/hook_receiver.py "$dir/hook" 'mot khoa ky du dai' &
receiver=$!
for _ in $(seq 200); do
	[ ! -s "$dir/hook/port" ] || break
	sleep 0.05
done
export PHIEU_HOOK_INSIDE=true
start
PHIEU_STATE_DIR=$dir/state "$bin/phieu" hook add --wave "$wave" --events wave.frozen \
	--url "http://127.0.0.1:$(cat "$dir/hook/port")/" --secret-file "$dir/hook/secret" >/dev/null || fail 'hook add'
PHIEU_STATE_DIR=$dir/state "$bin/phieu" freeze --wave "$wave" --reason again >/dev/null || fail 'freeze again'
for _ in $(seq 300); do
	[ ! -s "$dir/hook/log" ] || break
	sleep 0.1
done
[ "$(jq -r '[.kind, .signed, .body.freeze] | join(" ")' "$dir/hook/log")" = 'wave.frozen true 2' ] ||
	fail "the receiver got $(cat "$dir/hook/log")"
stop
kill "$receiver"

# the same plan, though the wave is frozen; nothing is simulated then;
# what is printed for people can be pasted into a shell
"$bin/phieu" up --dir "$dir/state" --plan collector/plans/lai-chau-2020.json --simulate 41 \
	>"$dir/ready" 2>>"$dir/err" &
up_pid=$!
for _ in $(seq 600); do
	! grep -q 'Ctrl-C' "$dir/ready" || break
	kill -0 "$up_pid" 2>/dev/null || fail 'ended on a frozen wave'
	sleep 0.1
done
grep -q 'mẫu thử, không phải phiếu chính thức — số liệu mô phỏng' "$dir/ready" ||
	fail "marks are missing: $(cat "$dir/ready")"
grep -q 'takes no more sheets' "$dir/err" || fail 'simulating on a frozen wave is not told'
grep '^export ' "$dir/ready" >"$dir/shell"
(
	unset PHIEU_STATE_DIR
	# shellcheck disable=SC1091
	. "$dir/shell"
	[ "$PHIEU_STATE_DIR" = "$dir/state" ] && [ -n "$PHIEU_AGENT_KEY" ] && [ -n "$ENGINE_KEY" ] &&
		curl -sf "$COLLECTOR/readyz" >/dev/null &&
		curl -sf -H "Authorization: Bearer $ANALYST_KEY" "$SERVER/v1/waves" >/dev/null
) || fail 'the lines to paste do not work'
stop

# what is wrong is said, and nothing is left running
"$bin/phieu" up --dir "$dir/state" --plan /nonexistent.json --json >"$dir/out" 2>"$dir/bad" &&
	fail 'a missing plan is taken'
grep -q nonexistent "$dir/bad" || fail 'a missing plan is not named'
! pgrep -f "$dir/state" >/dev/null || fail 'left running after a failure'
# a database elsewhere: nothing has made the state directory yet
cat >"$dir/elsewhere.sh" <<'END'
at="host=$PHIEU_TEST_SOCKET dbname=phieu user=phieu_"
export PHIEU_DATABASE_URL="$PHIEU_TEST_DB"
for role in collector server analysis publish; do
	export "PHIEU_DATABASE_URL_${role^^}=$at$role"
done
"$1/phieu" up --dir "$2/new/state" --plan collector/plans/lai-chau-2020.json --json >"$2/ready" 2>>"$2/err" &
pid=$!
for _ in $(seq 600); do
	[ ! -s "$2/ready" ] && kill -0 $pid 2>/dev/null || break
	sleep 0.1
done
curl -sf "$(jq -r .collector "$2/ready")/readyz" >/dev/null && [ -s "$2/new/state/collector.pid" ] && code=0 || code=1
kill -TERM $pid && wait $pid && exit $code
END
: >"$dir/ready"
PHIEU_TEST_FSYNC=on tests/with_pg.sh bash "$dir/elsewhere.sh" "$bin" "$dir" || fail 'with a database elsewhere'
owner=$(id -un)
[ "$owner" != root ] || owner=postgres
[ "$(stat -c '%a %U' "$dir/new/state")" = "700 $owner" ] || fail "the state directory: $(stat -c '%a %U' "$dir/new/state")"
[ ! -e "$dir/new/state/data" ] || fail 'a database was made beside the one elsewhere'
echo 'up: ok'
