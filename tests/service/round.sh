#!/bin/bash
# A round of assessment: its document, calendar and steps, and units that
# assess themselves by Excel, by a wide table and by hand.
set -euo pipefail
cd "$(dirname "$0")/../.."
# half past one in the morning of 11 March 2024 in Việt Nam: UTC has another day
[ -n "${PHIEU_TEST_SOCKET:-}" ] || PHIEU_TEST_CLOCK='2024-03-10 18:30:00' exec tests/with_pg.sh "$0" "$@"
bin=${PHIEU_BIN:-$PWD/build/debug}
phieu=$bin/phieu
dir=$(mktemp -d /tmp/phieu-round.XXXXXX)
trap 'rm -rf "$dir"' EXIT
failed=0 n=0
fail() {
	echo "round.sh: $1"
	failed=1
}
# usage: expect TEXT NAME COMMAND… : it succeeds and says TEXT
expect() {
	local text=$1 name=$2
	shift 2
	n=$((n + 1))
	"$@" >"$dir/out" 2>&1 || fail "$name: exit $?: $(cat "$dir/out")"
	[ -z "$text" ] || grep -qF -- "$text" "$dir/out" ||
		fail "$name: no \"$text\" in: $(cat "$dir/out")"
}
# usage: refuse TEXT NAME COMMAND… : it fails and says TEXT
refuse() {
	local text=$1 name=$2
	shift 2
	n=$((n + 1))
	if "$@" >"$dir/out" 2>&1; then fail "$name: taken: $(cat "$dir/out")"; fi
	[ -z "$text" ] || grep -qF -- "$text" "$dir/out" ||
		fail "$name: no \"$text\" in: $(cat "$dir/out")"
}
sql() { psql -qXAt "$PHIEU_TEST_DB" -c "$1"; }

export PHIEU_DATABASE_URL=$PHIEU_TEST_DB
export PHIEU_DATABASE_URL_SERVER="host=$PHIEU_TEST_SOCKET dbname=phieu user=phieu_server"
export PHIEU_DATABASE_URL_AUDITOR="host=$PHIEU_TEST_SOCKET dbname=phieu user=phieu_auditor"
day() { date -u -d "2024-03-11 $1" +%F; }

# ---- the document: the example, with days about today
doc=docs/examples/round-ha-nam-2023.json
expect 'không có lỗi' 'the example is in order' "$phieu" round check "$doc"
jq --arg a "$(day '-10 days')" --arg b "$(day '+5 days')" --arg late "$(day '-3 days')" '
	.calendar |= map(if .code == "4" then .opens = $a | .due = $b
		elif .code == "3" then .due = $late | .opens = $a else . end)' \
	"$doc" >"$dir/round.json"
expect 'phiên bản 1' 'loading' "$phieu" round load "$dir/round.json" --reason thử
expect 'không đổi' 'loading again changes nothing' "$phieu" round load "$dir/round.json" --reason thử
expect 'ha-nam-2023' 'the list' "$phieu" round list
jq '.assignments += [{"office":"so-tai-chinh","node":"1","role":"lead"}]' "$dir/round.json" >"$dir/bad.json"
refuse '/assignments/9' 'two offices lead one field' "$phieu" round check "$dir/bad.json"
jq 'del(.assignments[0])' "$dir/round.json" >"$dir/bad.json"
refuse 'R11' 'a criterion nobody appraises' "$phieu" round check "$dir/bad.json"
jq '.calendar[3].due = "2023-02-30"' "$dir/round.json" >"$dir/bad.json"
refuse '/calendar/3/due' 'a day that does not exist' "$phieu" round check "$dir/bad.json"
jq '.index.criteria[0].maximum = "11"' "$dir/round.json" >"$dir/bad.json"
refuse '/index/criteria/0' 'children that do not add' "$phieu" round check "$dir/bad.json"
jq '.round.wave = "khong-co"' "$dir/round.json" >"$dir/bad.json"
refuse 'khong-co' 'a wave that is not there' "$phieu" round load "$dir/bad.json" --reason thử

