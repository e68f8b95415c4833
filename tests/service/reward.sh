#!/bin/bash
# The plan of Hậu Giang 2021 from its first task to its last: the year's targets,
# the round (self-assessment, appraisal, council, publication), the province's
# series, commendation, the six reports, a correction.  What is expected is
# worked out here, not by our own code.
set -euo pipefail
cd "$(dirname "$0")/../.."
[ -n "${PHIEU_TEST_SOCKET:-}" ] || exec tests/with_pg.sh "$0" "$@"
bin=${PHIEU_BIN:-$PWD/build/debug}
phieu=$bin/phieu
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
	local want=$1 words=$2 rc=0
	shift 2
	n=$((n + 1))
	"$phieu" "$@" >"$dir/out" 2>&1 || rc=$?
	[[ $rc =~ ^$want$ ]] || fail "$*: exit $rc, wanted $want: $(cat "$dir/out")"
	[ -z "$words" ] || grep -qF -- "$words" "$dir/out" || fail "$*: no \"$words\" in: $(cat "$dir/out")"
}
ok() { say 0 "$@"; }
no() { say '[12]' "$@"; }
not() { # words that must not be there, file
	n=$((n + 1))
	! grep -qF -- "$1" "$2" || fail "\"$1\" in $2"
}
sql() { psql -qXAt -v ON_ERROR_STOP=1 "$PHIEU_TEST_DB" -c "$1"; }
export PHIEU_DATABASE_URL=$PHIEU_TEST_DB
export PHIEU_DATABASE_URL_SERVER="host=$PHIEU_TEST_SOCKET dbname=phieu user=phieu_server"
export PHIEU_DATABASE_URL_AUDITOR="host=$PHIEU_TEST_SOCKET dbname=phieu user=phieu_auditor"
today=$(date -u +%F)
R=hau-giang-2021

# ---- the round; its survey points come from a wave put there by hand
"$phieu" plan load collector/plans/lai-chau-2020.json --reason thử >/dev/null
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
{
	echo "Đơn vị,$(echo "$leaves" | cut -d' ' -f1 | paste -sd,)"
	for u in $units; do
		name=$(jq -r --arg u "$u" '.index.units[] | select(.code == $u) | .name' "$dir/round.json")
		echo "$name,$(echo "$leaves" | awk -v l="$(loss "$u")" '{ printf "%s%s", (NR > 1 ? "," : ""), $2 - ($1 == "7.1" ? l : 0) }')"
	done
} >"$dir/wide.csv"
ok '' self import "$dir/wide.csv" --round $R
ok '' council member --round $R --body council --name A --position 'Chủ tịch Hội đồng' --basis 'QĐ thử'
ok '' council meeting --round $R --body council --held "$today" --present A --minutes 'biên bản thử'
for u in $units; do
	ok '' self submit --round $R --unit "$u"
	while read -r code max; do
		office=$(jq -r --arg f "${code%%.*}" '.assignments[] | select(.node == $f) | .office' "$dir/round.json")
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
total() { # unit
	python3 -c 'import sys; from fractions import Fraction as F; from math import floor
u, loss = sys.argv[1], F(sys.argv[2]); s = F(75) - loss
if u == "so-tai-chinh": s = (s - 5) / F(70) * 75
t = s + F(40, 3) + F(33, 4) - (F(1, 2) if u == "muong-te" else 0)
k = floor(t * 100 + F(1, 2)); print(f"{k // 100},{k % 100:02}")' "$1" "$(loss "$1")"
}
ok '' round report $R --shape summary --out "$dir/summary.html"
ok '' round report $R --shape summary --out "$dir/summary.csv"
not 'Dự thảo' "$dir/summary.html"
for u in $units; do
	name=$(jq -r --arg u "$u" '.index.units[] | select(.code == $u) | .name' "$dir/round.json")
	row=$(grep -F ",$name," "$dir/summary.csv" || true)
	is "total of $u in the summary" "$(echo "$row" | cut -d, -f3)" "$(total "$u" | tr , .)"
done
for s in summary unit field criteria result special; do
	args=()
	case $s in unit | criteria) args=(--all-units) ;; esac
	for f in html csv xlsx; do
		ok '' round report $R --shape $s "${args[@]}" --out "$dir/$s.$f"
		[ -s "$dir/$s.$f" ] || fail "$s.$f is empty"
	done
done
[ -z "${PHIEU_TEST_KEEP:-}" ] || cp "$dir"/*.html "$dir"/*.csv "$dir"/*.xlsx "$PHIEU_TEST_KEEP"
echo "N=$n steps of the year"
exit $failed
