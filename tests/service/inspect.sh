#!/bin/bash
# A year of inspections as Thanh Hóa planned it for 2023, from the plan to the
# last measure, by the command line: what is late and whose, what units and
# appraisers see, every refusal by its rule, the conclusion on paper.
set -euo pipefail
cd "$(dirname "$0")/../.."
# half past one in the morning of 11 March 2024 in Việt Nam: UTC has another day
[ -n "${PHIEU_TEST_SOCKET:-}" ] || PHIEU_TEST_CLOCK='2024-03-10 18:30:00' exec tests/with_pg.sh "$0" "$@"
bin=${PHIEU_BIN:-$PWD/build/debug}
dir=$(mktemp -d /tmp/phieu-inspect.XXXXXX)
trap 'rm -rf "$dir"' EXIT
failed=0 n=0
fail() {
	echo "inspect.sh: $1"
	failed=1
}
R=thanh-hoa-2023
say() { # exit code, text, command…
	local want=$1 text=$2 rc=0
	shift 2
	n=$((n + 1))
	"$bin/phieu" "$@" >"$dir/out" 2>&1 || rc=$?
	[[ $rc =~ ^$want$ ]] || fail "$*: exit $rc, wanted $want: $(cat "$dir/out")"
	[ -z "$text" ] || grep -qF -- "$text" "$dir/out" || fail "$*: no \"$text\" in: $(cat "$dir/out")"
}
ok() { say 0 "$1" inspect "${@:2}" --round $R; }
no() { say '[12]' "$1" inspect "${@:2}" --round $R; }
rows() { grep -c -- "$1" "$dir/out" || true; }
sql() { psql -qXAt "$PHIEU_TEST_DB" -c "$1"; }
export PHIEU_DATABASE_URL=$PHIEU_TEST_DB
export PHIEU_DATABASE_URL_SERVER="host=$PHIEU_TEST_SOCKET dbname=phieu user=phieu_server"
export PHIEU_DATABASE_URL_AUDITOR="host=$PHIEU_TEST_SOCKET dbname=phieu user=phieu_auditor"

# ---- the plan: as printed it names no team yet, those come by decision
doc=docs/examples/inspect-thanh-hoa-2023.json
round=docs/examples/round-thanh-hoa-2023.json
say 0 '18 đợt kiểm tra' inspect plan check $doc --with $round
say 2 'no round' inspect plan check $doc
say 0 '' round load $round --reason 'thử'
say 0 'mẫu thử' inspect plan check $doc
jq '.teams = []' $doc >"$dir/printed.json"
say 0 'phiên bản 1' inspect plan load "$dir/printed.json" --reason 'kế hoạch năm'
say 0 'không đổi' inspect plan load "$dir/printed.json" --reason 'lần nữa'
jq '.inspections[0].team = "doan-3" | .inspections[1].unit = "khong-co" | del(.plan.documents_days)' $doc >"$dir/bad.json"
say 1 '3 lỗi' inspect plan load "$dir/bad.json" --reason 'sai'
jq '.inspections[3].team = "doan-2"' $doc >"$dir/own.json"
say 1 'K10' inspect plan check "$dir/own.json"
ok 'so-giao-duc' list
[ "$(rows planned)" = 18 ] || fail "planned: $(cat "$dir/out")"
ok 'chưa có ngày kiểm tra' late
[ "$(rows 2023-09-30)" = 6 ] && [ "$(rows 2023-12-31)" = 12 ] || fail "late quarters: $(cat "$dir/out")"
grep -q 'Sở Nội vụ' "$dir/out" || fail 'whose it is'

# ---- teams are set up
no 'K27' schedule --inspection 1 --from 2023-05-10 --form on-site --team doan-1
say 0 'phiên bản 2' inspect plan load $doc --reason 'quyết định thành lập đoàn (mẫu thử)'
say 0 'kế hoạch năm' inspect plan show $R --versions
say 0 '"teams":[]' inspect plan show $R --version 1
say 0 'doan-2' inspect plan show $R
ok 'trưởng đoàn' teams
[ "$(rows ' x ')" -ge 2 ] || grep -q 'x$' "$dir/out" || fail "heads: $(cat "$dir/out")"

