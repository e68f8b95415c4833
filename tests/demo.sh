#!/bin/bash
# The main job end to end, on real parts: private PostgreSQL, both services on
# loopback, the plan of Lai Châu 2020, 1,193 simulated sheets sent by the
# agent's client while the collector is killed once, freeze, scores,
# publication, pull by an index engine, verification.
# usage: tests/demo.sh build/release
set -euo pipefail
cd "$(dirname "$0")/.."
bin=$PWD/$1
plan=collector/plans/lai-chau-2020.json
wave=lai-chau-2020
if [ "$(id -u)" = 0 ]; then home=/var/lib/phieu; else home=${XDG_DATA_HOME:-$HOME/.local/share}/phieu; fi
state=$home/demo
export PATH=$bin:$PATH PHIEU_STATE_DIR=$state PHIEU_LOG_LEVEL=warn
work=$(mktemp -d)
started=$(date +%s%N)
up_pid=
upload=
victim=
step='starting'

finish() {
	local code=$?
	trap - EXIT
	trap '' INT TERM # a second Ctrl-C must not leave anything behind
	[ -z "$victim" ] || kill -KILL "$victim" 2>/dev/null || true # it is stopped
	[ -z "$upload" ] || kill -TERM "$upload" 2>/dev/null || true
	if [ -n "$up_pid" ] && kill -0 "$up_pid" 2>/dev/null; then
		kill -TERM "$up_pid"
		wait "$up_pid" || true
	fi
	if [ $code -eq 0 ] || [ $code -eq 130 ]; then
		rm -rf "$state" "$work"
		rmdir "$home" 2>/dev/null || true
		[ $code -eq 0 ] ||
			printf '\ndemo: stopped while %s; nothing runs, nothing is left (đã dừng, không còn gì chạy)\n' "$step" >&2
	else
		echo >&2
		echo "demo: FAILED while $step" >&2
		tail -n 15 "$work/up.err" >&2 2>/dev/null || true
		echo "demo: state is left in $state, output in $work" >&2
		[ $code -ne 0 ] || code=1
	fi
	exit $code
}
trap finish EXIT
trap 'exit 130' INT TERM

say() {
	step=$1
	printf '\n\033[1m%2d.\033[0m %s\n' "$n" "$1"
	n=$((n + 1))
}
n=1
field() { sed -nE "s/.*\"$1\":\"?([^\",}]*)\"?[,}].*/\1/p" "$work/ready"; }

if [ -e "$state/up.lock" ] && ! flock -n "$state/up.lock" true; then
	trap - EXIT
	rm -rf "$work"
	echo "demo: another demo is running in $state (đang có một lần chạy khác)" >&2
	exit 1
fi
if [ -d "$state" ]; then # of a run that failed
	phieu db stop >/dev/null 2>&1 || true
	rm -rf "$state"
fi

say "checking the plan ($plan)"
phieu plan check "$plan"

say 'starting PostgreSQL, phieu-collector and phieu-server on loopback'
phieu up --plan "$plan" --json >"$work/ready" 2>"$work/up.err" &
up_pid=$!
for _ in $(seq 300); do
	[ -s "$work/ready" ] && break
	kill -0 "$up_pid" 2>/dev/null || break
	sleep 0.1
done
[ -s "$work/ready" ] || exit 1
collector=$(field collector) server=$(field server)
engine_key=$(field engine_key)
PHIEU_AGENT_KEY=$(field agent_key)
export PHIEU_AGENT_KEY
echo "   collector $collector, server $server, state in $state"

say 'simulating the filled sheets (1,193, seed 2020; every one is marked simulated)'
phieu simulate --plan "$plan" --seed 2020 --out "$work/sheets.ndjson"
head -n 600 "$work/sheets.ndjson" >"$work/first.ndjson"
tail -n +601 "$work/sheets.ndjson" >"$work/second.ndjson"
wc -l <"$work/sheets.ndjson" | sed 's/^/   sheets: /'

say 'uploading as a post agent; the collector is killed (kill -9) on the way'
send() { phieu-upload "$1" --to "$collector" --outbox "$work/outbox" --receipts "$work/receipts.csv"; }
send "$work/first.ndjson"
victim=$(cat "$state/collector.pid")
kill -STOP "$victim"
# by itself, not in a subshell: finish must be able to end it
phieu-upload "$work/second.ndjson" --to "$collector" --outbox "$work/outbox" --receipts "$work/receipts.csv" &
upload=$!
sleep 0.3
kill -KILL "$victim"
echo "   killed collector $victim with requests in its hands"
victim=
wait "$upload"
upload=
send "$work/sheets.ndjson" # all of it once more: nothing is doubled
grep -c . "$work/receipts.csv" | sed 's/^/   lines in the receipt file: /'

say 'progress: planned, received, valid, missing'
phieu progress --wave "$wave"
total=$(phieu progress --wave "$wave" --json | sed -nE 's/.*"total":\{([^}]*)\}.*/\1/p')
count() { printf "%s" "$total" | sed -nE "s/.*\"$1\":([0-9]+).*/\1/p"; }
counted=$(($(count valid) + $(count queried)))
[ "$counted" = 1193 ] && [ "$(count missing)" = 0 ] || { echo "   $counted sheets counted, not 1193" >&2; exit 1; }

say 'freezing (khóa số liệu) and scoring'
phieu freeze --wave "$wave" --reason 'demo'
phieu score --wave "$wave"

say 'publishing and pulling the components as an index engine does'
phieu publish --wave "$wave" --reason 'demo'
phieu pull-components --from "$server" --wave "$wave" --key "$engine_key" >"$work/components"
head -n 6 "$work/components"
wc -l <"$work/components" | sed 's/^/   … lines pulled: /'

say 'verifying: recomputed from the frozen answers, byte for byte'
phieu verify --wave "$wave"
phieu audit verify

say 'stopping'
kill -TERM "$up_pid"
wait "$up_pid"
up_pid=
printf '\ndemo: done in %d s. To look around yourself:\n' $((($(date +%s%N) - started) / 1000000000))
cat <<TXT
   export PATH=$bin:\$PATH
   phieu up --plan $plan --simulate 1193
   then README.md, "Try it"
TXT
