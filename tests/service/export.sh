#!/bin/bash
# phieu export as an analyst uses it: every form read back by another program
# and compared with what was sent, the reason in the log, and what is refused.
set -euo pipefail
cd "$(dirname "$0")/../.."
bin=${PHIEU_BIN:-$PWD/build/debug}
dir=$(mktemp -d /tmp/phieu-export.XXXXXX)
chmod 755 "$dir"
up_pid=''
cleanup() {
	local code=$?
	[ -z "$up_pid" ] || kill -TERM "$up_pid" 2>/dev/null || true
	[ -z "$up_pid" ] || wait "$up_pid" 2>/dev/null || true
	rm -rf "$dir"
	exit $code
}
trap cleanup EXIT
fail() { echo "export.sh: $1"; exit 1; }
refuse() { # words, command…
	local words=$1
	shift
	if "$@" >"$dir/o" 2>"$dir/e"; then fail "taken: $*"; fi
	grep -qF -- "$words" "$dir/e" || fail "$*: no \"$words\" in $(cat "$dir/e")"
	[ ! -s "$dir/o" ] || fail "$*: something was written"
}
phieu=$bin/phieu
wave=sipas-2017-example
export PHIEU_STATE_DIR="$dir/state" PHIEU_DATA_FEED=true
"$phieu" up --dir "$dir/state" --plan collector/plans/$wave.json --simulate 300 --json >"$dir/ready" 2>"$dir/up.err" &
up_pid=$!
for _ in $(seq 600); do
	grep -q '^{.*}$' "$dir/ready" && break
	kill -0 $up_pid 2>/dev/null || fail "up ended: $(tail -n 5 "$dir/up.err")"
	sleep 0.1
done

# no answers leave before the freeze, none without a reason, none to nowhere
refuse freeze "$phieu" export $wave --form SIPAS --as csv --reason thử
"$phieu" freeze --wave $wave --reason 'thử xuất số liệu' >/dev/null
refuse -- "--reason" "$phieu" export $wave --form SIPAS --as csv
refuse 'usage' "$phieu" export $wave --form SIPAS --dir "$dir/x" --as csv --reason thử
refuse 'xls' "$phieu" export $wave --form SIPAS --as xls --reason thử
refuse 'no form' "$phieu" export $wave --form CT-09 --as csv --reason thử
refuse 'name one wave' "$phieu" export --form SIPAS --as csv --reason thử
refuse 'nowhere' "$phieu" export $wave --form SIPAS --as csv --reason thử --out "$dir/nowhere/x"
refuse 'No space' "$phieu" export $wave --form SIPAS --as sav --reason thử --out /dev/full
[ ! -e "$dir/x" ] || fail 'a refused export left a folder'

# each form, and what the others say of it
for as in csv jsonl sav dta xlsx; do
	"$phieu" export $wave --dir "$dir/out" --as $as --reason 'kiểm tra chéo' 2>"$dir/e"
	grep -q 'mẫu thử, không phải phiếu chính thức' "$dir/e" || fail "$as does not say it is a trial"
done
base=$dir/out/$wave-SIPAS
pspp-convert -O csv "$base.sav" "$base.sav.csv"
python3 tests/support/dataset_check.py "$dir/state/simulated.ndjson" "$dir/out" $wave-SIPAS >"$dir/check" ||
	fail "$(cat "$dir/check")"
tail -n 1 "$dir/check"

# the checker has eyes
cp "$base.csv" "$dir/keep"
sed -i '2s/,[^,]*\r$/,77\r/' "$base.csv"
if python3 tests/support/dataset_check.py "$dir/state/simulated.ndjson" "$dir/out" $wave-SIPAS >"$dir/check"; then
	fail 'an altered cell passes'
fi
mv "$dir/keep" "$base.csv"

# PSPP sees the words, the reasons, the weight and the notes
printf 'GET FILE="%s".\nSHOW WEIGHT.\nDISPLAY DOCUMENTS.\nDISPLAY DICTIONARY.\n' "$base.sav" >"$dir/a.sps"
pspp "$dir/a.sps" >"$dir/pspp" 2>&1 || fail "pspp: $(tail -n 5 "$dir/pspp")"
for words in 'Weight variable: weight\|WEIGHT is weight\|weight' 'mẫu thử, không phải' 'freeze 1' 'Không có ý kiến' '-9'; do
	grep -q -- "$words" "$dir/pspp" || fail "PSPP does not show $words"
