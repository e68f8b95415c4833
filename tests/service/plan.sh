#!/bin/bash
# phieu plan check, load, show, diff as a person at a terminal meets them.
set -euo pipefail
cd "$(dirname "$0")/../.."
[ -n "${PHIEU_TEST_SOCKET:-}" ] || exec tests/with_pg.sh "$0" "$@"
phieu=${PHIEU_BIN:-$PWD/build/debug}/phieu
export PHIEU_DATABASE_URL=$PHIEU_TEST_DB
export PHIEU_DATABASE_URL_SERVER="host=$PHIEU_TEST_SOCKET dbname=phieu user=phieu_server"
plan=collector/plans/lai-chau-2020.json
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
failed=0
fail() {
	echo "plan.sh: $1"
	failed=1
}
# runs phieu plan …; output in $dir/out and $dir/err; wants an exit code
run() {
	local want=$1 code=0
	shift
	"$phieu" plan "$@" >"$dir/out" 2>"$dir/err" || code=$?
	[ $code -eq "$want" ] || { fail "plan $*: exit $code, not $want"; cat "$dir/err"; }
}
says() { grep -qF -- "$2" "$dir/$1" || { fail "no \"$2\" in $1:"; cat "$dir/$1"; }; }

run 0 check $plan
says out '533 + 660 = 1.193'
says out 'không có lỗi'
run 0 check $plan --json
[ "$(jq -c '[.valid, .sheets, .trial, .n_faults]' "$dir/out")" = '[true,1193,true,0]' ] ||
	fail "check --json: $(cat "$dir/out")"
run 0 check - <$plan

jq '.groups[2].quota.rule = "15 × 21" | del(.decisions.D5) | .wave.naem = 1' $plan >"$dir/bad.json"
run 1 check "$dir/bad.json"
says err '15 × 21 bằng 315, tổng ghi là 300'
says err '15 × 21 makes 315, the total is 300'
says err '/decisions/D5'
says err '/wave/naem'
says err '3 lỗi'
run 1 check "$dir/bad.json" --json
[ "$(jq -c '[.faults[].code]' "$dir/out")" = '["P29","P20","P04"]' ] ||
	fail "faults of check --json: $(cat "$dir/out")"
run 1 load "$dir/bad.json" --reason 'thử'
printf '{"a":1,"a":2}' >"$dir/twice.json"
run 1 check "$dir/twice.json"
says err twice.json
run 1 check "$dir/twice.json" --json
[ "$(jq -c '[.valid, .n_faults, (.error | contains("duplicate key"))]' "$dir/out")" = '[false,0,true]' ] ||
	fail "check --json of no JSON: $(cat "$dir/out")"
run 1 check "$dir/none.json"
run 2 check
run 2 load $plan
says err '--reason'

run 0 load $plan --reason 'nạp lần đầu'
says out 'phiên bản 1'
run 0 load $plan --reason 'nạp lại'
says out 'không đổi'
jq '.groups[0].quota += {rule: "26", total: 26, each: 26}' $plan >"$dir/next.json"
run 0 load "$dir/next.json" --reason 'bầu bổ sung' --by kiem-tra --json
[ "$(jq -c '[.wave, .version, .changed, .sheets]' "$dir/out")" = '["lai-chau-2020",2,true,1194]' ] ||
	fail "load --json: $(cat "$dir/out")"
run 0 show lai-chau-2020
says out 'Phiên bản 2'
says out '534 + 660 = 1.194'
run 0 show lai-chau-2020 --json
jq -e '.groups[0].quota.total == 26' "$dir/out" >/dev/null || fail 'show --json'
run 1 show khong-co
says err khong-co
run 0 diff $plan lai-chau-2020
says out '~ /groups/hdnd-tinh/quota/rule: "25" -> "26"'
[ "$(wc -l <"$dir/out")" = 3 ] || { fail 'diff has other lines:'; cat "$dir/out"; }
run 0 diff lai-chau-2020 "$dir/next.json"
says out 'Không khác nhau'
run 1 diff $plan "$dir/bad.json"
# a database without our tables: said in our words, not in PostgreSQL's
empty="host=$PHIEU_TEST_SOCKET dbname=template1 user=phieu_server"
for command in 'plan show' 'progress --wave' 'simulate --seed x --wave'; do
	code=0
	# shellcheck disable=SC2086
	PHIEU_DATABASE_URL_SERVER=$empty "$phieu" $command lai-chau-2020 >"$dir/out" 2>"$dir/err" || code=$?
	[ $code -eq 1 ] || fail "$command of an empty database: exit $code"
	says err 'phieu db migrate'
done

# ---- many in one go: every line is answered, as a process of its own would be
many() { # exit code, then phieu batch …; lines from standard input
	local want=$1 code=0
	shift
	"$phieu" batch "$@" >"$dir/out" 2>"$dir/err" || code=$?
	[ $code -eq "$want" ] || fail "batch $*: exit $code, not $want: $(cat "$dir/out" "$dir/err")"
}
lines() { [ "$(jq -c "$1" "$dir/out" | paste -sd' ')" = "$2" ] || fail "batch: not $2: $(cat "$dir/out")"; }
cat >"$dir/many" <<X
["plan", "show", "lai-chau-2020"]

["plan", "check", "$dir/bad.json"]
["plan", "check", "-"]
["db", "migrate"]
["plan", "diff", "lai-chau-2020"]
{"plan": "show"}
["plan", 1]
["up"]
["batch"]
[]
["plan", "show", "lai-chau-2020"
["plan", "show", "lai-chau-2020"]
X
many 3 --keep-going <"$dir/many"
lines '[.line, .exit]' '[1,0] [3,1] [4,1] [5,0] [6,2] [7,2] [8,2] [9,2] [10,2] [11,2] [12,2] [13,0]'
[ "$(jq -r 'select(.line == 1).out' "$dir/out")" = "$("$phieu" plan show lai-chau-2020)" ] || fail 'batch: another plan'
[ "$(jq -r 'select(.line == 3).err' "$dir/out")" = "$("$phieu" plan check "$dir/bad.json" 2>&1)" ] ||
	fail 'batch: other faults'
says out 'not in a batch'
many 1 "$dir/many" # ends at the first that fails, with its code
lines .line '1 3'
many 0 </dev/null
many 1 "$dir/none"
many 2 a b
head -c 1100000 /dev/zero | tr '\0' ' ' >"$dir/wide"
echo '["db"]' >>"$dir/wide"
many 2 - <"$dir/wide"
# a connection that is lost between two commands is made again
{
	sleep 0.2
	echo '["plan", "show", "lai-chau-2020"]'
	sleep 1
	psql -qXAt "$PHIEU_TEST_SUPER" -o /dev/null -c "SELECT pg_terminate_backend(pid)
		FROM pg_stat_activity WHERE application_name = 'phieu'"
	echo '["plan", "show", "lai-chau-2020"]'
} | many 0
lines .exit '0 0'

exit $failed
