#!/bin/bash
# S18: webhooks with a receiver that fails, hangs, sends elsewhere and recovers, and
# a sender that is killed: every event arrives, signed, under one id; none is
# lost; what nobody takes is given up and seen; inner addresses are refused.
set -u
cd "$(dirname "$0")/../.."
if [ -z "${PHIEU_TEST_SOCKET:-}" ]; then
	exec tests/with_pg.sh "$0" "$@"
fi
bin=${PHIEU_BIN:-$PWD/build/debug}
dir=$(mktemp -d /tmp/phieu-hooks.XXXXXX)
export PHIEU_DATABASE_URL=$PHIEU_TEST_DB
export PHIEU_DATABASE_URL_PUBLISH="host=$PHIEU_TEST_SOCKET dbname=phieu user=phieu_publish"
export PHIEU_DATABASE_URL_SERVER="host=$PHIEU_TEST_SOCKET dbname=phieu user=phieu_server"
export PHIEU_HOOK_RETRY_MS=10 PHIEU_HOOK_TIMEOUT_SECONDS=1
bad=0 receiver='' sender='' second=''
failed() { echo "hooks: $*"; bad=1; }
stop() { [ -z "$1" ] || { kill "$2" "$1"; wait "$1"; } 2>/dev/null; }
finish() {
	stop "$sender" -TERM
	stop "$second" -TERM
	stop "$receiver" -KILL
	rm -rf "$dir"
	exit $bad
}
trap finish EXIT
trap 'exit 1' INT TERM
phieu() { "$bin/phieu" "$@"; }
sql() { psql -qXAt -v ON_ERROR_STOP=1 "$PHIEU_TEST_DB" -c "$1"; }
mood() { echo "$1" >"$dir/mood"; }
want() { # exit code, words in the output, command...
	local code=$1 words=$2 out rc
	shift 2
	out=$("$@" 2>&1 </dev/null)
	rc=$?
	[ $rc -eq "$code" ] || failed "'$*' exit $rc, not $code: $out"
	grep -qF -- "$words" <<<"$out" || failed "'$*' does not say '$words': $out"
}
is() { [ "$2" = "$3" ] || failed "$1: '$2', not '$3'"; }
until_is() { # words, value, command...: within 30 seconds
	local words=$1 value=$2 i
	shift 2
	for ((i = 0; i < 300; i++)); do
		[ "$("$@")" = "$value" ] && return
		sleep 0.1
	done
	failed "$words: '$("$@")', not '$value'"
}
sheets() { # name, number of sheets, instance replaced or NULL
	sql "INSERT INTO field.response (wave, instance, response, sha256, state,
	counted, form, grp, home, sheet, keying, way, key, received_at, flags,
	simulated, lane, batch, replaces) SELECT wave, 'uuid:$1-' || i,
	nextval('field.response_id'), sha256('x'), 1, true, 1, 1, 0,
	'$1-' || i, 1, 1, 1, now(), 0, false, 1, 1, $3 FROM plan.wave,
	generate_series(1, $2) AS i WHERE code = '$wave'"
}
waiting() {
	sql "SELECT count(*) FROM publish.outbox WHERE delivered_at IS NULL
	AND dead_at IS NULL"
}
got() { # jq-like: distinct ids with answer ok
	python3 - "$dir/log" "$@" <<'PY'
import json, sys
rows = [json.loads(x) for x in open(sys.argv[1])]
print(eval(sys.argv[2], {"rows": rows}))
PY
}

wave=lai-chau-2020
phieu plan load collector/plans/$wave.json --reason test >/dev/null || failed plan
secret='một khóa ký đủ dài'
printf '%s\n' "$secret" >"$dir/secret"
mood ok
: >"$dir/log"
python3 tests/support/hook_receiver.py "$dir" "$secret" &
receiver=$!
until_is 'a port' yes sh -c "[ -s '$dir/port' ] && echo yes"
url=http://127.0.0.1:$(cat "$dir/port")/nhan
all=submission.stored,submission.edited,submission.reviewed,wave.frozen,release.published