done
# haven too, where it is
if Rscript -e 'library(haven)' >/dev/null 2>&1; then
	cat >"$dir/haven.R" <<'R'
files <- commandArgs(TRUE)
suppressMessages(library(haven))
s <- read_sav(files[1], user_na = TRUE)
d <- read_dta(files[2])
stopifnot(identical(names(s), names(d)), nrow(s) == 300, nrow(d) == 300,
          all(attr(s$C01, "na_range") == c(-9, -7)),
          "Rất hài lòng" %in% names(attr(s$C01, "labels")),
          "Rất hài lòng" %in% names(attr(d$C01, "labels")))
for (k in names(s)) {
  a <- as.vector(unclass(s[[k]]))
  b <- as.vector(unclass(d[[k]]))
  there <- !is.na(b) & b != ""
  stopifnot(a[there] == b[there], all(is.na(a[!there]) | a[!there] %in% c("", -9:-7)))
}
R
	Rscript "$dir/haven.R" "$base.sav" "$base.dta" || fail 'haven reads something else'
fi

# LibreOffice opens the workbook and sees what the CSV has
if command -v soffice >/dev/null; then
	soffice -env:UserInstallation="file://$dir/office" --headless --convert-to csv:"Text - txt - csv (StarCalc)":44,34,76,1,,0,false,true,false,false,false,1 \
		--outdir "$dir/office.out" "$base.xlsx" >/dev/null 2>&1 || fail 'LibreOffice cannot read the workbook'
	python3 - "$base.csv" "$dir/office.out/"*.csv <<'PY' || fail 'LibreOffice sees something else'
import csv, sys
a = list(csv.reader(open(sys.argv[1], encoding="utf-8-sig", newline="")))
b = list(csv.reader(open(sys.argv[2], encoding="utf-8-sig", newline="")))
same = lambda x, y: x.lstrip("'") == y or float(x) == float(y)
sys.exit(not (len(a) == len(b) and all(
    len(p) == len(q) and all(same(x, y) for x, y in zip(p, q)) for p, q in zip(a, b))))
PY
fi

# the same twice, byte for byte
for as in sav dta csv jsonl xlsx codebook ddi; do
	"$phieu" export $wave --form SIPAS --as $as --reason lại >"$dir/1" 2>/dev/null
	"$phieu" export $wave --form SIPAS --as $as --reason lại --out "$dir/2" 2>/dev/null
	cmp -s "$dir/1" "$dir/2" || fail "$as: two exports differ"
done
[ "$(stat -c %a "$dir/2")" = 600 ] || fail 'others may read it'
[ -z "$(find "$dir" -name '*.part.*')" ] || fail 'a part was left'

# the feed of Excel and Power BI gives the same rows, page by page
PHIEU_FEED_KEY=$(jq -r .analyst_key "$dir/ready") python3 tests/support/odata_check.py \
	"$(jq -r .server "$dir/ready")" /v1/waves/$wave/odata/ SIPAS "$base.jsonl" >"$dir/check" ||
	fail "$(cat "$dir/check")"
tail -n 1 "$dir/check"
"$phieu" audit list >"$dir/log"
grep -q '"as":"odata","reason":"unit eq' "$dir/log" || fail 'a feed does not stand in the log'

# the code book says what no answer means; who took what stands in the log
grep -q 'Nội bộ' "$base.html" || fail 'the code book does not say it is internal'
"$phieu" audit list --last 1000 >"$dir/log"
grep -q 'kiểm tra chéo' "$dir/log" || fail "no reason in the log: $(tail -n 5 "$dir/log")"
[ "$(grep -c '"as":"sav"' "$dir/log")" -ge 3 ] || fail 'not every export stands in the log'
"$phieu" audit verify >/dev/null || fail 'the log does not hold'
echo OK
