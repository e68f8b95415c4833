#!/bin/bash
# The plan of Hậu Giang 2021 from its first task to its last: the year's targets,
# the round (self-assessment, appraisal, council, publication), the province's
# series, commendation, the six reports, a correction.  What is expected is
# worked out here, not by our own code.
set -euo pipefail
cd "$(dirname "$0")/../.."
# half past one in the morning of 11 March 2024 in Việt Nam: UTC has another day
[ -n "${PHIEU_TEST_SOCKET:-}" ] || PHIEU_TEST_CLOCK='2024-03-10 18:30:00' exec tests/with_pg.sh "$0" "$@"
bin=${PHIEU_BIN:-$PWD/build/debug}
phieu=$bin/phieu
# shellcheck source=tests/support/batch.sh
. tests/support/batch.sh
dir=$(mktemp -d /tmp/phieu-reward.XXXXXX)
trap 'rm -rf "$dir"' EXIT
failed=0 n=0
fail() {
	echo "reward.sh: $1"
	failed=1
}
is() {
	n=$((n + 1))
	[ "$2" = "$3" ] || fail "$1: '$2', not '$3'"
}
say() { # exit code, words, command…
	local want=$1 words=$2 rc
	shift 2
	n=$((n + 1))
	batch "$@"
	rc=$batch_rc
	printf '%s%s' "$batch_out" "$batch_err" >"$dir/out"
	[[ $rc =~ ^$want$ ]] || fail "$*: exit $rc, wanted $want: $(cat "$dir/out")"
	[[ $batch_out$batch_err == *"$words"* ]] || fail "$*: no \"$words\" in: $(cat "$dir/out")"
}
ok() { say 0 "$@"; }
no() { say '[12]' "$@"; }
not() { # words that must not be there, file
	n=$((n + 1))
	[[ $(<"$2") != *"$1"* ]] || fail "\"$1\" in $2"
}
sql() { psql -qXAt -v ON_ERROR_STOP=1 "$PHIEU_TEST_DB" -c "$1"; }
export PHIEU_DATABASE_URL=$PHIEU_TEST_DB
export PHIEU_DATABASE_URL_SERVER="host=$PHIEU_TEST_SOCKET dbname=phieu user=phieu_server"
export PHIEU_DATABASE_URL_AUDITOR="host=$PHIEU_TEST_SOCKET dbname=phieu user=phieu_auditor"
today=2024-03-11
R=hau-giang-2021
batch_start "$phieu"

# ---- the round; its survey points come from a wave put there by hand
ok '' plan load collector/plans/lai-chau-2020.json --reason thử
jq '.round.wave = "lai-chau-2020"
	| (.index.units[] | select(.kind == "huyen") | .code) |= {"huyen-mau-1": "tam-duong",
		"huyen-mau-2": "muong-te", "huyen-mau-3": "sin-ho"}[.]' \
	docs/examples/round-hau-giang-2021.json >"$dir/round.json"
