#!/bin/bash
# The pages of a round as people with a browser and without script meet them:
# each role signs in, and a round goes by forms alone from the first points to a
# publication; what is refused, what two people change at once, hostile names.
set -euo pipefail
cd "$(dirname "$0")/../.."
[ -n "${PHIEU_TEST_SOCKET:-}" ] || exec tests/with_pg.sh "$0" "$@"
bin=${PHIEU_BIN:-$PWD/build/debug}
dir=$(mktemp -d /tmp/phieu-pages.XXXXXX)
server=
: >"$dir/server.out"
stop() {
	[ -z "$server" ] || { kill "$server" && wait "$server" || true; }
	rm -rf "$dir"
}
trap stop EXIT
export PHIEU_DATABASE_URL=$PHIEU_TEST_DB
export PHIEU_DATABASE_URL_SERVER="host=$PHIEU_TEST_SOCKET dbname=phieu user=phieu_server"
export PHIEU_DATABASE_URL_AUDITOR="host=$PHIEU_TEST_SOCKET dbname=phieu user=phieu_auditor"
. tests/support/round_world.sh
round_world "$bin" "$dir"
round_area_docs "$bin" "$dir"

PHIEU_SERVER_PORT=0 "$bin/phieu-server" >"$dir/server.out" 2>"$dir/server.log" &
server=$!
for _ in $(seq 200); do
	! grep -q listening "$dir/server.out" || break
	sleep 0.1
done
url=$(jq -r .listening "$dir/server.out")
[ -n "$url" ] || { cat "$dir/server.log"; exit 1; }
PYTHONDONTWRITEBYTECODE=1 /usr/bin/python3 tests/support/pages_check.py "$url" "$dir" "$bin" || {
	tail -n 20 "$dir/server.log"
	exit 1
}
"$bin/phieu" audit verify >"$dir/out" 2>&1 || { cat "$dir/out"; exit 1; }
