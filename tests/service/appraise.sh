#!/bin/bash
# Appraisal of self-assessments: who may, what stands, opinions and silence,
# requests, council, deductions; nothing overwritten, every change kept.
set -euo pipefail
cd "$(dirname "$0")/../.."
# half past one in the morning of 11 March 2024 in Việt Nam: UTC has another day
[ -n "${PHIEU_TEST_SOCKET:-}" ] || PHIEU_TEST_CLOCK='2024-03-10 18:30:00' exec tests/with_pg.sh "$0" "$@"
bin=${PHIEU_BIN:-$PWD/build/debug}
dir=$(mktemp -d /tmp/phieu-appraise.XXXXXX)
trap 'rm -rf "$dir"' EXIT
failed=0 n=0
fail() {
	echo "appraise.sh: $1"
	failed=1
}
R=ha-nam-2023
say() { # [exit code] text command… --round is added
	local want=$1 text=$2 rc=0
	shift 2
	n=$((n + 1))
	"$bin/phieu" "$@" --round $R >"$dir/out" 2>&1 || rc=$?
	[[ $rc =~ ^$want$ ]] || fail "$*: exit $rc, wanted $want: $(cat "$dir/out")"
	[ -z "$text" ] || grep -qF -- "$text" "$dir/out" || fail "$*: no \"$text\" in: $(cat "$dir/out")"
}
ok() { say 0 "$@"; }
no() { say '[12]' "$@"; }
wrong() { say 2 "$@"; }
sql() { psql -qXAt "$PHIEU_TEST_DB" -c "$1"; }
export PHIEU_DATABASE_URL=$PHIEU_TEST_DB
export PHIEU_DATABASE_URL_SERVER="host=$PHIEU_TEST_SOCKET dbname=phieu user=phieu_server"
export PHIEU_DATABASE_URL_AUDITOR="host=$PHIEU_TEST_SOCKET dbname=phieu user=phieu_auditor"

"$bin/phieu" round load docs/examples/round-ha-nam-2023.json --reason thử >/dev/null
today=2024-03-11
for step in self-assess appraise council; do
	"$bin/phieu" round step $R $step --until "$today" --reason 'thử'
done
for u in so-tu-phap so-tai-chinh; do
	ok '' self set --unit $u --criterion 1.1 --points 3.5
	ok '' self set --unit $u --criterion 2.1 --points 4.25
	ok '' self set --unit $u --criterion 2.2 --na
done
no 'has not handed' appraise accept --office so-noi-vu --unit so-tai-chinh --criterion 1.1
ok '' self submit --unit so-tai-chinh
ok '' self submit --unit so-tu-phap

# ---- who may
no 'does not lead' appraise accept --office so-khcn --unit so-tai-chinh --criterion 1.1
no 'own unit' appraise accept --office so-tu-phap --unit so-tu-phap --criterion 2.1
no 'no such unit' appraise accept --office so-noi-vu --unit so-khong-co --criterion 1.1
no 'no such unit' appraise accept --office so-noi-vu --unit so-tai-chinh --criterion 9.1
ok 'so-tai-chinh' appraise list --office so-tu-phap
grep -q '1\.1' "$dir/out" && fail 'an office sees what it does not appraise'
grep -q 'so-tu-phap' "$dir/out" && fail 'an office sees its own unit'

# ---- appraising
ok '' appraise accept --office so-noi-vu --unit so-tai-chinh --criterion 1.1
ok '' appraise correct --office so-tu-phap --unit so-tai-chinh --criterion 2.1 --points 4 --reason 'thiếu văn bản'
no 'missing' appraise correct --office so-tu-phap --unit so-tai-chinh --criterion 2.1 --points 4
no 'from 0 to) 5' appraise correct --office so-tu-phap --unit so-tai-chinh --criterion 2.1 --points 5.5 --reason x
no '' appraise correct --office so-tu-phap --unit so-tai-chinh --criterion 2.1 --points x --reason x
no 'gave nothing' appraise accept --office so-tai-chinh --unit so-tu-phap --criterion 6.1
ok '' appraise accept --office so-tu-phap --unit so-tai-chinh --criterion 2.2
no 'somebody changed' appraise correct --office so-tu-phap --unit so-tai-chinh --criterion 2.1 --points 3 \
	--reason 'cũ' --version 0
ok 'corrected' appraise list --unit so-tai-chinh
ok 'yêu cầu' appraise ask --office so-noi-vu --unit so-tai-chinh --criterion 1.2 --reason 'gửi báo cáo quý' --due "$today"