ok 'phiên bản 1' round load "$dir/round.json" --reason 'KH cải cách hành chính năm 2021'
sql "INSERT INTO frozen.freeze (wave, freeze_no, plan_version, simulated, n_responses, n_ratings,
		content_sha256, reason, frozen_by, frozen_on)
	SELECT wave, 1, 1, true, 1100, 2000, sha256(''), 'thử', 'thử', '2021-12-20' FROM plan.wave;
	INSERT INTO frozen.aggregate (wave, freeze_no, name, content)
	SELECT wave, 1, x.name, x.content::jsonb FROM plan.wave, (VALUES
		('responses', '[{\"grp\":1,\"home\":0,\"keying\":1,\"state\":1,\"counted\":true,\"n\":1100},
			{\"grp\":1,\"home\":0,\"keying\":1,\"state\":3,\"counted\":false,\"n\":21},
			{\"grp\":1,\"home\":0,\"keying\":2,\"state\":1,\"counted\":false,\"n\":60}]'),
		('sheets', '[{\"grp\":1,\"home\":0,\"state\":\"valid\",\"disposition\":null,\"n\":1121},
			{\"grp\":1,\"home\":0,\"state\":\"issued\",\"disposition\":\"refused\",\"n\":72},
			{\"grp\":1,\"home\":0,\"state\":\"planned\",\"disposition\":null,\"n\":7}]')) AS x (name, content);
	INSERT INTO publish.snapshot (wave, snapshot, freeze_no, method, content, sha256, made_by)
	SELECT wave, 1, 1, 'm', '{}', sha256('{}'), 'thử' FROM plan.wave;
	INSERT INTO publish.release (wave, release, snapshot, kind, reason, released_by)
	SELECT wave, 1, 1, 'trial', 'thử', 'thử' FROM plan.wave;
	INSERT INTO publish.component (wave, release, unit, criterion, points, points_exact, maximum, standard_error)
	SELECT u.wave, 1, u.unit, c.c, c.p, c.x, c.m, 0.25 FROM plan.unit AS u,
		(VALUES ('8.1', '13.33', '40/3', '15'), ('8.2', '8.25', '33/4', '10')) AS c (c, p, x, m)
	WHERE u.code = ANY ('$(jq -r '"{" + ([.index.units[].code] | join(",")) + "}"' "$dir/round.json")')"

# ---- the year's targets, before anything is measured
codes='walk(if type == "string" then ({"huyen-mau-1": "tam-duong", "huyen-mau-2": "muong-te",
	"huyen-mau-3": "sin-ho"}[.] // .) else . end)'
jq "$codes" docs/examples/targets-hau-giang-2021.json >"$dir/targets.json"
jq "$codes" docs/examples/reward-hau-giang-2021.json >"$dir/reward.json"
ok '10 chỉ tiêu; mẫu thử' target check "$dir/targets.json"
no 'nothing is loaded' target show $R
ok 'phiên bản 1' target load "$dir/targets.json" --reason 'KH năm 2021, I.2'
ok 'không đổi' target load "$dir/targets.json" --reason 'lần nữa'
jq '.targets[7].measure.unit = "so-khong-co"' "$dir/targets.json" >"$dir/bad.json"
no 'T05  /targets/7/measure/unit' target load "$dir/bad.json" --reason x
jq '.plan.round = "ky-khac"' "$dir/targets.json" >"$dir/bad.json"
no 'no round "ky-khac"' target load "$dir/bad.json" --reason x
ok '"code":"CT3"' target show $R
state() { # target: state and reason
	"$phieu" target list --round $R | awk -v c="$1" -F'  +' '$1 == c'
}
[[ $(state CT3) == *not-measured*'chưa ghi số đo; đã quá hạn'* ]] || fail "CT3 before: $(state CT3)"
[[ $(state M1) == *not-measured*'chưa công bố kết quả'* ]] || fail "M1 before: $(state M1)"
ok '' target report --round $R --out "$dir/before.html"
grep -q 'Đạt 0, không đạt 0, chưa đo 10 trong 10 chỉ tiêu' "$dir/before.html" || fail 'targets before'
grep -q 'chưa tính kết quả' "$dir/before.html" || fail 'a paper of targets before any result'

for t in 1 2 3 4 5 6 7 8 9 10; do
	ok '' round task $R $t --state doing
	ok '' round task $R $t --state done --note 'hoàn thành trong năm'
done
for s in self-assess appraise council publish; do
	ok '' round step $R $s --until "$today" --reason 'chạy lại năm 2021'
done

# ---- self-assessment: all points but what is taken away below
leaves=$(jq -r '.index.criteria[] | .. | objects | select(.source? == "assessed") | .code + " " + .maximum' "$dir/round.json")
loss() { # unit: points less on 7.1
	case $1 in
	so-noi-vu) echo 0 ;;
	so-tu-phap) echo 1 ;;
	van-phong-ubnd-tinh) echo 1 ;;
	so-thong-tin-truyen-thong) echo 2.5 ;;
	so-khoa-hoc-cong-nghe) echo 4 ;;
	so-ke-hoach-dau-tu) echo 7.75 ;;
	so-tai-chinh) echo 3 ;;
	tam-duong) echo 2 ;;
	muong-te) echo 5 ;;
	sin-ho) echo 8 ;;
	esac
}
units=$(jq -r '.index.units[].code' "$dir/round.json")
declare -A leads names
while IFS=$'\t' read -r node office; do leads[$node]=$office; done < <(
	jq -r '.assignments[] | [.node, .office] | @tsv' "$dir/round.json")
