#!/bin/bash
# The index of a round, from what units, offices, the council and a wave said
# to a publication, a correction and its verification; totals are added up
# again here in fractions, not with our own code.
set -euo pipefail
cd "$(dirname "$0")/../.."
# half past one in the morning of 11 March 2024 in Việt Nam: UTC has another day
[ -n "${PHIEU_TEST_SOCKET:-}" ] || PHIEU_TEST_CLOCK='2024-03-10 18:30:00' exec tests/with_pg.sh "$0" "$@"
bin=${PHIEU_BIN:-$PWD/build/debug}
phieu=$bin/phieu
dir=$(mktemp -d /tmp/phieu-result.XXXXXX)
trap 'rm -rf "$dir"' EXIT
failed=0
fail() {
	echo "round_result.sh: $1"
	failed=1
}
is() { [ "$2" = "$3" ] || fail "$1: '$2', not '$3'"; }
sql() { psql -qXAt -v ON_ERROR_STOP=1 "$PHIEU_TEST_DB" -c "$1"; }
refuse() { # words, command…
	local words=$1
	shift
	if "$@" >"$dir/out" 2>&1; then fail "taken: $*"; fi
	grep -qF -- "$words" "$dir/out" || fail "$*: no \"$words\" in $(cat "$dir/out")"
}
export PHIEU_DATABASE_URL=$PHIEU_TEST_DB
export PHIEU_DATABASE_URL_SERVER="host=$PHIEU_TEST_SOCKET dbname=phieu user=phieu_server"
export PHIEU_DATABASE_URL_AUDITOR="host=$PHIEU_TEST_SOCKET dbname=phieu user=phieu_auditor"
today=2024-03-11

# two units, the criteria of Hà Nam's example; survey points from a wave whose
# release is put there by hand
"$phieu" plan load collector/plans/lai-chau-2020.json --reason thử >/dev/null
jq '.round.wave = "lai-chau-2020"
	| .index.units = [.index.units[1], .index.units[2], {"code":"so-ngoai-vu","name":"Sở mẫu","kind":"so"}]
	| .offices[].unit = null | del(.offices[].unit)' \
	docs/examples/round-ha-nam-2023.json >"$dir/r.json"
unit=$(jq -r '[.units[] | select(.kind != null)][0].code' collector/plans/lai-chau-2020.json)
other=$(jq -r '[.units[] | select(.kind != null)][1].code' collector/plans/lai-chau-2020.json)
jq --arg u "$unit" --arg o "$other" '.index.units[0].code = $u | .index.units[1].code = $o
	| .index.units |= .[:2]' "$dir/r.json" >"$dir/round.json"
"$phieu" round load "$dir/round.json" --reason thử >"$dir/out" 2>&1 || fail "load: $(cat "$dir/out")"
R=ha-nam-2023
for s in self-assess appraise council publish; do
	"$phieu" round step $R $s --until "$today" --reason thử
done
sql "INSERT INTO publish.snapshot (wave, snapshot, freeze_no, method, content, sha256, made_by)
	SELECT w, 1, 1, 'm', '{}', sha256('{}'), 'thử' FROM (SELECT wave AS w FROM plan.wave) AS x" 2>/dev/null || {
	sql "INSERT INTO frozen.freeze (wave, freeze_no, plan_version, simulated, n_responses, n_ratings,
			content_sha256, reason, frozen_by, frozen_on)
		SELECT wave, 1, 1, true, 0, 0, sha256(''), 'thử', 'thử', current_date FROM plan.wave"
	sql "INSERT INTO publish.snapshot (wave, snapshot, freeze_no, method, content, sha256, made_by)
		SELECT wave, 1, 1, 'm', '{}', sha256('{}'), 'thử' FROM plan.wave"
}
sql "INSERT INTO publish.release (wave, release, snapshot, kind, reason, released_by)
	SELECT wave, 1, 1, 'trial', 'thử', 'thử' FROM plan.wave"
sql "INSERT INTO publish.component (wave, release, unit, criterion, points, points_exact, maximum, standard_error)
	SELECT u.wave, 1, u.unit, c.c, c.p, c.x, c.m, 0.25 FROM plan.unit AS u,
		(VALUES ('9.1', '11.33', '34/3', '15'), ('9.2', '8.25', '33/4', '10')) AS c (c, p, x, m)
	WHERE u.code IN ('$unit', '$other')"

# ---- nothing appraised yet: a draft, incomplete, not to be published
"$phieu" round compute $R >"$dir/out" 2>&1 && fail 'an incomplete index is told as done'
grep -q 'chưa đủ' "$dir/out" || fail "a draft: $(cat "$dir/out")"
refuse 'chưa đủ điểm' "$phieu" round publish $R --result 1 --decision QĐ --reason r

