#!/bin/bash
# The desks of a wave in Chromium, without script.  The sheet ledger: an analyst
# begins it, a post supervisor issues, marks, restores and replaces, two people
# meet at one sheet, the ledger is closed under what is open.  Then, in another
# wave, every list and form of review, re-survey, roster, second keying, quality
# and ballots.  On a PC, on a telephone of 360 pixels, on A4; accessibility;
# PICTURES=DIR keeps a picture of each.
# once: its time goes to Chromium
set -euo pipefail
cd "$(dirname "$0")/../.."
if [ -z "${PHIEU_TEST_SOCKET:-}" ]; then
	PHIEU_TEST_FSYNC=on exec tests/with_pg.sh "$0" "$@"
fi
bin=${PHIEU_BIN:-$PWD/build/debug}
tests/web/npm.sh
dir=$(mktemp -d /tmp/phieu-ledgerpage.XXXXXX)
server=
collector=
stop() {
	for p in $server $collector; do kill "$p" && wait "$p" || true; done
	rm -rf "$dir"
}
trap stop EXIT
export PHIEU_DATABASE_URL=$PHIEU_TEST_DB
for role in server collector roster; do
	export "PHIEU_DATABASE_URL_${role^^}=host=$PHIEU_TEST_SOCKET dbname=phieu user=phieu_$role"
done
wave=lai-chau-2020
desks=two-level-example
"$bin/phieu" plan load collector/plans/$wave.json --reason test >/dev/null
export PASSWORD='sông Nậm Na mùa nước lớn'
echo "$PASSWORD" >"$dir/password"
person() { # LOGIN NAME ROLE [UNIT]
	"$bin/phieu" user add "$1" --name "$2" --password-file "$dir/password" >/dev/null
	"$bin/phieu" user role "$1" --give "$3" --wave $wave ${4:+--unit "$4"} >/dev/null
	psql -qX "$PHIEU_TEST_DB" -c "UPDATE people.account SET must_change = false WHERE login = '$1'"
}
person lan 'Nguyễn Thị Lan' post-supervisor
person td 'Lò Văn Tam' post-supervisor tam-duong
person so 'Đỗ Thị Sáu' analyst
person mt 'Vàng A Mặt' supervisor
"$bin/phieu" key agent add --wave $wave --code an --name 'Lò Thị An' --office 'Bưu điện Tam Đường' >/dev/null
"$bin/phieu" key agent add --wave $wave --code binh --name '<i>Bình</i>' --office 'Bưu điện Sìn Hồ' >/dev/null

# a wave with its sheets, and persons of whom nothing ties any to a sheet
"$bin/phieu" plan load collector/plans/$desks.json --reason test >/dev/null
"$bin/phieu" simulate --plan collector/plans/$desks.json --seed desks --out "$dir/sheets" >/dev/null 2>&1
"$bin/phieu" plan load collector/plans/sipas-2017-example.json --reason test >/dev/null
"$bin/phieu" user role so --give analyst --wave sipas-2017-example >/dev/null
for role in lan:post-supervisor so:analyst mt:supervisor; do
	"$bin/phieu" user role "${role%:*}" --give "${role#*:}" --wave $desks >/dev/null
done
: >"$dir/collector.out"
"$bin/phieu-collector" --collector-port 0 >"$dir/collector.out" 2>"$dir/collector.log" &
collector=$!
for _ in $(seq 200); do
	! grep -q listening "$dir/collector.out" || break
	sleep 0.1
done
"$bin/phieu" ledger plan --wave $desks >/dev/null
for who in "an2:Lò Thị An:1,150p" "binh2:=1+1 <i>Bình</i>:151,\$p"; do
	IFS=: read -r code name lines <<<"$who"
	key=$("$bin/phieu" key agent add --wave $desks --code "$code" --name "$name" --office 'Bưu điện Tam Đường' | grep -o 'pa_[A-Z0-9]*' | head -n 1)
	"$bin/phieu" ledger issue --wave $desks --agent "$code" --sheets "$(sed -n "$lines" "$dir/sheets" | jq -r .sheet)" >/dev/null
	sed -n "$lines" "$dir/sheets" | curl -sS -H "Authorization: Bearer $key" -H 'Content-Type: application/x-ndjson' \
		--data-binary @- "$(jq -r .listening "$dir/collector.out")/v1/submissions" | tail -n 1 | grep -q '"invalid":0' || echo 'not all sheets are valid'
done
{
	echo 'mã,họ tên,nhóm,đơn vị,liên hệ,điều tra viên,đã đến'
	jq -rs 'to_entries[] | "N\(1000 + .key),Người thứ \(.key),\(.value.group),\(.value.home // ""),bản \(.key % 7),\(if .key % 2 == 0 then "an2" else "binh2" end),x"' "$dir/sheets"
} >"$dir/persons.csv"
"$bin/phieu" roster import "$dir/persons.csv" --wave $desks >/dev/null
: >"$dir/server.out"
PHIEU_SERVER_PORT=0 "$bin/phieu-server" >"$dir/server.out" 2>"$dir/server.log" &
server=$!
for _ in $(seq 200); do
	! grep -q listening "$dir/server.out" || break
	sleep 0.1
done
timeout 600 node tests/web/ledgerpage.mjs "$(jq -r .listening "$dir/server.out")" "$dir" "${PICTURES:-}" || {
	tail -n 20 "$dir/server.log"
	exit 1
}
"$bin/phieu" ledger verify --wave $wave
