#!/bin/bash
# R11: phieu-upload against a collector that cuts lines, is busy, slow or wrong,
# with itself killed at random moments, and on a full disk: every sheet arrives
# exactly once and has its receipt, nothing is done with before it has (story
# 21).  KILLS sets how often it is killed; PHIEU_TRIAL=1: 200 times.
set -u
cd "$(dirname "$0")/../.."
bin=${PHIEU_BIN:-build/debug}
upload=$bin/phieu-upload
work=$(mktemp -d)
fake=
bad=0
[ "${PHIEU_TRIAL:-0}" = 1 ] && kills=200 || kills=60
kills=${KILLS:-$kills}
export PHIEU_AGENT_KEY=pa_TEST LC_ALL=C.UTF-8

stop_fake() {
	[ -z "$fake" ] || { kill "$fake" && wait "$fake"; } 2>/dev/null
	fake=
}
trap 'stop_fake; rm -rf "$work"' EXIT

start_fake() { # options
	stop_fake
	rm -f "$work/port"
	python3 tests/support/fake_collector.py --port-file "$work/port" "$@" &
	fake=$!
	for _ in $(seq 200); do [ -s "$work/port" ] && break; sleep 0.05; done
	to=http://127.0.0.1:$(cat "$work/port")
}
ledger() { curl -sf "$to/ledger" | jq -r "$1"; }
say() { echo "$SECONDS s: $*" >&2; }
fail() { echo "FAILED: $*"; bad=1; }
same() { [ "$2" = "$3" ] || fail "$1: $2, not $3"; } # what got want
send() { # outbox files... ; options after --
	"$upload" --to "$to" --outbox "$work/$1" --receipts "$work/$1.csv" \
		"${@:2}" >"$work/out" 2>"$work/err"
}
sheets() { # file, from, to, more members
	for i in $(seq "$2" "$3"); do
		printf '{"instanceID":"uuid:%d","sheet":"T1-%05d-0"%s}\n' "$i" "$i" "${4:-}"
	done >"$work/$1"
}

# --- a good line: all arrive, a second run adds nothing
say "a good line: all arrive, a second run adds nothing"
start_fake
sheets a.ndjson 1 1193
send one "$work/a.ndjson"
same 'exit of a good run' $? 0
same 'stored' "$(ledger .stored)" 1193
send one "$work/a.ndjson"
same 'exit of the second run' $? 0
same 'lines sent in both runs' "$(ledger .lines)" 1193
grep -q '0 new, 1193 known' "$work/out" || fail 'the second run did not know the sheets'
same 'receipts' "$(grep -c ',received,201,valid,1-' "$work/one.csv")" 1193
# story 48: Excel takes it for what it is
same 'the mark of UTF-8' "$(head -c 3 "$work/one.csv" | od -An -tx1 | tr -d " ")" efbbbf
same 'batch receipts' "$(cut -d, -f11 "$work/one.csv" | grep -cE '^[0-9a-f]{64}')" 1193
grep -rq pa_TEST "$work/one" "$work/one-wal" "$work/one.csv" "$work/out" "$work/err" 2>/dev/null &&
	fail 'the key is in the outbox or in the output'
same 'mode of the outbox' "$(stat -c %a "$work/one")" 600

# --- sent once more on demand: the same receipts
say "sent once more on demand: the same receipts"
cp "$work/one.csv" "$work/before.csv"
send one --again
same 'exit of --again' $? 0
same 'lines sent again' "$(ledger .repeats)" 1193
same 'receipts after --again' "$(cut -d, -f1,6 "$work/one.csv" | md5sum)" \
	"$(cut -d, -f1,6 "$work/before.csv" | md5sum)"

# --- refusals are kept with their reasons; the rest goes through
say "refusals are kept with their reasons; the rest goes through"
start_fake
{
	sed -n 1,5p "$work/a.ndjson"
	echo '{"instanceID":"uuid:1","other":1}'
	echo '{"instanceID":"uuid:bad","sheet":"T1-1","invalid":true}'
	echo 'not json'
	echo '{"instanceID":"uuid:key","forbidden":true}'
	sed -n 6,9p "$work/a.ndjson"
} >"$work/mixed.ndjson"
send mixed "$work/mixed.ndjson"
same 'exit with refusals' $? 3
for want in 'uuid:bad,T1-1,refused,422,invalid' ',refused,400,quarantined' \
	'uuid:key,,refused,403' 'uuid:1,,refused,409' \
	'V07 /ratings/0/answers/Q1: không có phương án'; do
	grep -q "$want" "$work/mixed.csv" || fail "no $want in the receipts"
done
same 'received beside refusals' "$(grep -c ,received, "$work/mixed.csv")" 9
before=$(ledger .lines)
send mixed "$work/mixed.ndjson"
same 'only what depends on the key is offered again' "$(($(ledger .lines) - before))" 1