while IFS=$'\t' read -r u name; do names[$u]=$name; done < <(
	jq -r '.index.units[] | [.code, .name] | @tsv' "$dir/round.json")
{
	echo "Đơn vị,$(echo "$leaves" | cut -d' ' -f1 | paste -sd,)"
	for u in $units; do
		echo "${names[$u]},$(echo "$leaves" | awk -v l="$(loss "$u")" '{ printf "%s%s", (NR > 1 ? "," : ""), $2 - ($1 == "7.1" ? l : 0) }')"
	done
} >"$dir/wide.csv"
ok '' self import "$dir/wide.csv" --round $R
ok '' council member --round $R --body council --name A --position 'Chủ tịch Hội đồng' --basis 'QĐ thử'
ok '' council meeting --round $R --body council --held "$today" --present A --minutes 'biên bản thử'
for u in $units; do
	ok '' self submit --round $R --unit "$u"
	while read -r code max; do
		office=${leads[${code%%.*}]}
		if [ "$office" = "$u" ]; then # nobody appraises himself: the council decides
			points=$max
			[ "$code" != 7.1 ] || points=$(echo "$max $(loss "$u")" | awk '{ print $1 - $2 }')
			ok '' council rule --round $R --meeting 1 --unit "$u" --criterion "$code" --points "$points" --reason 'Hội đồng chấm'
		else
			ok '' appraise accept --round $R --office "$office" --unit "$u" --criterion "$code"
		fi
	done <<<"$leaves"
done
ok '' council rule --round $R --meeting 1 --unit so-tai-chinh --criterion 3.2 --na --reason 'không có bộ phận một cửa'
ok ': 1' deduct add --round $R --unit muong-te --points 0.5 --reason 'chậm báo cáo' --document 'CV 5'
ok 'kết quả số 1' round compute $R

# ---- a draft, then published
ok '' round report $R --shape summary --out "$dir/draft.html"
grep -q 'Dự thảo' "$dir/draft.html" || fail 'a draft is not marked'
ok '' round publish $R --result 1 --decision 'QĐ 10/QĐ-UBND' --reason 'công bố năm 2021'

# ---- totals, in fractions: 75 appraised + 40/3 + 33/4, less what was lost
declare -A totals
while read -r u t; do totals[$u]=$t; done < <(
	for u in $units; do echo "$u $(loss "$u")"; done | python3 -c '
import sys; from fractions import Fraction as F; from math import floor
for line in sys.stdin:
	u, loss = line.split(); s = F(75) - F(loss)
	if u == "so-tai-chinh": s = (s - 5) / F(70) * 75
	t = s + F(40, 3) + F(33, 4) - (F(1, 2) if u == "muong-te" else 0)
	k = floor(t * 100 + F(1, 2)); print(f"{u} {k // 100}.{k % 100:02}")')
ok '' round report $R --shape summary --out "$dir/summary.html"
ok '' round report $R --shape summary --out "$dir/summary.csv"
not 'Dự thảo' "$dir/summary.html"
for u in $units; do
	row=$(grep -F ",${names[$u]}," "$dir/summary.csv" || true)
	is "total of $u in the summary" "$(echo "$row" | cut -d, -f3)" "${totals[$u]}"
done
for s in summary unit field criteria result special; do
	args=()
	case $s in unit | criteria) args=(--all-units) ;; esac
	for f in html csv xlsx; do
		ok '' round report $R --shape $s "${args[@]}" --out "$dir/$s.$f"
		[ -s "$dir/$s.$f" ] || fail "$s.$f is empty"
	done
done

# ---- one unit's sheet is found by its whole code
no 'no unit "so-tu"' round report $R --shape unit --unit so-tu
no 'takes --unit U or --all-units' round report $R --shape unit
no 'takes no unit' round report $R --shape summary --unit so-tu-phap
no 'no criterion' round report $R --shape field --node 99
no 'no such result' round report $R --shape summary --result 9
no '--shape summary|unit' round report $R --shape all

