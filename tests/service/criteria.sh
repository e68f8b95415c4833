#!/bin/bash
# Criteria sets in Excel: out, saved again by LibreOffice, in again: the same
# document byte for byte; printed tables; what differs between versions.
set -euo pipefail
cd "$(dirname "$0")/../.."
[ -n "${PHIEU_TEST_SOCKET:-}" ] || exec tests/with_pg.sh "$0" "$@"
bin=${PHIEU_BIN:-$PWD/build/debug}
phieu=$bin/phieu
dir=$(mktemp -d /tmp/phieu-criteria.XXXXXX)
trap 'rm -rf "$dir"' EXIT
failed=0
fail() {
	echo "criteria.sh: $1"
	failed=1
}
is() { [ "$2" = "$3" ] || fail "$1: '$2', not '$3'"; }
says() { grep -qF -- "$2" "$dir/$1" || fail "$1: no \"$2\" in $(cat "$dir/$1")"; }
code() { # wanted exit code, command…; its words in out and err
	local want=$1 rc=0
	shift
	"$@" >"$dir/out" 2>"$dir/err" || rc=$?
	is "exit code of $*" "$rc" "$want"
}
export PHIEU_DATABASE_URL=$PHIEU_TEST_DB
export PHIEU_DATABASE_URL_SERVER="host=$PHIEU_TEST_SOCKET dbname=phieu user=phieu_server"
doc=docs/examples/round-ha-nam-2023.json
"$phieu" round load "$doc" --reason thử >/dev/null
"$phieu" round show ha-nam-2023 >"$dir/one.json"

# ---- out, through LibreOffice, in
code 0 "$phieu" round criteria export ha-nam-2023 --out "$dir/set.xlsx"
says err '/calendar: không nằm trong tệp Excel'
soffice -env:UserInstallation="file://$dir/office" --headless --convert-to 'xlsx:Calc MS Excel 2007 XML' \
	--outdir "$dir/again" "$dir/set.xlsx" >/dev/null 2>&1 || fail 'LibreOffice'
code 0 "$phieu" round criteria import "$dir/again/set.xlsx" --into ha-nam-2023 --out "$dir/two.json"
cmp "$dir/one.json" "$dir/two.json" || fail 'the round trip is not the same document'
for f in docs/examples/index-*.json; do
	code 0 "$phieu" round criteria export "$f" --out "$dir/x.xlsx"
	code 0 "$phieu" round criteria import "$dir/x.xlsx" --into "$f" --out "$dir/x.json"
	code 0 "$phieu" round diff "$f" "$dir/x.json"
	says out 'Không khác nhau'
done
# what no cell holds is told, and the exit code says so
jq '.index.criteria[0].name = " đầu dòng có dấu cách "' "$doc" >"$dir/odd.json"
code 3 "$phieu" round criteria export "$dir/odd.json" --out "$dir/odd.xlsx"
says err 'tệp Excel không giữ được'
says err 'đổi tên (renamed'

# ---- a set alone, as a table that is printed
printf 'STT;Lĩnh vực/Tiêu chí/TCTP;Điểm tối đa;Ghi chú\nI;Một;6;\n1.1;a;3,5;\n1.2;b;2,5;ĐTXHH\nII;Hai;4;\n2.1;c;4;\n;Tổng cộng;10;\n' >"$dir/printed.csv"
code 0 "$phieu" round criteria import "$dir/printed.csv"
is 'its tree' "$(jq -c '[.criteria[] | [.code, [.children[] | [.code, .maximum, .source]]]]' "$dir/out")" \
	'[["I",[["1.1","3.5","assessed"],["1.2","2.5","survey"]]],["II",[["2.1","4","assessed"]]]]'
says err 'C93'
sed -i 's/2,5/2,05/' "$dir/printed.csv"
code 1 "$phieu" round criteria import "$dir/printed.csv" --out "$dir/none.json"
says err 'cộng lại 5.55'
says err '/row/2/column/3'
[ ! -e "$dir/none.json" ] || fail 'a set with faults is written'
# into a round whose offices appraise other criteria: written, and told
sed -i 's/2,05/2,5/; s/;10;/;100;/; s/;4;/;94;/' "$dir/printed.csv"
code 3 "$phieu" round criteria import "$dir/printed.csv" --into ha-nam-2023 --out "$dir/next.json"
says err 'C96 /assignments/'
is 'its rules stay' "$(jq -cS .index.rules "$dir/next.json")" "$(jq -cS .index.rules "$doc")"

# ---- versions
jq '.index.criteria[0].children[0].name = "Kế hoạch khác"
	| .index.criteria[0].children[1].maximum = "2.5" | .index.criteria[0].children[2].maximum = "3.5"
	| .round.opinion_days = 7 | .replaced = [{"from": "1.9", "to": "1.1"}]' "$doc" >"$dir/v2.json"
"$phieu" round load "$dir/v2.json" --reason 'sửa' >/dev/null
code 0 "$phieu" round diff ha-nam-2023@1 ha-nam-2023
says out '~ 1.1 Kế hoạch khác: đổi tên (renamed'
says out '~ 1.2 Báo cáo định kỳ (mẫu): đổi điểm tối đa (maximum): 3 -> 2.5'
says out '~ /round/opinion_days: khác (other): 5 -> 7'
says out '+ 1.9: thay thế (replaced): – -> 1.1'
is 'as many lines' "$(wc -l <"$dir/out")" 5
code 0 "$phieu" round diff ha-nam-2023@1 "$doc" --json
is 'the same, as JSON' "$(jq -c . "$dir/out")" '{"same":true,"changes":[]}'
code 0 "$phieu" round diff ha-nam-2023@1 ha-nam-2023@2 --json
is 'changes as JSON' "$(jq -c '[.changes[] | .change] | sort' "$dir/out")" '["maximum","maximum","other","renamed","replaced"]'
code 0 "$phieu" round criteria export ha-nam-2023@1 --out "$dir/v1.xlsx"

# ---- what is refused
code 2 "$phieu" round diff ha-nam-2023
code 2 "$phieu" round diff ha-nam-2023@9 ha-nam-2023
says err 'no version 9'
code 2 "$phieu" round diff ha-nam-2023@x ha-nam-2023
says err 'a version is a number'
code 2 "$phieu" round diff khong-co ha-nam-2023
code 2 "$phieu" round diff "$dir/printed.csv" ha-nam-2023
code 2 "$phieu" round criteria export "$doc"
code 1 "$phieu" round criteria export "$doc" --out /nowhere/x.xlsx
says err 'cannot write /nowhere/x.xlsx'
code 2 "$phieu" round criteria import
echo '{}' >"$dir/empty.json"
code 2 "$phieu" round criteria import "$dir/printed.csv" --into "$dir/empty.json"
says err 'is no round'
code 1 "$phieu" round criteria import "$doc"
says err C01
exit $failed