# ---- both units hand in, everything is appraised
leaves=$(jq -r '.index.criteria[].children[] | select(.source == "assessed") | .code + " " + .maximum' "$dir/round.json")
{
	echo 'Đơn vị,'"$(echo "$leaves" | cut -d' ' -f1 | paste -sd,)"
	jq -r '.index.units[0].name' "$dir/round.json" | tr '\n' ','
	echo "$leaves" | cut -d' ' -f2 | paste -sd,
	jq -r '.index.units[1].name' "$dir/round.json" | tr '\n' ','
	echo "$leaves" | awk '{ printf "%s%s", (NR > 1 ? "," : ""), $2 / 2 }'
	echo
} >"$dir/wide.csv"
"$phieu" self import "$dir/wide.csv" --round $R >"$dir/out" 2>&1 || fail "import: $(cat "$dir/out")"
for u in "$unit" "$other"; do
	"$phieu" self submit --round $R --unit "$u" >/dev/null
	while read -r code _; do
		field=${code%%.*}
		office=$(jq -r --arg f "$field" '.assignments[] | select(.node == $f and .role == "lead") | .office' "$dir/round.json")
		"$phieu" appraise accept --round $R --office "$office" --unit "$u" --criterion "$code" >/dev/null ||
			fail "accept $u $code"
	done <<<"$leaves"
done
"$phieu" appraise correct --round $R --office so-tu-phap --unit "$unit" --criterion 2.1 --points 4.4 --reason 'thiếu' >/dev/null
"$phieu" council member --round $R --body council --name A --position CT --basis QĐ >/dev/null
"$phieu" council meeting --round $R --body council --held "$today" --present A --minutes bb >/dev/null
"$phieu" council rule --round $R --meeting 1 --unit "$unit" --criterion 2.2 --points 4.15 --reason 'theo biên bản' >/dev/null
"$phieu" deduct add --round $R --unit "$other" --points 0.5 --reason 'chậm' --document CV >/dev/null
"$phieu" deduct add --round $R --unit "$other" --points 3 --reason 'nhầm' --document CV >/dev/null
"$phieu" deduct cancel --round $R --deduction 2 --reason 'nhầm' >/dev/null
"$phieu" round compute $R >"$dir/out" 2>&1 || fail "compute: $(cat "$dir/out")"

# the same sums in fractions, rounded half up
total=$(echo "$leaves" | awk '{ s += $2 } END { print s }')
exactly() {
	python3 -c 'import sys; from fractions import Fraction as F; from math import floor
x = eval(sys.argv[1]); n = floor(x * 100 + F(1, 2)); print(f"{n // 100}.{n % 100:02}")' "$1"
}
want1=$(exactly "F($total) - F(6, 10) - F(85, 100) + F(34, 3) + F(33, 4)")
want2=$(exactly "F($total) / 2 + F(34, 3) + F(33, 4) - F(1, 2)")
"$phieu" round result $R >"$dir/result.json"
got() { jq -r --arg u "$1" '.units[] | select((.unit // .code) == $u) | (.published // .total.published)' "$dir/result.json"; }
is "total of $unit" "$(got "$unit" | sed -E 's/^([0-9]+)$/\1.00/; s/(\.[0-9])$/\10/')" "$want1"
is "total of $other" "$(got "$other" | sed -E 's/^([0-9]+)$/\1.00/; s/(\.[0-9])$/\10/')" "$want2"
"$phieu" round compute $R >"$dir/out" 2>&1
grep -q 'kết quả số 2 ' "$dir/out" || fail "nothing changed, a new result: $(tail -1 "$dir/out")"
"$phieu" round input $R | "$phieu" index - --explain "$unit/9.1" >"$dir/out" 2>&1 || fail "explain: $(cat "$dir/out")"
grep -q 'lai-chau-2020/1' "$dir/out" || fail "where survey points come from: $(cat "$dir/out")"

# ---- published, verified, corrected
refuse 'chưa đủ điểm' "$phieu" round publish $R --result 1 --decision QĐ --reason r
refuse 'không có kết quả' "$phieu" round publish $R --result 9 --decision QĐ --reason r
"$phieu" round publish $R --result 2 --decision 'QĐ 1/QĐ-UBND' --reason 'công bố' >"$dir/out" || fail "publish: $(cat "$dir/out")"
grep -q 'mẫu thử' "$dir/out" || fail 'a trial is published as official'
refuse 'đã công bố' "$phieu" round publish $R --result 2 --decision QĐ --reason r
"$phieu" round verify $R --result 2 >"$dir/out" || fail "verify: $(cat "$dir/out")"
jq '.round.name = "khác"' "$dir/round.json" >"$dir/next.json"
refuse 'đã công bố' "$phieu" round load "$dir/next.json" --reason x
"$phieu" council rule --round $R --meeting 1 --unit "$unit" --criterion 2.2 --points 5 --reason 'đính chính' >/dev/null
"$phieu" round compute $R >/dev/null
"$phieu" round publish $R --result 3 --decision 'QĐ 2/QĐ-UBND' --reason 'đính chính mục 2.2' >/dev/null
is releases "$(sql "SELECT string_agg(release || '>' || coalesce(supersedes::text, ''), ' ' ORDER BY release)
	FROM assess.release")" '1> 2>1'
"$phieu" round results $R | grep 'QĐ 2/QĐ-UBND' >/dev/null || fail 'the list of results'
"$phieu" round verify $R --result 2 >/dev/null || fail 'the superseded result verifies no more'

# a changed number shows
psql -qXAt "$PHIEU_TEST_SUPER" -c "SET session_replication_role = replica; ALTER TABLE assess.result DROP CONSTRAINT result_check1;
	UPDATE assess.result SET content = replace(content, '\"4.15\"', '\"4.16\"') WHERE result = 2" >/dev/null
refuse 'không khớp' "$phieu" round verify $R --result 2
"$phieu" audit verify >"$dir/out" 2>&1 || fail "audit verify: $(cat "$dir/out")"
exit $failed
