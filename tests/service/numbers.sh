#!/bin/bash
# The numbers of a wave as a person at a terminal asks for them: progress,
# scores in three forms, verify; what adds up must, and what cannot be
# answered says why.
set -euo pipefail
cd "$(dirname "$0")/../.."
bin=${PHIEU_BIN:-$PWD/build/debug}
dir=$(mktemp -d /tmp/phieu-numbers.XXXXXX)
chmod 755 "$dir"
up_pid=''
cleanup() {
	local code=$?
	[ -z "$up_pid" ] || kill -TERM "$up_pid" 2>/dev/null || true
	[ -z "$up_pid" ] || wait "$up_pid" 2>/dev/null || true
	[ $code -eq 0 ] || tail -n 30 "$dir/up.err" || true
	rm -rf "$dir"
	exit $code
}
trap cleanup EXIT
fail() { echo "numbers.sh: $1"; exit 1; }
same() { [ "$1" = "$2" ] || fail "$3: \"$1\", not \"$2\""; }
phieu() { "$bin/phieu" "$@"; }
# exit code, pattern of the message, command
refused() {
	local want=$1 words=$2 got=0
	shift 2
	phieu "$@" >"$dir/out" 2>"$dir/err" || got=$?
	same $got "$want" "phieu $*: exit"
	grep -q "$words" "$dir/err" || fail "phieu $*: $(cat "$dir/err")"
}

wave=lai-chau-2020 plan=collector/plans/lai-chau-2020.json n=600
export PHIEU_STATE_DIR="$dir/state"
"$bin/phieu" up --dir "$dir/state" --plan $plan --simulate $n --json >"$dir/ready" 2>"$dir/up.err" &
up_pid=$!
for _ in $(seq 600); do
	grep -q '^{.*}$' "$dir/ready" && break
	kill -0 $up_pid 2>/dev/null || fail 'up ended'
	sleep 0.1
done

# progress: one set of numbers in three forms, and the two sums it promises
phieu progress --wave $wave --json >"$dir/progress.json"
jq -e --argjson n $n '.wave == "lai-chau-2020" and .state == "open" and .trial and .simulated
	and .total.received == $n and ([.rows[]
	| select(.received != .valid + .queried + .invalid + .set_aside
		or .planned + .over != .valid + .queried + .missing)] == [])' \
	"$dir/progress.json" >/dev/null || fail "progress: $(jq -c .total "$dir/progress.json")"
phieu progress --wave $wave --csv >"$dir/progress.csv"
same "$(wc -l <"$dir/progress.csv")" $(($(jq '.rows | length' "$dir/progress.json") + 1)) 'lines of progress.csv'
phieu progress --wave $wave >"$dir/table"
grep -q 'SỐ LIỆU MÔ PHỎNG' "$dir/table" || fail 'progress: no mark'
total=$(jq -r '.total | "\(.planned) +\(.received) +\(.valid) +\(.queried) +\(.invalid)"' "$dir/progress.json")
grep -qE "TỔNG +$total" "$dir/table" || fail "progress: no total of $total: $(tail -n 2 "$dir/table")"
phieu progress --wave $wave --cells >"$dir/cells"
[ "$(wc -l <"$dir/cells")" -gt "$(wc -l <"$dir/table")" ] || fail 'progress --cells shows no more'
refused 2 'usage: phieu progress' progress
refused 2 'usage: phieu progress' progress --wave $wave --json --csv
refused 2 . progress --wave nowhere
# quality: agents and areas each add up to all; few sheets say nothing
phieu quality --wave $wave --by kiểm-tra --json >"$dir/quality.json"
jq -e --argjson n $n '(.rows | map(select(.side == "total")) | .[0]) as $all
	| .simulated and $all.received == $n and $all.closed == false
	and $all.asked > 0 and $all.rr1 > 0 and $all.rr1 <= $all.rr2
	and ([.rows[] | select(.side == "agent") | .received] | add) == $n
	and ([.rows[] | select(.side == "home") | .received] | add) == $n
	and ([.rows[] | select(.closed and has("blank"))] == [])
	and ([.rows[] | select(.received < 20 and (.closed | not))] == [])' \
	"$dir/quality.json" >/dev/null || fail "quality: $(jq -c '.rows[-1]' "$dir/quality.json")"