# what is refused
want 2 'https:// is wanted' phieu hook add --wave $wave --url "$url" --events $all
export PHIEU_HOOK_INSIDE=true
want 2 'events are' phieu hook add --wave $wave --url "$url" --events sheet.eaten
want 2 'no wave' phieu hook add --wave none --url "$url" --events $all
want 2 'without name' phieu hook add --wave $wave --url https://a:b@c/ --events $all
want 2 'not an address' phieu hook add --wave $wave --url 'không' --events $all
want 2 'https:// is wanted' phieu hook add --wave $wave --url file:///etc/passwd --events $all
echo ngắn >"$dir/short"
want 2 '16 to 256' phieu hook add --wave $wave --url "$url" --events $all --secret-file "$dir/short"
want 2 'give --wave or --round' phieu hook add
want 2 'no hook 99' phieu hook remove --hook 99
want 2 'no hook 99' phieu hook test --hook 99
want 2 'give --hook' phieu hook remove --hook x
want 2 'give --once or' phieu hook send

# no hook: no trigger, no event
sheets before 1 NULL
is 'no hook, no event' "$(sql 'SELECT count(*) FROM publish.outbox')" 0
is 'no hook, no trigger' "$(sql "SELECT count(*) FROM pg_trigger WHERE tgname = 'hook_stored'")" 0