# ---- targets: recorded with source and day, or taken from what is published
ok ': 1' target record --round $R --target CT3 --value 96.5 --source 'BC 1/BC-UBND' --day 2021-12-20
no 'wants a reason' target record --round $R --target CT3 --value 86.5 --source 'BC 1/BC-UBND' --day 2021-12-20
no 'somebody changed' target record --round $R --target CT3 --value 86.5 --source x --day 2021-12-20 --reason x --version 0
no '6 decimals' target record --round $R --target CT3 --value NaN --source x --day 2021-12-20 --reason x
no '6 decimals' target record --round $R --target CT3 --value 89.9999996 --source x --day 2021-12-20 --reason x
ok ': 2' target record --round $R --target CT3 --value 89.999999 --source 'BC 2/BC-UBND' --day 2021-12-31 --reason 'tính lại'
[[ $(state CT3) == *89,999999*not-met* ]] || fail "CT3, a millionth short: $(state CT3)"
ok ': 3' target record --round $R --target CT3 --value 90 --source 'BC 3/BC-UBND' --day 2021-12-31 --reason 'đối chiếu'
[[ $(state CT3) == *'  90 '*met*'BC 3/BC-UBND'*2021-12-31* ]] || fail "CT3: $(state CT3)"
is 'values kept of CT3' "$(sql "SELECT string_agg(trim_scale(value)::text, ' ' ORDER BY no) FROM assess.target_value
	WHERE target = 'CT3'")" '96.5 89.999999 90'
ok 'tính lại' target history --round $R --target CT3
ok '' target record --round $R --target CT6 --value 41.2 --source 'BC 4' --day 2021-12-31
no 'is to come' target record --round $R --target CT1 --value 100 --source x --day 2999-01-01
no 'no such' target record --round $R --target CT9 --value 100 --source x --day 2021-12-31
no 'nobody types it' target record --round $R --target M1 --value 100 --source x --day 2021-12-31
no '' target record --round $R --target CT1 --value 'một trăm' --source x --day 2021-12-31
[[ $(state M1) == *'  80 '*met*'kết quả số 1, lần công bố 1, QĐ 10/QĐ-UBND; 8/10 đơn vị'* ]] || fail "M1: $(state M1)"
[[ $(state M2) == *96,58*met* && $(state M2) != *not-met* ]] || fail "M2: $(state M2)"
[[ $(state M3) == *Tốt*not-met* ]] || fail "M3: $(state M3)"
[[ $(state M4) == *not-measured*'chưa ghi chỉ số này'* ]] || fail "M4: $(state M4)"

# ---- series of a province: published values (national_series of the sources), one of our own
put() { ok '' series put --round $R --index "$1" --year "$2" --points "$3" --rank "$4" --among 63 --source "$5"; }
put SIPAS 2022 87.59 1 'vietnamplus.vn, post251804'
put SIPAS 2023 90.61 1 'vnanet.vn, 145154'
put 'PAR INDEX' 2022 90.1 1 'vietnamplus.vn, post251804'
put 'PAR INDEX' 2023 92.18 1 'nhadautu.vn, d85209'
put PAPI 2021 42.5 31 'mẫu thử'
no 'wants a reason' series put --round $R --index PAPI --year 2021 --points 43 --source 'mẫu thử'
[[ $(state M4) == *'  31 '*not-met* ]] || fail "M4, rank 31: $(state M4)"
ok ': 2' series put --round $R --index PAPI --year 2021 --points 42.75 --rank 30 --among 63 --source 'mẫu thử' --reason 'ghi nhầm'
[[ $(state M4) == *'  30 '*met*'mẫu thử'* ]] || fail "M4, rank 30: $(state M4)"
no 'one of these' series put --round $R --index HDI --year 2021 --points 1 --source x
no '' series put --round $R --index PCI --year 2021 --points 101 --source x
no '' series put --round $R --index PCI --year 2021 --points 60 --rank 64 --among 63 --source x
ok '42.75' series list --round $R --index PAPI
not '42.5 ' "$dir/out"
ok '42.5 ' series list --round $R --index PAPI --corrected
ok '' series report --round $R --out "$dir/series.csv"
grep -q '^2023,92.18,1/63,90.61,1/63,,,,' "$dir/series.csv" || fail "series: $(cat "$dir/series.csv")"
ok '' series report --round $R --out "$dir/series.html"
grep -q '<svg' "$dir/series.html" || fail 'series without a picture'
ok '' series chart --round $R --out "$dir/series.svg"
grep -q '<svg' "$dir/series.svg" || fail 'no picture of the series'
for f in html csv xlsx; do ok '' target report --round $R --out "$dir/targets.$f"; done
grep -q 'Đạt 4, không đạt 2, chưa đo 4 trong 10' "$dir/targets.html" || fail "targets: $(grep -o 'Đạt [0-9].*chỉ tiêu' "$dir/targets.html")"

