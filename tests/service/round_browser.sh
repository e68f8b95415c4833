#!/bin/bash
# The pages of a round in Chromium: by keyboard, on a PC, on a telephone of 360
# pixels and on paper; accessibility of each; two people at one item.
# PICTURES=DIR keeps a picture of each screen.
# once: its time goes to Chromium
set -euo pipefail
cd "$(dirname "$0")/../.."
[ -n "${PHIEU_TEST_SOCKET:-}" ] || exec tests/with_pg.sh "$0" "$@"
bin=${PHIEU_BIN:-$PWD/build/debug}
tests/web/npm.sh
dir=$(mktemp -d /tmp/phieu-round.XXXXXX)
server=
stop() {
	[ -z "$server" ] || { kill "$server" && wait "$server" || true; }
	rm -rf "$dir"
}
trap stop EXIT
export PHIEU_DATABASE_URL=$PHIEU_TEST_DB
export PHIEU_DATABASE_URL_SERVER="host=$PHIEU_TEST_SOCKET dbname=phieu user=phieu_server"
. tests/support/round_world.sh
round_world "$bin" "$dir"
round_area_docs "$bin" "$dir"

# two units handed in, the third is half way
R=ha-nam-2023
leaves=$(jq -r '.index.criteria[].children[] | select(.source == "assessed") | .code + " " + .maximum' "$dir/round.json")
{
	echo "Đơn vị,$(cut -d' ' -f1 <<<"$leaves" | paste -sd,)"
	for i in 1 2; do
		jq -r ".index.units[$i].name | \"\\\"\" + gsub(\"\\\"\"; \"\\\"\\\"\") + \"\\\",\"" "$dir/round.json" | tr -d '\n'
		cut -d' ' -f2 <<<"$leaves" | paste -sd,
	done
} >"$dir/wide.csv"
"$bin/phieu" self import "$dir/wide.csv" --round $R >"$dir/out" 2>&1 || { cat "$dir/out"; exit 1; }
for i in 1 2; do
	"$bin/phieu" self submit --round $R --unit "$(jq -r ".index.units[$i].code" "$dir/round.json")" >/dev/null
done
for c in 1.2 1.3 2.1 3.1; do
	"$bin/phieu" self set --round $R --unit "$(jq -r '.index.units[0].code' "$dir/round.json")" --criterion $c --points 2.5
done

: >"$dir/server.out"
PHIEU_SERVER_PORT=0 "$bin/phieu-server" >"$dir/server.out" 2>"$dir/server.log" &
server=$!
for _ in $(seq 200); do
	! grep -q listening "$dir/server.out" || break
	sleep 0.1
done
PASSWORD=$(cat "$dir/password")
export PASSWORD
timeout 600 node tests/web/roundpages.mjs "$(jq -r .listening "$dir/server.out")" "$dir" "${PICTURES:-}" || {
	tail -n 20 "$dir/server.log"
	exit 1
}
