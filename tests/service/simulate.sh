#!/bin/bash
# phieu simulate on the command line, and phieu-upload --check on what it made.
set -u
cd "$(dirname "$0")/../.."
bin=${PHIEU_BIN:-build/debug}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
plan=collector/plans/lai-chau-2020.json
bad=0
fail() { echo "FAILED: $*"; bad=1; }
same() { [ "$2" = "$3" ] || fail "$1: $2, not $3"; }
simulate() { "$bin/phieu" simulate "$@" 2>"$work/err"; }
check() { "$bin/phieu-upload" --check --plan "$plan" "$@" >"$work/out" 2>"$work/err"; }

simulate --plan $plan --seed 7 --out "$work/a.ndjson"
same 'exit' $? 0
simulate --plan $plan --seed 7 >"$work/b.ndjson"
cmp -s "$work/a.ndjson" "$work/b.ndjson" || fail 'a seed gave two outputs'
same 'sheets' "$(wc -l <"$work/a.ndjson")" 1193
same 'marked simulated' "$(grep -c '"simulated":true' "$work/a.ndjson")" 1193
simulate --plan $plan --seed 7 --n 10 | cmp -s - <(head -n 10 "$work/a.ndjson") ||
	fail 'ten sheets are not the first ten'
simulate --plan $plan --seed 8 --n 10 | cmp -s - <(head -n 10 "$work/a.ndjson") &&
	fail 'two seeds gave the same sheets'
[ ! -e "$work/a.ndjson.part" ] || fail 'a part file was left'

check "$work/a.ndjson"
same 'exit of --check on good sheets' $? 0
grep -q '1193 sheets: 1193 valid' "$work/out" || fail 'not all valid'
simulate --plan $plan --seed 7 --spoil --out "$work/s.ndjson"
grep -q 'besides' "$work/err" || fail 'the spoiled ones are not counted'
check "$work/s.ndjson"
same 'exit of --check on spoiled sheets' $? 1
for code in V01 V04 V06 V07 V10; do
	grep -q " $code /" "$work/out" || fail "no $code among spoiled sheets"
done
check --json "$work/s.ndjson"
same 'JSON lines' "$(jq -s length "$work/out")" "$(wc -l <"$work/s.ndjson")"
jq -es 'all(.status == "invalid" or (.errors | length) == 0)' "$work/out" >/dev/null ||
	fail 'JSON status and errors differ'

# a number on two sheets, an instanceID on two sheets, the same bytes twice
head -n 1 "$work/a.ndjson" >"$work/one"
sed 's/"uuid:[^"]*"/"uuid:x"/' "$work/one" >"$work/two"
sed 's/"comment":[^}]*/"comment":"khác"/' "$work/one" >"$work/three"
check "$work/one" "$work/one"
same 'exit on the same bytes twice' $? 0
check "$work/one" "$work/two"
same 'exit on a number used twice' $? 1
grep -q "V01 /sheet.*$work/one:1" "$work/out" || fail 'the number used twice is not shown'
check "$work/one" "$work/three"
same 'exit on an instanceID used twice' $? 1
grep -q "V00 /instanceID" "$work/out" || fail 'the instanceID used twice is not shown'

while read -r want args; do
	# shellcheck disable=SC2086
	simulate $args >/dev/null
	same "exit of simulate $args" $? "$want"
done <<LIST
2 --seed 1
2 --plan $plan
2 --plan $plan --wave x --seed 1
2 --plan $plan --seed 1 --n 0
2 --plan $plan --seed 1 --n 1x
2 --plan $plan --seed 1 more
2 --plan $work/none --seed 1
2 --plan tests/service/simulate.sh --seed 1
1 --plan $plan --seed 1 --out $work/none/x
LIST
check "$work/none"
same 'exit of --check without the file' $? 2
"$bin/phieu-upload" --check "$work/one" >/dev/null 2>&1
same 'exit of --check without a plan' $? 2
"$bin/phieu-upload" --help | grep 'Exit status' >/dev/null || fail 'no help'
exit $bad