# ---- commendation
no 'no rules of commendation' reward make --round $R
jq '.blocks[0].units += ["so-tai-chinh"] | .units[1].first = 0' "$dir/reward.json" >"$dir/bad.json"
no '/blocks/0/units/3' reward load "$dir/bad.json" --reason x
grep -q 'C03  /units/1/first' "$dir/out" || fail 'first 0 is taken'
ok 'phiên bản 1' reward load "$dir/reward.json" --reason 'KH năm 2021, V'
ok 'nhat-khoi' reward show $R
ok ': 1' discipline add --round $R --unit so-tu-phap --what 'cảnh cáo người đứng đầu' --source 'QĐ 7/QĐ-UBND' --day 2021-10-01
who() { ok '' reward name --round $R --unit "$1" --name "$2" --position 'Chuyên viên' --merit 'tham mưu trực tiếp' --decision 'CV 9'; }
who so-noi-vu 'Nguyễn Thị Mẫu Một'
who so-noi-vu 'Trần Văn Mẫu Hai'
who so-noi-vu 'Lê Thị Mẫu Ba'
who muong-te 'Phạm Văn Mẫu Bốn'
who so-tai-chinh 'Võ Thị Mẫu Năm'
no 'named already' reward name --round $R --unit so-noi-vu --name 'Trần Văn Mẫu Hai' --position 'Chuyên viên' --merit x
ok ': 6' reward name-province --round $R --name 'Đỗ Văn Mẫu Sáu' --position 'Chuyên viên' --merit 'tham mưu cho tỉnh'
no 'no such' reward withdraw --round $R --person 5 --reason 'không phải của mình' --unit so-noi-vu
ok '' reward withdraw --round $R --person 5 --reason 'tự rút' --unit so-tai-chinh
ok ': 1' reward make --round $R
rows() { # list: rule unit state
	sql "SELECT string_agg(w.rule || ' ' || u.code || ' ' || CASE WHEN w.listed THEN w.rank::text ELSE 'x' END, ', '
		ORDER BY w.rule DESC, u.code) FROM assess.reward_row AS w JOIN assess.unit AS u USING (round, unit)
		WHERE list = $1"
}
is 'the first list' "$(rows 1)" 'xuat-sac muong-te x, xuat-sac so-khoa-hoc-cong-nghe 3, xuat-sac so-noi-vu 1, '\
'xuat-sac so-tai-chinh 2, xuat-sac so-thong-tin-truyen-thong 1, xuat-sac so-tu-phap x, xuat-sac tam-duong 1, '\
'xuat-sac van-phong-ubnd-tinh 2, nhat-khoi so-noi-vu 1, nhat-khoi so-thong-tin-truyen-thong 1, nhat-khoi tam-duong 1'
ok 'bị trừ 0,5 điểm' reward list --round $R --unit muong-te
ok 'kỷ luật: cảnh cáo người đứng đầu (QĐ 7/QĐ-UBND)' reward list --round $R --unit so-tu-phap
is 'persons of the first list' "$(sql "SELECT string_agg(person || CASE WHEN listed THEN '+' ELSE '-' END, ' ' ORDER BY person)
	FROM assess.reward_named WHERE list = 1")" '1+ 2+ 3- 4- 6+'
ok 'vượt số lượng 2 người' reward persons --round $R --unit so-noi-vu
not 'Mẫu Bốn' "$dir/out"
ok 'withdrawn' reward persons --round $R --unit so-tai-chinh
for f in html csv xlsx; do ok '' reward report --round $R --persons --out "$dir/reward.$f"; done
grep -q 'Dự thảo' "$dir/reward.html" || fail 'a list without its decision is no draft'
grep -q 'kết quả số 1' "$dir/reward.html" || fail 'a list does not say from which result it comes'
grep -q 'Nguyễn Thị Mẫu Một' "$dir/reward.html" || fail 'no person on the list'
ok '' reward report --round $R --out "$dir/units.html"
not 'Mẫu Một' "$dir/units.html"
no 'no such list' reward report --round $R --list 5
is 'names in the log' "$(sql "SELECT count(*) FROM audit.entry WHERE content::text LIKE '%Mẫu Một%'" 2>/dev/null ||
	sql "SELECT count(*) FROM audit.entry AS x WHERE x::text LIKE '%Mẫu Một%'")" 0
psql -qXAt "$PHIEU_DATABASE_URL_AUDITOR" -c 'SELECT name FROM assess.reward_person' >"$dir/out" 2>&1 &&
	fail 'the auditor reads names of people'