# ---- quý II: the first, on site; documents late by a day
no 'K26' schedule --inspection 1 --from 2023-05-10 --team doan-1
no 'K31' schedule --inspection 1 --from 2023-05-10 --to 2023-05-09 --form on-site --team doan-1
no 'K29' schedule --inspection 1 --from 2023-11-10 --form on-site --team doan-1
no 'no such' schedule --inspection 99 --from 2023-05-10 --form on-site --team doan-1
no 'K23' start --inspection 1
ok '2023-05-05' schedule --inspection 1 --from 2023-05-08 --form on-site --team doan-1
no 'K30' schedule --inspection 1 --from 2023-05-10 --to 2023-05-11
no 'somebody changed' schedule --inspection 1 --from 2023-05-10 --to 2023-05-11 --reason 'trùng lịch' --version 1
ok '2023-05-07' schedule --inspection 1 --from 2023-05-10 --to 2023-05-11 --reason 'trùng lịch họp của Sở'
ok 'chưa gửi báo cáo' late --unit so-giao-duc
ok 'Sở Giáo dục' late --unit so-giao-duc
no 'K24' answer --inspection 1 --item I.1 --verdict done --text 'đủ'
no 'K33' start --inspection 1 --on 2023-05-09
no 'K32' documents --inspection 1 --on 2999-01-01
ok 'trễ 1 ngày' documents --inspection 1 --on 2023-05-08
no 'K32' start --inspection 1 --on 2999-01-01
ok 'bắt đầu' start --inspection 1 --on 2023-05-10
no 'K25' schedule --inspection 1 --from 2023-06-01 --reason 'muộn'
no 'K35' answer --inspection 1 --item II.4a --verdict done --text 'cấp huyện'
no 'K36' answer --inspection 1 --item I.1 --verdict good --text 'đủ'
ok '' answer --inspection 1 --item I.1 --verdict done --text 'Kế hoạch ban hành ngày 10/01/2023'
no 'somebody changed' answer --inspection 1 --item I.1 --verdict partly --text 'thiếu' --version 0
ok ': 2' answer --inspection 1 --item I.1 --verdict partly --text 'thiếu báo cáo quý I' --version 1
no 'K38' conclude --inspection 1 --number 01/KL-SNV --on 2023-05-20 --text 'x'

# ---- findings, with criteria that the round has
no 'K41' finding --inspection 1 --text x --due 2023-06-10 --responsible 'Giám đốc Sở' --criterion 9.9
no 'K42' finding --inspection 1 --text x --due 2023-05-09 --responsible 'Giám đốc Sở'
no 'missing' finding --inspection 1 --text x --due 2023-06-10
ok ': 1' finding --inspection 1 --text 'Chưa công khai đủ thủ tục' --due 2023-06-10 --responsible 'Phó Giám đốc Sở (mẫu)' --criterion 3.1
ok ': 2' finding --inspection 1 --text 'Chậm báo cáo quý I' --due 2023-06-30 --responsible 'Chánh Văn phòng Sở (mẫu)' --criterion 1
ok ': 3' finding --inspection 1 --text 'Không phải lỗi của Sở' --due 2023-06-30 --responsible 'Chánh Văn phòng Sở (mẫu)'
ok '' withdraw --finding 3 --reason 'nhầm đơn vị'
no 'K43' verify --finding 3 --evidence x
ok 'overdue' findings --unit so-giao-duc
[ "$(rows overdue)" = 2 ] || fail "overdue by itself: $(cat "$dir/out")"
ok 'Phó Giám đốc' late --unit so-giao-duc

# ---- the draft, the rest of the outline, the conclusion
ok '' draft --inspection 1 --strengths 'Chỉ đạo kịp thời' --causes 'Thiếu người theo dõi'
for item in $("$bin/phieu" inspect checklist --round $R --inspection 1 | awk '$1 == 1 && !/partly/ { print $3 }'); do
	ok '' answer --inspection 1 --item "$item" --verdict done --text 'Đủ hồ sơ'
