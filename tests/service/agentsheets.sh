#!/bin/bash
# An agent's own numbered sheets on his page, in Chromium against a real
# collector: counted, found, marked in bulk without a line, sent later and counted
# once; what his supervisor changed meanwhile is told back; nothing of others.
# Then what reviewers ask him about sheets he sent: answered without a line or
# keyed anew, and never an answer of a sheet on the screen.
# PICTURES=DIR keeps a picture of each screen.
set -euo pipefail
cd "$(dirname "$0")/../.."
if [ -z "${PHIEU_TEST_SOCKET:-}" ]; then
	PHIEU_TEST_FSYNC=on exec tests/with_pg.sh "$0" "$@"
fi
bin=${PHIEU_BIN:-$PWD/build/debug}
tests/web/npm.sh
dir=$(mktemp -d /tmp/phieu-agentsheets.XXXXXX)
trap 'rm -rf "$dir"' EXIT
export PHIEU_DATABASE_URL=$PHIEU_TEST_DB
export PHIEU_DATABASE_URL_COLLECTOR="host=$PHIEU_TEST_SOCKET dbname=phieu user=phieu_collector"
export PHIEU_DATABASE_URL_SERVER="host=$PHIEU_TEST_SOCKET dbname=phieu user=phieu_server"
wave=lai-chau-2020
"$bin/phieu" plan load collector/plans/$wave.json --reason test >/dev/null
key() { "$bin/phieu" key agent add --wave $wave "$@" | grep -o 'pa_[A-Z0-9]*' | head -n 1; }
export AGENT_A AGENT_B
AGENT_A=$(key --code an --name 'Lò Thị An' --office 'Bưu điện Tam Đường')
AGENT_B=$(key --code binh --name 'Vàng A Bình' --office 'Bưu điện Sìn Hồ')
"$bin/phieu" ledger plan --wave $wave >/dev/null
"$bin/phieu" ledger issue --wave $wave --agent an --group hdnd-tinh --count 8 >/dev/null
"$bin/phieu" ledger issue --wave $wave --agent binh --group hdnd-tinh --count 2 >/dev/null
"$bin/phieu" simulate --plan collector/plans/$wave.json --seed asked --out "$dir/sheets.ndjson" >/dev/null 2>&1
timeout 200 node tests/web/agentsheets.mjs "$bin" "$dir" "${PICTURES:-}"
"$bin/phieu" ledger verify --wave $wave
# one event for each thing told, however often it was sent; none of another's
n=$("$bin/phieu" ledger events --wave $wave --csv | tail -n +2 | grep -c ",agent,")
[ "$n" = 3 ] || { echo "acts of agents: $n, not 3"; exit 1; }
[ "$("$bin/phieu" review verify --wave $wave --csv | wc -l)" = 1 ] || { echo "the history of reviews is not well"; exit 1; }
n=$(psql -qAtX "$PHIEU_TEST_DB" -c "SELECT count(*) FROM field.review_event WHERE role = 'agent'")
[ "$n" = 2 ] || { echo "answers of agents: $n, not 2"; exit 1; }
