#!/bin/bash
# The sheet ledger in Chromium, without script: an analyst begins it, a post
# supervisor issues, marks, restores and replaces, two people meet at one sheet,
# the ledger is closed under what is open; on a PC, on a telephone of 360 pixels;
# accessibility of each screen.  PICTURES=DIR keeps a picture of each.
set -euo pipefail
cd "$(dirname "$0")/../.."
[ -n "${PHIEU_TEST_SOCKET:-}" ] || exec tests/with_pg.sh "$0" "$@"
bin=${PHIEU_BIN:-$PWD/build/debug}
tests/web/npm.sh
dir=$(mktemp -d /tmp/phieu-ledgerpage.XXXXXX)
server=
stop() {
	[ -z "$server" ] || { kill "$server" && wait "$server" || true; }
	rm -rf "$dir"
}
trap stop EXIT
export PHIEU_DATABASE_URL=$PHIEU_TEST_DB
export PHIEU_DATABASE_URL_SERVER="host=$PHIEU_TEST_SOCKET dbname=phieu user=phieu_server"
wave=lai-chau-2020
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
: >"$dir/server.out"
PHIEU_SERVER_PORT=0 "$bin/phieu-server" >"$dir/server.out" 2>"$dir/server.log" &
server=$!
for _ in $(seq 200); do
	! grep -q listening "$dir/server.out" || break
	sleep 0.1
done
timeout 300 node tests/web/ledgerpage.mjs "$(jq -r .listening "$dir/server.out")" "$dir" "${PICTURES:-}" || {
	tail -n 20 "$dir/server.log"
	exit 1
}
"$bin/phieu" ledger verify --wave $wave