phieu quality --wave $wave >"$dir/table"
grep -q 'SỐ LIỆU MÔ PHỎNG' "$dir/table" || fail 'quality: no mark'
grep -qE "TỔNG +$n " "$dir/table" || fail "quality: no total: $(tail -n 2 "$dir/table")"
jq -e '(.rows | map(select(.side == "total")) | .[0]) as $all
	| (.questions | length) > 60 and (.questions | map(.question) | index(null) | not)
	and ([.questions[] | select(.closed and has("blank"))] == [])
	and ([.questions[] | select(.closed | not) | .asked] | add) <= $all.asked
	and ([.questions[] | select(.closed | not) | .blank + .dont_know + .unreadable] | add) <= $all.blank
	and ([.questions[] | select(.closed | not)] | length) > 20' \
	"$dir/quality.json" >/dev/null || fail "quality by question: $(jq -c '.questions[0:3]' "$dir/quality.json")"
phieu quality --wave $wave --questions >"$dir/table.q"
grep -qE '^ *CT-02 +Q1 ' "$dir/table.q" || fail "quality --questions: $(tail -n 3 "$dir/table.q")"
refused 2 'usage: phieu quality' quality
refused 2 . quality --wave nowhere
refused 1 'not frozen\|no freeze\|chưa khóa' score --wave $wave

# scores: the same three ways
phieu freeze --wave $wave --reason test >"$dir/freeze"
grep -q "MÔ PHỎNG" "$dir/freeze" || fail "freeze: $(cat "$dir/freeze")"
refused 1 'đã khóa số liệu' quality --wave $wave
phieu score --wave $wave --json >"$dir/score.json"
jq -e '.units | length == 28' "$dir/score.json" >/dev/null || fail "score: $(jq -c 'keys' "$dir/score.json")"
phieu score --wave $wave --csv >"$dir/score.csv"
phieu score --wave $wave >"$dir/table"
grep -q 'mẫu thử' "$dir/table" && grep -q 'MÔ PHỎNG' "$dir/table" || fail 'score: no marks'
grep -q so-tu-phap "$dir/score.csv" || fail 'score.csv lacks a unit'
refused 2 'give --wave' score
refused 2 'give --wave' score --wave $wave --plan $plan
refused 2 'give --wave' score --plan $plan
refused 2 'give --wave' score --wave $wave --json --csv
refused 2 'both are needed' freeze --wave $wave --reason ''
refused 2 'both are needed' freeze --wave $wave
phieu verify --wave $wave >"$dir/verify"
grep -q "$(sha256sum <(head -c -1 "$dir/score.json") | cut -d' ' -f1)" "$dir/verify" ||
	fail "verify names another snapshot: $(cat "$dir/verify")"
phieu publish --wave $wave --reason test >"$dir/publish"
grep -q 'lần 1, mẫu thử (trial), MÔ PHỎNG' "$dir/publish" || fail "publish: $(cat "$dir/publish")"
phieu verify --wave $wave >/dev/null

# a correction by one sheet tells what that one said: somebody answers for it
"$(pg_config --bindir)/psql" -qX "host=$dir/state/sock user=phieu_owner dbname=phieu" -c "UPDATE
	field.response SET state = 6, counted = false WHERE instance = (SELECT instance FROM field.response
	WHERE counted ORDER BY instance LIMIT 1)"
phieu freeze --wave $wave --reason 'loại một phiếu' >/dev/null
refused 1 'lộ câu trả lời của số ít người' publish --wave $wave --reason 'sửa'
grep -q '^  lần 1, .* người$' "$dir/err" || fail "no cell is named: $(cat "$dir/err")"
phieu publish --wave $wave --reason 'sửa theo quyết định mẫu' --override >"$dir/publish" 2>/dev/null
grep -q 'lần 2, mẫu thử' "$dir/publish" || fail "publish --override: $(cat "$dir/publish")"
"$bin/phieu" audit list --lane 0 >"$dir/log" 2>/dev/null || "$bin/phieu" audit list >"$dir/log"
grep -q 'theo quyết định mẫu \[--override: [0-9]* ô' "$dir/log" || fail 'the log does not tell of the override'
phieu verify --wave $wave >/dev/null

# from files: no database, the same plan
phieu simulate --plan $plan --seed numbers --n 300 --out "$dir/sheets.ndjson" >/dev/null
env -u PHIEU_STATE_DIR "$bin/phieu" score --plan $plan --responses "$dir/sheets.ndjson" --json >"$dir/file.json" 2>"$dir/err"
grep -q '^300 lines: ' "$dir/err" || fail "score of files: $(cat "$dir/err")"
echo '{"wave":"x"}' >"$dir/broken.json"
for command in 'simulate --seed x --n 1 --out - --plan' "score --responses $dir/sheets.ndjson --plan"; do
	# shellcheck disable=SC2086
	refused 2 'broken.json: [0-9]* lỗi (faults), đầu tiên (the first) P' $command "$dir/broken.json"
done