# ---- the calendar
expect 'TRỄ HẠN' 'what is late' "$phieu" round calendar ha-nam-2023 --late
[ "$(grep -c 'TRỄ HẠN' "$dir/out")" -ge 3 ] || fail "late tasks: $(cat "$dir/out")"
expect 'Sở Nội vụ' 'and whose' "$phieu" round calendar ha-nam-2023 --late
expect 'đang mở' 'steps' "$phieu" round calendar ha-nam-2023
expect 'BEGIN:VEVENT' 'reminders' "$phieu" round calendar ha-nam-2023 --ics
expect '"days_late":3' 'for programs' "$phieu" round calendar ha-nam-2023 --json
expect '' 'a task is done' "$phieu" round task ha-nam-2023 3 --state done --note 'đã ban hành'
"$phieu" round calendar ha-nam-2023 --late | grep -q '^3 ' && fail 'what is done is late still'
refuse 'không có nhiệm vụ' 'no such task' "$phieu" round task ha-nam-2023 99 --state done
refuse '' 'no such state' "$phieu" round task ha-nam-2023 3 --state maybe
refuse 'past' 'a day gone by' "$phieu" round step ha-nam-2023 appraise --until "$(day '-1 days')" --reason x
expect '' 'opening by an act' "$phieu" round step ha-nam-2023 appraise --until "$(day '+2 days')" --reason 'lũ lụt'
expect 'lũ lụt' 'the act shows' "$phieu" round calendar ha-nam-2023

# ---- by Excel
self() { "$phieu" self "$@" --round ha-nam-2023; }
expect '' 'a template' self template --unit so-tu-phap --out "$dir/t.xlsx"
expect '0 rows read' 'an empty one is read' self import "$dir/t.xlsx" --dry-run
cat >"$dir/one.csv" <<'C'
Mã;Nội dung;Điểm tự chấm;Không áp dụng (x);Ghi chú, giải trình
1;Lĩnh vực;9,5;;
1.1;;3,75;;đủ
1.2;;2,5;;
1.3;;3;;
2.1;;4,333;;
2.2;;;x;không có nhiệm vụ này
C
expect 'ghi (typed) 9,5, cộng lại (adds to) 9,25' 'a typed sum that does not add is listed' \
	self import "$dir/one.csv" --unit so-tu-phap --dry-run
[ "$(sql 'SELECT count(*) FROM assess.item')" = 0 ] || fail 'a dry run stored something'
expect '6 rows stored' 'a table of one unit' self import "$dir/one.csv" --unit so-tu-phap
expect '4,333' 'what was stored' self show --unit so-tu-phap
refuse 'S16' 'the same file again is stale' self import "$dir/one.csv" --unit so-tu-phap
sed 's/3,75/3,8/; s/2,5;/99;/; s/^2.2/2.9/' "$dir/one.csv" >"$dir/bad.csv"
refuse 'S07' 'a step of a quarter' self import "$dir/bad.csv" --unit so-tu-phap
grep -q 'S06' "$dir/out" && grep -q 'S10' "$dir/out" || fail "all faults at once: $(cat "$dir/out")"
printf 'Mã;Điểm tự chấm\n1.1;1,5\n1.2;1.5\n' >"$dir/bad.csv"
refuse 'S02' 'both decimal marks' self import "$dir/bad.csv" --unit so-tu-phap
printf 'Mã;Điểm tự chấm\n9.1;5\n' >"$dir/bad.csv"
refuse 'S04' 'survey points cannot be typed' self import "$dir/bad.csv" --unit so-tu-phap
printf 'Mã;Điểm tự chấm\n9.2;5\n' >"$dir/bad.csv"
refuse 'S04' 'nor can satisfaction' self import "$dir/bad.csv" --unit so-tu-phap
refuse 'S14' 'whose file it is' self import "$dir/one.csv"
expect '' 'filled in before' self template --unit so-tu-phap --out "$dir/t2.xlsx"
refuse 'S13' 'a file of another unit' self import "$dir/t2.xlsx" --unit so-tai-chinh
expect 'rows stored' 'the workbook comes back with its versions' self import "$dir/t2.xlsx"
refuse 'S16' 'and is stale the second time' self import "$dir/t2.xlsx"

# ---- many units in one table
{
	echo 'TT,Đơn vị,1.1,1.2,1.3,Tổng'
	echo '1,Sở Tài chính,4,3,3,10'
	echo '2,Sở Khoa học và Công nghệ,3.5,.25,2.5,7.25'
} >"$dir/wide.csv"
expect 'Sở Khoa học và Công nghệ TỔNG: ghi (typed) 7,25, cộng lại (adds to) 6,25, hàng (row) 3' \
	'the row that does not add' self import "$dir/wide.csv" --dry-run
[ "$(grep -c 'không khớp' "$dir/out")" = 1 ] || fail "one row only: $(cat "$dir/out")"
expect '6 rows stored' 'many units' self import "$dir/wide.csv"
sed -i 's/Sở Tài chính/Sở Không Có/' "$dir/wide.csv"
refuse 'S11' 'a unit that is not there' self import "$dir/wide.csv"