# --- a JSON summary and JSON receipts
say "a JSON summary and JSON receipts"
"$upload" --to "$to" --outbox "$work/mixed" --receipts "$work/r.json" --json \
	>"$work/out" 2>/dev/null
same 'received in the JSON summary' "$(jq .received "$work/out")" 9
same 'JSON receipts' "$(jq '[.[] | select(.state == "received")] | length' "$work/r.json")" 9

# --- busy: Retry-After is honoured
say "busy: Retry-After is honoured"
start_fake --first-busy 2 --retry-after 2
begun=$(date +%s%N)
send busy "$work/a.ndjson"
same 'exit after 503' $? 0
same '503 answers' "$(ledger .busy)" 2
same 'tries before Retry-After was over' "$(ledger .after_503_too_soon)" 0
[ $((($(date +%s%N) - begun) / 1000000)) -ge 4000 ] || fail 'did not wait 2 x 2 s'

# --- single lines busy: the others are settled, these come again
say "single lines busy: the others are settled, these come again"
start_fake --line-busy 0.1
send lines "$work/a.ndjson"
same 'exit with busy lines' $? 0
same 'stored with busy lines' "$(ledger .stored)" 1193

# --- cut at random bytes of requests and answers, slow, busy
say "cut at random bytes of requests and answers, slow, busy"
total_cuts=0
for seed in 1 2 3; do
	start_fake --seed $seed --cut-request 0.3 --cut-answer 0.3 --slow 0.05 \
		--busy 0.05 --retry-after 0
	sheets cut.ndjson 1 300
	send cut$seed "$work/cut.ndjson"
	same "exit with cut lines (seed $seed)" $? 0
	same "stored with cut lines (seed $seed)" "$(ledger .stored)" 300
	same "receipts with cut lines" "$(grep -c ,received, "$work/cut$seed.csv")" 300
	total_cuts=$((total_cuts + $(ledger '.cut_requests + .cut_answers')))
done
[ "$total_cuts" -ge 8 ] || fail "only $total_cuts cuts"

# --- answers about other sheets are not believed
say "answers about other sheets are not believed"
start_fake --wrong-answers 2
sheets wrong.ndjson 1 30
send wrong "$work/wrong.ndjson"
same 'exit after wrong answers' $? 0
curl -sf "$to/ledger" | jq -r '.sheets | keys[]' | sort >"$work/stored"
cut -d, -f1 "$work/wrong.csv" | grep uuid | sort >"$work/with_receipt"
cmp -s "$work/stored" "$work/with_receipt" || fail 'receipts and ledger differ'

# --- one sheet the collector chokes on does not hold up the rest
say "one sheet the collector chokes on does not hold up the rest"
start_fake --poison uuid:17
sheets poison.ndjson 1 60
send poison "$work/poison.ndjson" --give-up 6
same 'exit with a poisoned sheet' $? 3
same 'stored beside the poison' "$(ledger .stored)" 59
same 'waiting' "$(grep -c ,waiting, "$work/poison.csv")" 1

# --- bodies the collector finds too large: smaller batches
say "bodies the collector finds too large: smaller batches"
start_fake --largest 400
sheets large.ndjson 1 40
printf '{"instanceID":"uuid:huge","pad":"%0500d"}\n' 0 >>"$work/large.ndjson"
send large "$work/large.ndjson"
same 'exit with one too large' $? 3
same 'stored in small batches' "$(ledger .stored)" 40
grep -q 'uuid:huge,,refused,413,too-large' "$work/large.csv" || fail 'no 413 in the receipts'

# --- wrong key, wrong place, nobody there
say "wrong key, wrong place, nobody there"
start_fake
PHIEU_AGENT_KEY=pa_WRONG send key "$work/a.ndjson"
same 'exit with a wrong key' $? 1
grep -q 'agent key' "$work/err" || fail 'a wrong key is not named'
send key "$work/a.ndjson"
same 'exit with the right key afterwards' $? 0
same 'stored afterwards' "$(ledger .stored)" 1193
to=$to/nowhere send place "$work/a.ndjson"
same 'exit at a wrong place' $? 1
grep -q 'không phải máy thu nhận phiếu.*is not a phieu collector' "$work/err" || fail 'a wrong place is not named'
env -u PHIEU_AGENT_KEY "$upload" "$work/a.ndjson" --to "$to" --outbox "$work/nokey" 2>"$work/err"
same 'exit without a key' $? 2
grep -q 'cần khóa của điều tra viên' "$work/err" || fail 'a missing key is not named'
to=http://127.0.0.1:1 send nobody "$work/cut.ndjson" --give-up 1
same 'exit with nobody there' $? 3
same 'all waits' "$(grep -c ,waiting, "$work/nobody.csv")" 300

