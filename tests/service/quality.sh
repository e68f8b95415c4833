#!/bin/bash
# The desk of quality as people use it: flags with the sheets behind them, the
# sheet of faults on paper and in Excel, payment frozen with the wave; by command,
# by HTTP in every role, and in Chromium without script.  PICTURES=DIR keeps a
# picture of each screen.
set -euo pipefail
cd "$(dirname "$0")/../.."
[ -n "${PHIEU_TEST_SOCKET:-}" ] || exec tests/with_pg.sh "$0" "$@"
bin=${PHIEU_BIN:-$PWD/build/debug}
tests/web/npm.sh
dir=$(mktemp -d /tmp/phieu-quality.XXXXXX)
server=
stop() {
	[ -z "$server" ] || { kill "$server" && wait "$server" || true; }
	rm -rf "$dir"
}
trap stop EXIT
bad=0
fail() {
	echo "quality.sh: $1"
	bad=1
}
export PHIEU_DATABASE_URL=$PHIEU_TEST_DB
export PHIEU_DATABASE_URL_SERVER="host=$PHIEU_TEST_SOCKET dbname=phieu user=phieu_server"
export PHIEU_DATABASE_URL_AUDITOR="host=$PHIEU_TEST_SOCKET dbname=phieu user=phieu_auditor"
wave=lai-chau-2020
phieu() { "$bin/phieu" "$@"; }
sql() { psql -qAtX "$PHIEU_TEST_DB" -v ON_ERROR_STOP=1 -c "$1"; }
phieu plan load collector/plans/$wave.json --reason test >/dev/null
# names and offices as formulas: nothing that leaves may begin with one (S11)
phieu key agent add --wave $wave --code an --name '=1+1 Lò Thị An' --office '+Bưu điện Tam Đường' >/dev/null
phieu key agent add --wave $wave --code binh --name '@Bình' --office 'Bưu điện Sìn Hồ' >/dev/null
# twenty sheets of An, three of them alike, one in a straight line, one invalid;
# four of Bình, all on one day; all came in yesterday
sql "CREATE FUNCTION pg_temp.add(i integer, who text, bad boolean, answers text, day date)
	RETURNS void LANGUAGE sql AS \$\$
	WITH f AS (SELECT f.wave, f.form, f.slots, g.grp FROM plan.form AS f
		JOIN plan.respondent_group AS g USING (wave, form) WHERE g.home_kind IS NULL ORDER BY g.grp LIMIT 1),
	r AS (INSERT INTO field.response (wave, instance, response, sha256, state, counted,
		form, grp, home, sheet, keying, collected, way, key, received_at, flags, faults, simulated, lane, batch)
	SELECT f.wave, 'uuid:q' || i, nextval('field.response_id'), sha256('x'),
		CASE WHEN bad THEN 3 ELSE 1 END, NOT bad, f.form, f.grp, 0, 'CT01-9' || lpad(i::text, 4, '0') || '-0', 1,
		day, 1, k.key, now() - interval '1 day', 0,
		CASE WHEN bad THEN '[{\"code\":\"V07\",\"path\":\"/ratings/0/answers/Q2\",\"message_vi\":\"=Ngoài thang đo\"}]'::jsonb END,
		false, 1, 1
	FROM f, field.agent_key AS k JOIN field.agent AS a USING (agent) WHERE a.code = who
	RETURNING wave, response)
	INSERT INTO field.rating (wave, response, unit, answers)
	SELECT r.wave, r.response, u.unit, decode(substr(repeat(answers, 40), 1, 2 * f.slots), 'hex')
	FROM r, f, LATERAL (SELECT min(unit) AS unit FROM plan.unit WHERE wave = f.wave AND rated) AS u \$\$;
	SELECT pg_temp.add(i, 'an', false, lpad(to_hex(1 + i % 4), 2, '0') || lpad(to_hex(1 + i / 4 % 4), 2, '0') || '0102', '2021-02-01'::date + i)
		FROM generate_series(1, 15) AS i;
	SELECT pg_temp.add(i, 'an', false, '0403020102', '2021-02-01'::date + i) FROM generate_series(16, 18) AS i;
	SELECT pg_temp.add(19, 'an', false, '04', '2021-02-20');
	SELECT pg_temp.add(20, 'an', true, '01', '2021-02-21');
	SELECT pg_temp.add(i, 'binh', false, '010203' || lpad(to_hex(i % 4 + 1), 2, '0') || '0201', '2021-02-10') FROM generate_series(21, 24) AS i" >/dev/null

