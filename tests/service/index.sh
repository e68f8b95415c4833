#!/bin/bash
# phieu index as an analyst uses it: examples in three forms, explanations,
# typed sums that do not add, and everything that is wrong with a document.
set -euo pipefail
cd "$(dirname "$0")/../.."
bin=${PHIEU_BIN:-$PWD/build/debug}
ex=$PWD/docs/examples
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
fail() { echo "index.sh: $1"; exit 1; }
same() { [ "$1" = "$2" ] || fail "$3: \"$1\", not \"$2\""; }
# runs phieu index …; output in $dir/out and $dir/err; wants an exit code
run() {
	local want=$1 got=0
	shift
	"$bin/phieu" index "$@" >"$dir/out" 2>"$dir/err" || got=$?
	same $got "$want" "exit of index $*: $(cat "$dir/err")"
}
has() { grep -qF -- "$2" "$dir/$1" || fail "no $2 in $1: $(head -c 2000 "$dir/$1")"; }
of() { jq -r "$1" "$dir/out"; }

# the published table: row 10 does not add and is told
run 3 "$ex/index-tthc-2021.json"
has out 'không khớp: r10 tổng: ghi 13.859, tính được 12.859'
same "$(grep -c 'không khớp' "$dir/out")" 1 'rows that do not add'
run 3 "$ex/index-tthc-2021.json" --json
same "$(of '[.mismatches[] | [.unit, .typed, .computed]] | tostring')" '[["r10","13.859","12.859"]]' 'mismatches'
same "$(of '[.units[] | select(.kind == "khac") | [.rank, .shared]] | tostring')" '[[1,true],[1,true]]' 'two of 17 points share rank 1'
# it is the published table, cell by cell
jq -r '.units[] | [.values[] | if type == "object" then .value else . end] | join(",")' "$ex/index-tthc-2021.json" >"$dir/values"
tail -n +6 "$ex/tthc-2021-so.csv" | sed -E 's/"[^"]*"/name/; s/,\./,0./' | cut -d, -f3-11 | diff - "$dir/values" || fail 'values of the published table'

# tables, CSV, JSON say the same; trials say so
run 0 "$ex/index-hai-cap.json" --table
has out 'mẫu thử, không phải phiếu chính thức'
has out 'SO-02: đặc thù, không đánh giá: 1.2'
has out '83,38  Khá'
run 0 "$ex/index-hai-cap.json" --csv
has out 'SO-03,Sở mẫu 03,so,,,,complete,100,100,83.38,0,Khá,1'
run 0 "$ex/index-hai-cap.json" --json
same "$(of '.units[] | select(.code == "SO-03") | [.published, .grade, .rank, .exact] | tostring')" '["83.38","Khá",1,"83.38"]' json
first=$(of .input_sha256)
# another order of units and of values: the same bytes, the same hash
cp "$dir/out" "$dir/first"
jq '.units |= (reverse | map(.values |= (to_entries | reverse | from_entries)))' "$ex/index-hai-cap.json" >"$dir/turned.json"
run 0 "$dir/turned.json" --json
cmp -s "$dir/out" "$dir/first" || fail 'another order gives other bytes'
jq '.units[0].values["1.1"].value = "9.75"' "$ex/index-hai-cap.json" >"$dir/other.json"
run 0 "$dir/other.json" --json
[ "$(of .input_sha256)" != "$first" ] || fail 'another value, the same hash'
same "$("$bin/phieu" index - --csv <"$ex/index-ba-cap.json" | wc -l)" 109 'from standard input'
run 3 "$ex/index-thieu.json"
has out 'T5: còn thiếu: 2.2'
has out 'chưa đủ'

# explain: total, field, leaf
run 0 "$ex/index-hai-cap.json" --explain SO-02
has out '1.2 = 8 (không có đơn vị trực thuộc)'
has out 'half-up'
run 0 "$ex/index-hai-cap.json" --explain SO-02/1.3 --json
same "$(of '[.[].rule] | tostring')" '["linear","half-up"]' 'steps of a leaf'
same "$(of '.[1].after')" 10.17 'points of a leaf'
run 2 "$ex/index-hai-cap.json" --explain SO
has err 'no unit SO'
run 2 "$ex/index-hai-cap.json" --explain SO-02/9
has err 'no criterion 9'

# how sure a rank is: the seed is kept and gives the same sheet again
run 0 "$ex/index-hai-cap.json" --sure --seed 3 --draws 300 --base 32 --json
same "$(of '[.seed, .draws, .values_with_error, (.units | length)] | tostring')" '[3,300,42,14]' 'the sheet'
same "$(of '.input_sha256')" "$first" 'hash of the sheet'
same "$(of '[.units[] | .rank_low <= .rank_high and .rank_low >= 1] | all')" true 'intervals'
same "$(of '[.sensitivity.factors[].kind] | unique | tostring')" '["field","survey"]' factors
same "$(of '[.one_more_point[] | select(.unit == "XA-03" and .criterion == "1.2") | [.published, .grade, .rank]] | tostring')" '[["85.76","Tốt",2]]' 'one more point'
cp "$dir/out" "$dir/first"
run 0 "$dir/turned.json" --sure --seed 3 --draws 300 --base 32 --json
cmp -s "$dir/out" "$dir/first" || fail 'the same seed, another sheet'
run 0 "$ex/index-nhom.json" --sure --draws 200 --base 16 --by-criteria
has out 'bảng nội bộ, không thuộc điểm công bố; 200 lần mô phỏng, mầm 1'
has out 'không phân biệt được'
has out 'criterion  XH2'
run 0 "$ex/index-hai-cap.json" --sure --draws 50 --base 0 --csv
same "$(wc -l <"$dir/out")" 15 'rows of the sheet'
run 3 "$ex/index-tthc-2021.json" --sure --draws 10 --base 0
has out 'không có giá trị nào có sai số'
for bad in '--draws 0' '--draws 100001' '--seed 0' '--seed x' '--base 10001' '--base -1'; do
	# shellcheck disable=SC2086
	run 2 "$ex/index-hai-cap.json" --sure $bad
done
run 2 "$ex/index-hai-cap.json" --seed 3
has err 'go with --sure'
run 2 "$ex/index-hai-cap.json" --sure --explain SO-02

# what is wrong: all of it, with its place, in both languages
jq '.criteria[0].maximum = "31" | .units[0].values["1.1"].value = "10.1" | .x = 1' "$ex/index-hai-cap.json" >"$dir/bad.json"
run 2 "$dir/bad.json" --json
same "$(of '[.faults[].code] | tostring')" '["K02"]' 'unknown key first'
jq 'del(.x)' "$dir/bad.json" >"$dir/bad2.json"
run 2 "$dir/bad2.json" --json
same "$(of '[.faults[].code] | unique | tostring')" '["K10","K11","K13"]' faults
has err 'cộng lại 30 cho so, không phải 31'
run 2 "$dir/bad2.json"
[ ! -s "$dir/out" ] || fail 'faults beside a table'
run 2 "$ex/index-hai-cap.json" --json --csv
run 2
run 2 "$dir/nowhere.json"
has err nowhere.json