# --- the key on the command line does not stay in the process list
say "the key on the command line does not stay in the process list"
start_fake --first-busy 1 --retry-after 2
env -u PHIEU_AGENT_KEY "$upload" "$work/cut.ndjson" --to "$to" --outbox "$work/ps" \
	--key pa_TEST >/dev/null 2>&1 &
pid=$!
sleep 0.7
tr '\0' ' ' <"/proc/$pid/cmdline" | grep -q pa_TEST && fail 'the key is in the process list'
grep -q phieu-upload "/proc/$pid/cmdline" || fail 'looked at the wrong process'
# story 5: one at a time on an outbox
send ps "$work/cut.ndjson"
same 'exit of a second one on the same outbox' $? 1
grep -q 'another phieu-upload' "$work/err" || fail 'the other one is not named'
wait $pid
same 'exit of the first' $? 0

# --- files of every shape
say "files of every shape"
start_fake
printf '\xef\xbb\xbf{"instanceID":"f:1"}\r\n\r\n{"instanceID":"f:2"}' >"$work/crlf.ndjson"
printf '{\n  "instanceID": "f:3",\n  "comment": "a\\nb"\n}\n' >"$work/one.json"
printf '[\n {"instanceID": "f:4"},\n {"instanceID": "f:5",\n "x": [1,\n2]}\n]\n' >"$work/many.json"
echo '{"instanceID":"f:6"}' | send shapes "$work/crlf.ndjson" "$work/one.json" "$work/many.json" -
same 'exit with files of every shape' $? 0
same 'sheets of every shape' "$(ledger '.sheets | keys | join(" ")')" 'f:1 f:2 f:3 f:4 f:5 f:6'
: >"$work/empty.ndjson"
send empty "$work/empty.ndjson"
same 'exit with an empty file' $? 1
send none "$work/no-such-file"
same 'exit with a missing file' $? 1
printf '\xff\xfe{\0}\0' >"$work/utf16.json"
send utf16 "$work/utf16.json"
grep -q UTF-16 "$work/err" || fail 'UTF-16 is not named'

# --- SIGTERM: stops soon, tells what waits, goes on later
say "SIGTERM: stops soon, tells what waits, goes on later"
start_fake --first-busy 1 --retry-after 30
send term "$work/cut.ndjson" &
pid=$!
sleep 0.7
kill -TERM "$(pgrep -P $pid -x phieu-upload || echo $pid)"
wait $pid
same 'exit after SIGTERM' $? 3
send term "$work/cut.ndjson"
same 'exit of the run after it' $? 0
same 'stored after SIGTERM' "$(ledger .stored)" 300

# --- no room for the outbox, then for the receipts: said, nothing lost
say "no room for the outbox, then for the receipts: said, nothing lost"
start_fake --slow 0.2
sheets full.ndjson 1 3000
for kib in 4 64 256 600; do
	(
		trap '' XFSZ # a write past the bound fails as on a full disk
		ulimit -f $kib
		exec "$upload" "$work/full.ndjson" --to "$to" --outbox "$work/full"
	) >"$work/out" 2>"$work/err" && fail "$kib KiB are room enough"
	[ -s "$work/err" ] || fail "a full disk is not told ($kib KiB)"
done
send full "$work/full.ndjson"
same 'exit when there is room again' $? 0
same 'stored after a full disk' "$(ledger .stored)" 3000
same 'receipts after a full disk' "$(grep -c ,received, "$work/full.csv")" 3000
cp "$work/full.csv" "$work/before.csv"
(
	trap '' XFSZ
	ulimit -f 100
	send full
)
same 'exit when the receipts find no room' $? 1
cmp -s "$work/full.csv" "$work/before.csv" || fail 'the receipts of before are gone'

# --- kill -9 at random moments: nothing lost, nothing doubled
say "kill -9 at random moments: nothing lost, nothing doubled"
start_fake --seed 9 --cut-answer 0.1 --slow 0.2
sheets kill.ndjson 1 5000
RANDOM=4711
killed=0
for _ in $(seq "$kills"); do
	"$upload" "$work/kill.ndjson" --to "$to" --outbox "$work/kill" >/dev/null 2>&1 &
	pid=$!
	sleep 0.$(printf %03d $((RANDOM % 120)))
	kill -KILL $pid 2>/dev/null && killed=$((killed + 1))
	wait $pid 2>/dev/null
	# a receipt in the outbox means the collector has the sheet
done
send kill "$work/kill.ndjson"
same 'exit after the kills' $? 0
same 'stored after the kills' "$(ledger .stored)" 5000
same 'receipts after the kills' "$(grep -c ,received, "$work/kill.csv")" 5000
same 'different receipts' "$(cut -d, -f6 "$work/kill.csv" | sort -u | grep -c '^1-')" 5000
echo "N=$killed kills of phieu-upload at random moments, N=$total_cuts cut connections, lost 0, doubled 0"
exit $bad