# ---- by command -------------------------------------------------------------
phieu quality rule --wave $wave --rule q04-sheets --value 3 --reason 'thử' | grep ': 1' >/dev/null || fail 'no revision is told'
phieu quality rule --wave $wave --rule q02-answers --value 2 --reason 'thử' >/dev/null
phieu quality rule --wave $wave --rule q01-answers --value 2 --reason 'thử' >/dev/null
if phieu quality rule --wave $wave --rule q04-sheets --value 0 --reason x 2>"$dir/e"; then fail 'a threshold of 0 is taken'; fi
grep -q 'phải từ 1' "$dir/e" || fail "no bounds: $(cat "$dir/e")"
phieu quality flags --wave $wave --json >"$dir/flags"
for want in 'Q01 CT01-90019-0' 'Q02 CT01-90016-0' 'Q02 CT01-90017-0' 'Q02 CT01-90018-0' \
	'Q04 CT01-90021-0' 'Q04 CT01-90022-0' 'Q04 CT01-90023-0' 'Q04 CT01-90024-0'; do
	jq -r '.flags[] | .flag + " " + .sheet' "$dir/flags" | grep -x "$want" >/dev/null || fail "no $want"
done
[ "$(jq '.flags | map(select(.flag == "Q01" or .flag == "Q04")) | length' "$dir/flags")" = 5 ] || fail 'others are flagged too'
phieu quality agents --wave $wave >"$dir/agents"
grep -q 'Q06' "$dir/agents" || fail "no table: $(cat "$dir/agents")"
phieu quality outcomes --wave $wave --json | jq -e '[.outcomes[].received] | add == 24' >/dev/null || fail 'outcomes do not add up'
phieu quality days --wave $wave --json | jq -e '[.days[].valid] | add == 23' >/dev/null || fail 'days do not add up'
phieu quality codes --wave $wave --json | jq -e '.codes == [{form: .codes[0].form, group: .codes[0].group, code: "V07", sheets: 1, faults: 1}]' >/dev/null || fail 'codes'

# every answer as CSV: no cell begins a formula
for list in agents flags faults outcomes days codes payment payments rates rules assignments; do
	phieu quality $list --wave $wave --csv >"$dir/$list.csv"
	phieu quality $list --wave $wave --jsonl | jq -s . >/dev/null || fail "$list is no JSON"
	python3 - "$dir/$list.csv" <<'PY' || fail "$list.csv has a formula"
import csv, sys
bad = [c for r in csv.reader(open(sys.argv[1], encoding="utf-8-sig", newline=""))
       for c in r if c[:1] in "=+@\t\r" and c or c[:1] == "-" and len(c) > 1 and not c[1:2].isdigit()]
sys.exit(bool(bad))
PY
done

# the sheet of faults, of one office, on paper and in Excel
phieu quality print faults --wave $wave --office '+Bưu điện Tam Đường' --out "$dir/faults.html"
grep -q 'PHIẾU LỖI TRONG NGÀY' "$dir/faults.html" || fail 'no title'
grep -q 'CT01-90020-0' "$dir/faults.html" || fail 'no V07'
grep -q 'Q02' "$dir/faults.html" || fail 'no flag'
if grep -q 'CT01-90021-0' "$dir/faults.html"; then fail 'of another office'; fi
phieu quality print faults --wave $wave --out "$dir/faults.xlsx"
phieu quality print faults --wave $wave --day 2001-01-01 --out "$dir/none.csv"
if phieu quality print flags --wave $wave --out "$dir/x.html" 2>/dev/null; then fail 'flags are printed'; fi
if phieu quality print faults --wave $wave 2>/dev/null; then fail 'printed to nowhere'; fi
if phieu quality print faults --wave $wave --day x --out "$dir/x.html" 2>/dev/null; then fail 'a day called x'; fi
sheet_of() { # FILE: rows as another program sees them
	soffice -env:UserInstallation="file://$dir/office" --headless --convert-to csv:"Text - txt - csv (StarCalc)":44,34,76,1 \
		--outdir "$dir/seen" "$1" >/dev/null 2>&1 || fail "LibreOffice cannot read $1"
	cat "$dir/seen/$(basename "$1" .xlsx).csv"
}
no_formula() {
	python3 -c 'import sys, zipfile; z = zipfile.ZipFile(sys.argv[1]); sys.exit(any(b"<f>" in z.read(n) or b"<f " in z.read(n) for n in z.namelist() if "/sheet" in n))' "$1" ||
		fail "a formula in $1"
}
no_formula "$dir/faults.xlsx"
if command -v soffice >/dev/null; then
	sheet_of "$dir/faults.xlsx" >"$dir/faults.seen"
	for words in '=1+1 Lò Thị An' CT01-90020-0 V07 '=Ngoài thang đo' CT01-90024-0; do
		grep -qF -- "$words" "$dir/faults.seen" || fail "LibreOffice does not see $words"
	done