# ---- by hand, evidence, explanation
expect '' 'one item' self set --unit so-tai-chinh --criterion 6.1 --points 7.5 --note 'theo báo cáo'
refuse 'S06' 'too many points' self set --unit so-tai-chinh --criterion 6.1 --points 9
refuse 'S04' 'a field is a sum' self set --unit so-tai-chinh --criterion 6 --points 1
printf '%%PDF-1.4 mẫu' >"$dir/kế hoạch.pdf"
printf 'khác' >"$dir/other"
expect 'application/pdf' 'evidence' self evidence add "$dir/kế hoạch.pdf" --unit so-tai-chinh --criterion 6.1
expect 'there already' 'the same twice' self evidence add "$dir/kế hoạch.pdf" --unit so-tai-chinh --criterion 6.1
mkdir "$dir/x" && cp "$dir/other" "$dir/x/kế hoạch.pdf"
refuse 'đã có tệp khác tên' 'another content under its name' \
	self evidence add "$dir/x/kế hoạch.pdf" --unit so-tai-chinh --criterion 6.1
refuse 'no criterion' 'for no criterion' self evidence add "$dir/other" --unit so-tai-chinh --criterion 77
expect 'kế hoạch.pdf' 'the list of it' self evidence list --unit so-tai-chinh
number=$(awk '/hoạch/ { print $1 }' "$dir/out")
expect '' 'taking it out' self evidence get "$number" --unit so-tai-chinh --out "$dir/back"
cmp "$dir/kế hoạch.pdf" "$dir/back" || fail 'evidence comes back changed'
refuse '' 'another unit has it not' self evidence get "$number" --unit so-tu-phap --out "$dir/back"
expect '' 'taken away' "$phieu" self evidence remove "$number"
refuse '' 'once only' "$phieu" self evidence remove "$number"
[ "$(sql 'SELECT count(*) FROM assess.evidence_content')" = 1 ] || fail 'the bytes of evidence did not stay'
echo 'Báo cáo giải trình' >"$dir/explain.txt"
expect '' 'the explanation' self explain "$dir/explain.txt" --unit so-tai-chinh

# ---- handed in, reopened, closed
expect '' 'handing in' self submit --unit so-tai-chinh
refuse 'handed in' 'what is handed in stays' self set --unit so-tai-chinh --criterion 6.1 --points 7
refuse 'handed in' 'evidence too' self evidence add "$dir/other" --unit so-tai-chinh --criterion 6.1
expect 'submitted' 'the list of units' self list
expect '' 'reopening' self reopen --unit so-tai-chinh --reason 'nhầm số'
expect '' 'and changing' self set --unit so-tai-chinh --criterion 6.1 --points 7
expect '' 'closing the step' "$phieu" round step ha-nam-2023 self-assess --close --reason 'hết hạn'
refuse 'is not open' 'after the step nobody drafts' self set --unit so-mau-7 --criterion 6.1 --points 7
expect '' 'what was reopened may be mended' self set --unit so-tai-chinh --criterion 6.1 --points 7.25

# every change stands with who, from, to
[ "$(sql "SELECT string_agg(was || '>' || becomes, ' ' ORDER BY change) FROM assess.change
	JOIN assess.node USING (round, node) WHERE code = '6.1' AND what = 'self' AND was IS NOT NULL")" = \
	'7.500000>7.000000 7.000000>7.250000' ] || fail "changes: $(sql 'SELECT * FROM assess.change')"
"$phieu" audit verify >"$dir/out" 2>&1 || fail "audit verify: $(cat "$dir/out")"

# ---- the set is replaced within the year: what is gone stays, marked
jq '.index.criteria[1].children[1] = {"code":"2.3","name":"Mới (mẫu)","maximum":"5","source":"assessed"}
	| .replaced = [{"from":"2.2","to":"2.3"}]' "$dir/round.json" >"$dir/next.json"
expect 'phiên bản 2' 'the next version' "$phieu" round load "$dir/next.json" --reason 'QĐ thay thế'
[ "$(sql "SELECT in_force, replaced_by FROM assess.node WHERE code = '2.2'")" = 'f|2.3' ] || fail 'the replaced criterion'
[ "$(sql "SELECT self_na FROM assess.item JOIN assess.node USING (round, node) WHERE code = '2.2'")" = t ] ||
	fail 'what was said of the old criterion is gone'
expect '4,333' 'the rest stands' self show --unit so-tu-phap
echo "N=$n acts of a round, each as it should be"
exit $failed