# ---- opinions, requests
ok '' opinion agree --unit so-tai-chinh --criterion 1.1
no 'missing' opinion object --unit so-tai-chinh --criterion 2.1
ok '' opinion object --unit so-tai-chinh --criterion 2.1 --text 'văn bản đã gửi ngày 3/10'
no 'no such' opinion agree --unit so-tai-chinh --criterion 1.3
ok 'objects' appraise list --unit so-tai-chinh
ok '' appraise correct --office so-tu-phap --unit so-tai-chinh --criterion 2.1 --points 4.1 --reason 'xem lại'
ok 'open' appraise list --unit so-tai-chinh
grep -q 'objects' "$dir/out" && fail 'an opinion of the appraisal before counts for the new one'
[ "$(sql "UPDATE assess.appraisal SET done_at = now() - interval '6 days' RETURNING 1" | wc -l)" = 4 ] || fail 'appraisals'
no 'silence is agreement' opinion object --unit so-tai-chinh --criterion 2.1 --text 'muộn'
ok 'silent' appraise list --unit so-tai-chinh
ok 'open' request list
number=$(awk '/evidence/ { print $1 }' "$dir/out")
ok '' request supply --unit so-tai-chinh --request "$number" --text 'đã gửi'
no 'answered already' request supply --unit so-tai-chinh --request "$number" --text 'lần nữa'
no 'no such' request supply --unit so-tu-phap --request "$number" --text 'không phải của tôi'
ok '' request evaluation --unit so-tai-chinh --criterion 2.1 --text 'đề nghị xem lại' --due "$today"
ok '' request answer --request $((number + 1)) --outcome refused --text 'không có tài liệu mới'
no '' request answer --request $((number + 1)) --outcome maybe --text 'x'
no 'past' request evaluation --unit so-tai-chinh --text 'x' --due 2020-01-01

# ---- visits, council
ok '' visit add --unit so-tai-chinh --held "$today" --team 'Tổ Thư ký' --found 'hồ sơ đủ'
no 'no member' council meeting --body council --held "$today" --present 'Ông A' --minutes 'biên bản'
ok '' council member --body council --name 'Ông A' --position 'Chủ tịch Hội đồng' --basis 'QĐ thử'
ok '' council member --body secretariat --name 'Bà B' --position 'Tổ trưởng' --basis 'QĐ thử'
ok ': 1' council meeting --body council --held "$today" --present 'Ông A' --minutes 'biên bản họp'
ok ': 2' council meeting --body secretariat --held "$today" --present 'Bà B' --minutes 'họp tổ'
no 'meeting of the council' council rule --meeting 2 --unit so-tai-chinh --criterion 2.1 --points 4.2 --reason x
ok '' council rule --meeting 1 --unit so-tai-chinh --criterion 2.1 --points 4.2 --reason 'theo biên bản'
ok '4.2' appraise list --unit so-tai-chinh
ok '' council rule --meeting 1 --unit so-tai-chinh --criterion 2.1 --na --reason 'không thuộc chức năng'
[ "$(sql "SELECT na, points FROM assess.standing JOIN assess.node USING (round, node)
	JOIN assess.unit USING (round, unit) WHERE node.code = '2.1' AND unit.code = 'so-tai-chinh'")" = 't|' ] ||
	fail 'the newest ruling does not stand'
ok 'không thuộc chức năng' council list

# ---- deductions, external values
ok ': 1' deduct add --unit so-tai-chinh --points 0.5 --reason 'chậm báo cáo' --document 'CV thử'
no 'above 0' deduct add --unit so-tai-chinh --points 0 --reason x --document x
no 'missing' deduct add --unit so-tai-chinh --points 1 --reason x
ok '' deduct cancel --deduction 1 --reason 'nhầm đơn vị'
no 'no such' deduct cancel --deduction 1 --reason 'hai lần'
ok 'nhầm đơn vị' deduct list
no 'external' external put --unit so-tai-chinh --criterion 1.1 --value 5 --source x

# ---- what stands behind it
ok '3.500000' round history --unit so-tai-chinh --criterion 1.1
wrong '' appraise accept --office so-noi-vu --unit so-tai-chinh --criterion 1.1 --nonsense
"$bin/phieu" round step $R appraise --close --reason 'xong'
no 'is not open' appraise accept --office so-noi-vu --unit so-tai-chinh --criterion 1.1
"$bin/phieu" audit verify >"$dir/out" 2>&1 || fail "audit verify: $(cat "$dir/out")"
echo "N=$n acts of appraisal, each as it should be"
exit $failed