fi

# ---- by HTTP, every role ----------------------------------------------------
export PASSWORD='sông Nậm Na mùa nước lớn'
echo "$PASSWORD" >"$dir/password"
person() { # LOGIN ROLE [UNIT]
	phieu user add "$1" --name "$1" --password-file "$dir/password" >/dev/null
	phieu user role "$1" --give "$2" --wave $wave ${3:+--unit "$3"} >/dev/null
	sql "UPDATE people.account SET must_change = false WHERE login = '$1'"
}
person lan post-supervisor
person td post-supervisor tam-duong
person so analyst
person mt supervisor
person ad administrator
person dv unit so-tu-phap
person kt auditor
: >"$dir/server.out"
PHIEU_SERVER_PORT=0 "$bin/phieu-server" >"$dir/server.out" 2>"$dir/server.log" &
server=$!
for _ in $(seq 200); do
	! grep -q listening "$dir/server.out" || break
	sleep 0.1
done
url=$(jq -r .listening "$dir/server.out")
PYTHONDONTWRITEBYTECODE=1 python3 tests/support/quality_check.py "$url" "$dir" || fail 'by HTTP'
timeout 300 node tests/web/qualitypage.mjs "$url" "$dir" "${PICTURES:-}" || {
	tail -n 5 "$dir/server.log"
	fail 'the page'
}

# ---- payment, frozen with the wave ------------------------------------------
for form in CT-01 CT-02 CT-03; do
	for item in collected=100.05 valid=12500.35; do
		phieu quality rate --wave $wave --form $form --item ${item%=*} --dong ${item#*=} --reason 'QĐ thử' >/dev/null
	done
done
phieu quality print payment --wave $wave --out "$dir/now.html"
grep -q 'chưa khóa' "$dir/now.html" || fail 'a basis that may change does not say so'
phieu freeze --wave $wave --reason thử >/dev/null
phieu quality payment --wave $wave --json >"$dir/pay"
jq -e '.payment | map(select(.level == "agent") | .freeze_no) == [1, 1]' "$dir/pay" >/dev/null || fail "not frozen: $(cat "$dir/pay")"
jq -e '.payment | map(select(.agent == "an").amount) == ["239507.65"]' "$dir/pay" >/dev/null || fail "An gets $(jq -c '.payment[] | select(.agent == "an")' "$dir/pay")"
python3 - "$dir/pay" <<'PY' || fail 'the sums do not re-add'
import json, sys
from decimal import Decimal as D
p = json.load(open(sys.argv[1]))["payment"]
agents = [r for r in p if r["level"] == "agent"]
ok = bool(agents)
for r in p:
    mine = [a for a in agents if r["level"] == "all" or a["office"] == r["office"]]
    if r["level"] != "agent":
        ok &= D(r["amount"]) == sum(D(a["amount"]) for a in mine)
        ok &= all(r[k] == sum(a[k] for a in mine) for k in ("collected", "valid", "rechecked"))
    else:
        ok &= D(r["amount"]) == sum(r[k] * D(r["rate_" + k] or 0) for k in ("collected", "valid"))
sys.exit(not ok)
PY
phieu quality print payment --wave $wave --out "$dir/pay.xlsx"
no_formula "$dir/pay.xlsx"
if command -v soffice >/dev/null; then
	sheet_of "$dir/pay.xlsx" >"$dir/pay.seen"
	grep -q 'TỔNG CỘNG' "$dir/pay.seen" || fail 'no total in Excel'
	grep -q '239,507.65\|239507.65' "$dir/pay.seen" || fail "no amount in Excel: $(cat "$dir/pay.seen")"
fi
phieu quality rate --wave $wave --form CT-01 --item valid --dong 1 --reason 'sau khi khóa' >/dev/null
phieu quality payment --wave $wave --json | cmp -s - "$dir/pay" || fail 'a later rate changes what was frozen'
phieu quality payments --wave $wave --json | jq -e '.payments | length == 1 and .[0].holds' >/dev/null || fail 'the hash does not hold'
if phieu quality flags --wave $wave 2>"$dir/e"; then fail 'a frozen wave is looked at'; fi
grep -q 'đã khóa số liệu' "$dir/e" || fail "why not: $(cat "$dir/e")"
phieu audit list --last 400 >"$dir/log"
for what in flags agents faults outcomes days codes payment rule rate; do
	grep -q "\"what\": *\"$what\"" "$dir/log" || fail "no $what in the log"
done
exit $bad