done
say 0 '' inspect report $R --inspection 1 --out "$dir/draft.html"
for text in 'Dự thảo' 'Mẫu thử' 'CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM' 'Sở Giáo dục và Đào tạo' 'trễ 1 ngày' \
	'Thành viên A' 'Trưởng đoàn' 'Chỉ đạo kịp thời' 'Thiếu người' 'Phó Giám đốc Sở' '10/06/2023' 'thiếu báo cáo quý I'; do
	grep -qF -- "$text" "$dir/draft.html" || fail "the draft has no \"$text\""
done
grep -q 'Không phải lỗi' "$dir/draft.html" && fail 'what was withdrawn is printed'
no 'K37' conclude --inspection 1 --number 01/KL-SNV --on 2023-05-01 --text 'x'
ok '' conclude --inspection 1 --number 01/KL-SNV --on 2023-05-20 --text 'Khắc phục trước ngày 30/6 (mẫu thử)'
no 'K22' finding --inspection 1 --text x --due 2023-06-10 --responsible y
no 'K22' cancel --inspection 1 --reason x
say 0 '' inspect report $R --inspection 1 --out "$dir/final.html"
grep -q 'Dự thảo' "$dir/final.html" && fail 'a numbered conclusion is a draft'
grep -q 'Kết luận số 01/KL-SNV ngày 20/05/2023' "$dir/final.html" || fail 'number and date'
say 0 '' inspect report $R --inspection 1 --out "$dir/again.html"
cmp -s "$dir/final.html" "$dir/again.html" || fail 'the same facts give other bytes'
say 0 '' inspect report $R --inspection 1 --out "$dir/final.xlsx"
say 2 'no such' inspect report $R --inspection 99 --out "$dir/none.html"
say 2 '' inspect report $R --inspection x --out "$dir/none.html"

# ---- measures
no 'K23' recommend --inspection 2 --to x --text y
no 'K46' recommend --inspection 1 --to x --text y --finding 99
ok ': 1' recommend --inspection 1 --to 'Chủ tịch UBND tỉnh' --text 'Xem xét trách nhiệm người đứng đầu' --finding 2 --due 2023-07-31
ok 'Chủ tịch UBND tỉnh' late
no 'K47' measure --measure 1 --state maybe --text x
ok '' measure --measure 1 --state accepted --text 'Văn bản giao Sở Nội vụ (mẫu thử)'
ok '' measure --measure 1 --state done --text 'Đã nhắc nhở (mẫu thử)'
no 'K48' measure --measure 1 --state refused --text x
ok 'done' measures --unit so-giao-duc

# ---- remedied: the unit says so, the team sees
no 'no such' remedied --unit so-tu-phap --finding 1 --text 'không phải của tôi'
no 'K44' return --finding 1 --reason 'chưa trả lời'
ok '' remedied --unit so-giao-duc --finding 1 --text 'Đã công khai đủ'
ok '' return --finding 1 --reason 'còn thiếu hai thủ tục'
no 'K45' extend --finding 1 --due 2023-06-10 --reason 'x'
ok '' extend --finding 1 --due 2023-07-10 --reason 'đơn vị xin gia hạn'
ok '' remedied --unit so-giao-duc --finding 1 --text 'Đã bổ sung hai thủ tục'
ok 'answered' findings --criterion 3.1
no 'K49' verify --finding 1 --evidence 'x' --on 2023-05-01
no 'K32' verify --finding 1 --evidence 'x' --on 2999-01-01
ok '' verify --finding 1 --evidence 'Xem trang thông tin của Sở ngày 05/7' --on 2023-07-05
no 'K43' remedied --unit so-giao-duc --finding 1 --text 'lần nữa'
ok 'remedied' findings --state remedied
[ "$(rows so-giao-duc)" = 1 ] || fail 'one is remedied'

# ---- offered to the appraiser: of his criteria, never of his own unit
ok 'Chưa công khai' findings --office vp-ubnd
ok 'Chậm báo cáo' findings --office so-noi-vu
ok '' findings --office so-tai-chinh
grep -q 'so-giao-duc' "$dir/out" && fail 'an office sees what it does not appraise'
today=2024-03-11
for step in self-assess appraise; do
	"$bin/phieu" round step $R $step --until "$today" --reason 'thử' >/dev/null
