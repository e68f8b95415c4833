#!/bin/bash
# S20: the end of a wave's fieldwork side: what tells who brought which sheet is gone,
# from the files too; numbers, frozen answers and the log stand as before.
set -euo pipefail
cd "$(dirname "$0")/../.."
bin=${PHIEU_BIN:-$PWD/build/debug}
plan=collector/plans/lai-chau-2020.json wave=lai-chau-2020
dir=$(mktemp -d /tmp/phieu-retention.XXXXXX)
chmod 755 "$dir"
up_pid=
cleanup() {
	local code=$?
	[ -z "$up_pid" ] || kill -TERM "$up_pid" 2>/dev/null || true
	[ -z "$up_pid" ] || wait "$up_pid" 2>/dev/null || true
	[ $code -eq 0 ] || tail -n 30 "$dir/up.err" || true
	rm -rf "$dir"
	exit $code
}
trap cleanup EXIT
fail() { echo "retention.sh: $1"; exit 1; }
phieu() { "$bin/phieu" "$@"; }
# exit code, pattern of the message, command
refused() {
	local want=$1 words=$2 got=0
	shift 2
	phieu "$@" >"$dir/out" 2>"$dir/err" || got=$?
	[ $got -eq "$want" ] || fail "phieu $*: exit $got, not $want: $(cat "$dir/err")"
	grep -q "$words" "$dir/err" || fail "phieu $*: $(cat "$dir/err")"
}
sql() { "$(pg_config --bindir)/psql" -qXAt "host=$dir/state/sock user=phieu_owner dbname=phieu" -c "$1"; }

export PHIEU_STATE_DIR="$dir/state"
"$bin/phieu" up --dir "$dir/state" --plan $plan --simulate 500 --json >"$dir/ready" 2>"$dir/up.err" &
up_pid=$!
for _ in $(seq 900); do
	[ ! -s "$dir/ready" ] || break
	kill -0 "$up_pid" 2>/dev/null || fail 'up ended'
	sleep 0.1
done
[ -s "$dir/ready" ] || fail 'not ready in time'
phieu plan load collector/plans/two-level-example.json --reason test >/dev/null
destroy() { phieu retention destroy --wave "$1" --confirm "$1" --reason 'hết hạn lưu giữ'; }

# every table of a wave goes or stays for a reason that is written down
[ "$(sql 'SELECT count(*) FROM field.wave_tables()')" -gt 15 ] || fail 'few tables go'
[ "$(sql "SELECT count(*) FROM field.kept_table WHERE to_regclass(name) IS NULL OR why = ''")" = 0 ] ||
	fail 'a table that is not there is kept'
kept=$(sql "SELECT string_agg(k.name || '.' || a.attname, ' ') FROM field.kept_table AS k JOIN pg_attribute AS a
	ON a.attrelid = to_regclass(k.name) WHERE a.attname IN ('sheet', 'instance', 'response', 'person', 'answers', 'raw')")
[ -z "$kept" ] || fail "what is kept holds $kept"

[ "$(sql "SELECT count(*) FROM pg_trigger WHERE tgrelid IN (SELECT field.wave_tables()) AND NOT tgisinternal
	AND tgtype & 8 <> 0")" = 0 ] || fail 'a table that goes has a trigger that may refuse'

refused 2 "wave's code once more" retention destroy --wave $wave --reason x --confirm other
refused 2 "wave's code once more" retention destroy --wave $wave --confirm $wave
refused 2 'no such wave' retention destroy --wave none --reason x --confirm none
refused 1 'nothing would be left' retention destroy --wave $wave --reason x --confirm $wave
phieu freeze --wave $wave --reason test >/dev/null
phieu publish --wave $wave --reason test >/dev/null
sql "UPDATE plan.wave SET state = 'frozen' WHERE code <> '$wave'"
other=$(sql "SELECT code FROM plan.wave WHERE code <> '$wave'")
refused 1 'retention date is not reached' retention destroy --wave "$other" --reason x --confirm "$other"

mark=$(sql "SELECT instance FROM field.response WHERE counted ORDER BY instance LIMIT 1")
in_files() { # what memory holds is written out first
	"$(pg_config --bindir)/psql" -qX "host=$dir/state/sock user=phieu_super dbname=phieu" -c CHECKPOINT
	find "$dir/state" -path '*/base/*' -type f -exec grep -laF -- "$mark" {} + | wc -l
}
[ "$(in_files)" -gt 0 ] || fail 'no sheet is found in the files of the database: the look is blind'
phieu progress --wave $wave --json >"$dir/progress"
phieu score --wave $wave --json >"$dir/score"

# a log that does not hold is not covered up
sql "CREATE TABLE field.aside AS SELECT * FROM field.response WHERE instance = '$mark';
	DELETE FROM field.response WHERE instance = '$mark'" 2>/dev/null
refused 1 'the log is not' retention destroy --wave $wave --reason x --confirm $wave
sql "INSERT INTO field.response SELECT * FROM field.aside; DROP TABLE field.aside"

destroy $wave >"$dir/done"
grep -q '^field.raw ' "$dir/done" || fail "$(cat "$dir/done")"
grep -q 'fieldwork side destroyed' "$dir/done" || fail "$(cat "$dir/done")"
for t in $(sql 'SELECT * FROM field.wave_tables()'); do
	[ "$(sql "SELECT count(*) FROM $t AS t JOIN plan.wave AS w USING (wave) WHERE w.code = '$wave'")" = 0 ] || fail "$t has rows"
done
[ "$(in_files)" -eq 0 ] || fail 'a sheet is still in the files of the database'
phieu progress --wave $wave --json >"$dir/progress2"
cmp "$dir/progress" "$dir/progress2" || fail 'progress is another'
phieu score --wave $wave --json >"$dir/score2"
cmp "$dir/score" "$dir/score2" || fail 'scores are others'
phieu verify --wave $wave >/dev/null || fail 'results do not verify'
phieu audit verify >"$dir/audit" || fail "$(cat "$dir/audit")"
grep -q 'destroyed by a recorded act 1' "$dir/audit" || fail "$(cat "$dir/audit")"
phieu retention list >"$dir/list"
grep -q "$wave.*2021-12-31" "$dir/list" || fail "$(cat "$dir/list")"
refused 1 'destroyed already' retention destroy --wave $wave --reason x --confirm $wave
refused 1 'no new freeze' freeze --wave $wave --reason x