# ---- rules change: the list is outdated; ties and a vacated place by the rule
ok ': 2' discipline add --round $R --unit so-noi-vu --what 'khiển trách' --source 'QĐ 8' --day 2021-11-01
no 'outdated' reward decide --round $R --list 1 --decision 'QĐ 20/QĐ-UBND' --day "$today"
ok 'kỷ luật đã thay đổi' reward history --round $R
ok '' discipline lift --round $R --discipline 1 --reason 'hết thời hạn'
no 'no such' discipline lift --round $R --discipline 1 --reason 'hai lần'
ok ': 2' reward make --round $R
[[ $(rows 2) == *'nhat-khoi so-noi-vu x, nhat-khoi so-thong'* ]] || fail "a barred first place, left empty: $(rows 2)"
jq '.vacated = "next"' "$dir/reward.json" >"$dir/next.json"
ok 'phiên bản 2' reward load "$dir/next.json" --reason 'đôn hạng'
ok 'quy tắc đã đổi, phiên bản 2' reward history --round $R
ok ': 3' reward make --round $R
[[ $(rows 3) == *'nhat-khoi so-noi-vu x, nhat-khoi so-thong-tin-truyen-thong 1, nhat-khoi so-tu-phap 1, '\
'nhat-khoi tam-duong 1, nhat-khoi van-phong-ubnd-tinh 1' ]] || fail "a shared first place: $(rows 3)"
jq '.vacated = "next" | .ties = "excluded" | .units[1].minimum = "94.5"' "$dir/reward.json" >"$dir/ties.json"
ok 'phiên bản 3' reward load "$dir/ties.json" --reason 'không lấy đồng hạng'
ok ': 4' reward make --round $R
[[ $(rows 4) == *'nhat-khoi so-noi-vu x, nhat-khoi so-thong-tin-truyen-thong x, nhat-khoi so-tu-phap x, '\
'nhat-khoi tam-duong 1, nhat-khoi van-phong-ubnd-tinh x' ]] || fail "ties left out, a minimum: $(rows 4)"
ok 'đồng hạng vượt số lượng 1' reward list --round $R --unit so-tu-phap
ok 'dưới mức tối thiểu 94,5 điểm' reward list --round $R --unit so-thong-tin-truyen-thong
ok '' reward decide --round $R --list 4 --decision 'QĐ 21/QĐ-UBND' --day "$today"
no 'has its decision' reward decide --round $R --list 4 --decision x --day "$today"
no 'decision is made' reward withdraw --round $R --person 6 --reason 'muộn'
ok '' reward report --round $R --out "$dir/decided.html"
not 'Dự thảo' "$dir/decided.html"
grep -q 'Quyết định: QĐ 21/QĐ-UBND' "$dir/decided.html" || fail 'a decided list without its decision'
ok '' round task $R 15 --state done

# ---- a correction of the result marks the list, and the report says so
ok '' council rule --round $R --meeting 1 --unit tam-duong --criterion 7.1 --points 1 --reason 'đính chính'
ok 'kết quả số 2' round compute $R
ok '' round publish $R --result 2 --decision 'QĐ 30/QĐ-UBND' --reason 'đính chính mục 7.1'
ok 'kết quả đã đính chính, lần công bố 2' reward history --round $R
ok '' reward report --round $R --out "$dir/outdated.html"
grep -q 'DANH SÁCH ĐÃ LỖI THỜI: kết quả đã đính chính' "$dir/outdated.html" || fail 'an outdated list does not say so'
ok '' round report $R --shape summary --result 1 --out "$dir/old.html"
grep -q 'ĐÃ ĐƯỢC THAY THẾ' "$dir/old.html" || fail 'a superseded report does not say so'
ok ': 5' reward make --round $R
[[ $(rows 5) != *'nhat-khoi tam-duong 1'* ]] || fail "the corrected first place: $(rows 5)"
[[ $(state M1) == *'  70 '*met*'lần công bố 2'*'7/10'* ]] || fail "M1 after the correction: $(state M1)"
ok '' audit verify
is 'tasks that are open' "$("$phieu" round calendar $R --json | jq '[.tasks[] | select(.state != "done")] | length')" 4
[ -z "${PHIEU_TEST_KEEP:-}" ] || cp "$dir"/*.html "$dir"/*.csv "$dir"/*.xlsx "$PHIEU_TEST_KEEP"
batch_end || fail 'the commands did not end well'
echo "N=$n steps of the year"
exit $failed