done
say 0 '' self set --round $R --unit so-giao-duc --criterion 3.1 --points 9
say 0 '' self submit --round $R --unit so-giao-duc
say 0 'phát hiện 1 (đợt kiểm tra 1): đã khắc phục' appraise list --round $R --office vp-ubnd --unit so-giao-duc
say 0 'phát hiện 2 (đợt kiểm tra 1): quá hạn' appraise list --round $R --unit so-giao-duc
[ "$(rows 'phát hiện 2')" = 3 ] || fail "what was found of a field stands beside its criteria: $(cat "$dir/out")"
[ "$(sql "SELECT count(*) FROM assess.appraisal")" = 0 ] || fail 'a finding appraised something'

# ---- quý III: on dossiers; nobody inspects his own unit
no 'K28' schedule --inspection 4 --from 2023-08-01 --form dossiers --team doan-2
ok '2023-07-29' schedule --inspection 4 --from 2023-08-01 --form dossiers --team doan-1
no 'K34' start --inspection 4 --on 2023-08-01
ok 'đúng hạn' documents --inspection 4 --on 2023-07-29 --text 'công văn mẫu'
ok '' start --inspection 4 --on 2023-08-01
jq '.teams[0].members += [{"name": "F", "position": "x", "office": "so-tu-phap"}]' $doc >"$dir/own.json"
say 1 'K28' inspect plan load "$dir/own.json" --reason 'thêm người'
jq 'del(.inspections[3])' $doc >"$dir/less.json"
say 1 'K40' inspect plan load "$dir/less.json" --reason 'bớt'
ok '' cancel --inspection 4 --reason 'theo chỉ đạo của UBND tỉnh (mẫu thử)'
no 'K21' start --inspection 4
say 0 'phiên bản 3' inspect plan load "$dir/less.json" --reason 'bớt đợt đã hủy'
ok '' list --unit so-tu-phap
grep -q 'so-tu-phap' "$dir/out" && fail 'what left the plan is listed'

# ---- quý IV: a district, asked more; the number of a conclusion is taken
ok '' schedule --inspection 9 --from 2023-10-10 --form on-site --team doan-2
ok 'chưa đến' start --inspection 9 --on 2023-10-10
ok 'II.4a' checklist --inspection 9
for item in $(awk '$1 == 9 { print $3 }' "$dir/out"); do
	ok '' answer --inspection 9 --item "$item" --verdict none --text 'không phát sinh'
done
no 'K39' conclude --inspection 9 --number 01/KL-SNV --on 2023-10-20 --text 'x'
ok '' conclude --inspection 9 --number 02/KL-SNV --on 2023-10-20 --text 'Không có tồn tại (mẫu thử)'
ok '02/KL-SNV' list --unit tp-thanh-hoa
ok '' verify --finding 2 --evidence 'Báo cáo đã gửi' --on 2023-06-29
for i in 2 3 5 6 7 8 10 11 12 13 14 15 16 17 18; do
	ok '' cancel --inspection $i --reason 'thử: không kiểm tra trong năm'
done
ok '' late
[ "$(rows 2023-)" = 0 ] || fail "the year is over and something is late: $(cat "$dir/out")"

# ---- exports, the history, the log
ok 'finding,inspection,unit' findings --csv
grep -q '^1,1,so-giao-duc,3.1,Chưa công khai đủ thủ tục,2023-07-10,remedied,0,' "$dir/out" || fail "CSV: $(cat "$dir/out")"
say 0 'trùng lịch' round history --round $R --unit so-giao-duc
for what in 'inspect-schedule 1' 'inspect-documents 1' 'inspect-answer 1 I.1' 'finding 1' 'measure 1' 'inspect-conclude 1'; do
	grep -qF "$what" "$dir/out" || fail "the history has no $what"
done
"$bin/phieu" audit verify >"$dir/out" 2>&1 || fail "audit verify: $(cat "$dir/out")"
[ "$(sql "SELECT count(*) FROM audit.entry WHERE kind = 'assess.inspect-cancel'")" = 16 ] || fail 'the log'
echo "N=$n acts and lists of a year's inspections, each as it should be"
exit $failed