a=$(phieu hook add --wave $wave --url "$url" --events $all --secret-file "$dir/secret")
[[ $a =~ ^hook\ [0-9]+$ ]] || failed "added: $a"
a=${a#hook }
b=$(phieu hook add --wave $wave --url "$url" --events release.published)
[[ $b =~ ^hook\ ([0-9]+).*shown\ once.*wh_ ]] || failed "added: $b"
b=${BASH_REMATCH[1]}
want 0 'received' phieu hook test --hook "$a"
is 'the try' "$(got '[(r["kind"], r["signed"]) for r in rows]')" "[('hook.test', True)]"
want 0 '' phieu hook remove --hook "$b"

# each kind, and what is in it
sheets new 1 NULL
sheets edit 1 "'uuid:new-1'"
want 0 '' phieu sheet judge --wave $wave --instance uuid:new-1 --state rejected --reason thử
sql "WITH w AS (SELECT wave FROM plan.wave WHERE code = '$wave'),
	f AS (INSERT INTO frozen.freeze SELECT wave, 1, 1, false, 1, 1, sha256('x'), 'x', 'x', now() FROM w RETURNING wave),
	s AS (INSERT INTO publish.snapshot (wave, snapshot, freeze_no, method, content, sha256, made_by)
		SELECT wave, 1, 1, 'm', '{}', sha256('{}'), 'x' FROM f RETURNING wave)
	INSERT INTO publish.release (wave, release, snapshot, kind, reason, released_by)
	SELECT wave, 1, 1, 'trial', 'x', 'x' FROM s"
is 'in the outbox' "$(waiting)" 5
# a transaction that is undone tells nothing
sql "BEGIN; UPDATE field.response SET version = version + 1; ROLLBACK"
is 'undone' "$(waiting)" 5
# and a round's, by a hook of its own
phieu round load tests/data/rounds/small.json --reason thử >/dev/null || failed round
phieu round step ky-mau publish --until "$(TZ=Asia/Ho_Chi_Minh date -d tomorrow +%F)" --reason thử
for i in 1 2; do
	sql "SELECT assess.result_add(round, NULL, '{}', '{\"n\":$i}', 'm', true, 'x') FROM assess.round" >/dev/null
done
c=$(phieu hook add --round ky-mau --url "$url" --events round.published,round.corrected --secret-file "$dir/secret")
for i in 1 2; do want 0 'công bố' phieu round publish ky-mau --result $i --decision QĐ --reason thử; done
is 'of the round too' "$(waiting)" 7
want 0 'sent, failed' phieu hook send --once
want 0 '' phieu hook remove --hook "${c#hook }"
python3 tests/support/hook_docs.py "$dir/log" "$secret" || failed 'what receivers are told does not hold'
sed -i 1d "$dir/log" # the try
is 'kinds' "$(got 'sorted(r["kind"] for r in rows)')" \
	"['release.published', 'round.corrected', 'round.published', 'submission.edited', 'submission.reviewed', 'submission.stored', 'wave.frozen']"
is 'signed' "$(got 'all(r["signed"] for r in rows)')" True
is 'an edit names what it replaces' "$(got '[r["body"]["replaces"] for r in rows if r["kind"] == "submission.edited"]')" "['uuid:new-1']"
is 'what is told' "$(got 'sorted(set(k for r in rows for k in r["body"]))')" \
	"['at', 'freeze', 'id', 'instance', 'kind', 'release', 'replaces', 'round', 'sha256', 'supersedes', 'trial', 'version', 'wave']"
is 'one id' "$(got 'all(r["id"] == r["body"]["id"] for r in rows)')" True
is 'nothing waits' "$(waiting)" 0

# answers of all kinds, and a sender that is killed in the middle
: >"$dir/log"
mood 500
sheets storm 40 NULL
want 3 'answered 500' phieu hook send --once
is 'none left' "$(waiting)" 40
mood redirect
sleep 0.2
want 3 'not followed' phieu hook send --once
is 'not followed' "$(got 'any(r["path"] == "/elsewhere" for r in rows)')" False
mood slow
for _ in 1 2 3; do
	"$bin/phieu" hook send --follow >/dev/null 2>&1 &
	sender=$!
	sleep 0.5
	stop "$sender" -KILL
	sender=''
done
is 'none left by the dead' "$(waiting)" 40
sql "UPDATE publish.hook SET next_at = now(), failures = 0; UPDATE publish.outbox SET next_at = now()"
mood ok
"$bin/phieu" hook send --follow >"$dir/out1" 2>&1 &
sender=$!
"$bin/phieu" hook send --follow >"$dir/out2" 2>&1 &
second=$!
until_is 'all arrive' 0 waiting
sheets late 5 NULL
until_is 'later ones as well' 0 waiting
stop "$second" -TERM
stop "$sender" -TERM
sender='' second=''
grep -q 'sent, failed' "$dir/out1" || failed "asked to stop: $(cat "$dir/out1")"
is 'none lost' "$(got 'len({r["id"] for r in rows if r["mood"] == "ok"})')" 45
is 'none twice once taken' "$(got 'len([r for r in rows if r["mood"] == "ok"])')" 45
is 'one id in each try' "$(got 'len({r["id"] for r in rows}) == len({r["body"]["instance"] for r in rows})')" True
is 'signed' "$(got 'all(r["signed"] for r in rows)')" True

# given up, seen, tried once more
mood 500
sheets dead 1 NULL
PHIEU_HOOK_DAYS=0 want 3 'given up after 0 days' phieu hook send --once
is 'dead' "$(sql 'SELECT count(*) FROM publish.outbox WHERE dead_at IS NOT NULL')" 1
want 0 'answered 500' phieu hook list
want 0 'answered 500' phieu hook list --wave $wave
mood ok
want 0 '1 sự kiện' phieu hook again --hook "$a"
sleep 0.1
until_is 'sent again' 0 sh -c "'$bin/phieu' hook send --once >/dev/null 2>&1; psql -qXAt '$PHIEU_TEST_DB' -c 'SELECT count(*) FROM publish.outbox WHERE delivered_at IS NULL'"

# inner addresses, when the setting is taken back
sheets inner 1 NULL
PHIEU_HOOK_INSIDE=false want 3 'nsupported protocol' phieu hook send --once
sql "UPDATE publish.hook SET url = 'https://127.0.0.1:1/', next_at = now(); UPDATE publish.outbox SET next_at = now()"
PHIEU_HOOK_INSIDE=false want 3 'inside a network' phieu hook send --once
sql "UPDATE publish.hook SET url = 'https://localhost:1/', next_at = now(); UPDATE publish.outbox SET next_at = now()"
PHIEU_HOOK_INSIDE=false want 3 'inside a network' phieu hook send --once

want 0 '' phieu hook remove --hook "$a"
is 'the last hook takes the triggers along' "$(sql "SELECT count(*) FROM pg_trigger WHERE tgname LIKE 'hook_%' AND tgrelid = 'field.response'::regclass")" 0
is 'in the log' "$(sql "SELECT count(*) FROM audit.entry WHERE kind IN ('hook.add', 'hook.remove')")" 6
is 'no secret, no path in the log' "$(sql "SELECT count(*) FROM audit.entry WHERE content LIKE '%nhan%' OR content LIKE '%khóa ký%'")" 0
[ $bad -eq 0 ] && echo 'hooks: all events arrived, none lost'
