#!/bin/bash
# The agent's page in Chromium against a real collector: 50 sheets keyed
# without a line and received once, the browser and the collector killed in
# the middle, 20 kbit/s, another agent at the same computer, the export file,
# accessibility of every screen, and what keying costs in keys and time.
# once: its time goes to Chromium
set -euo pipefail
cd "$(dirname "$0")/../.."
if [ -z "${PHIEU_TEST_SOCKET:-}" ]; then
	PHIEU_TEST_FSYNC=on exec tests/with_pg.sh "$0" "$@"
fi
bin=${PHIEU_BIN:-$PWD/build/debug}
tests/web/npm.sh
dir=$(mktemp -d /tmp/phieu-page.XXXXXX)
trap 'rm -rf "$dir"' EXIT
plan=collector/plans/lai-chau-2020.json
export PHIEU_DATABASE_URL=$PHIEU_TEST_DB
export PHIEU_DATABASE_URL_COLLECTOR="host=$PHIEU_TEST_SOCKET dbname=phieu user=phieu_collector"
"$bin/phieu" plan load $plan --reason test >/dev/null
key() { "$bin/phieu" key agent add --wave lai-chau-2020 "$@" | grep -o 'pa_[A-Z0-9]*' | head -n 1; }
sipas=collector/plans/sipas-2017-example.json
"$bin/phieu" plan load $sipas --reason test >/dev/null
export AGENT_A AGENT_A2 AGENT_B AGENT_C AGENT_D
AGENT_D=$("$bin/phieu" key agent add --wave "$(jq -r .wave.code $sipas)" --code dung \
	--name 'Dung' --office 'Bưu điện' | grep -o 'pa_[A-Z0-9]*' | head -n 1)
AGENT_A=$(key --code an --name 'Lò Thị An' --office 'Bưu điện Tam Đường')
AGENT_A2=$(key --code an)
AGENT_B=$(key --code binh --name 'Vàng A Bình' --office 'Bưu điện Sìn Hồ')
AGENT_C=$(key --code chi --name 'Chi' --office 'Bưu điện Than Uyên' --forms CT-02 --homes so-noi-vu)
collector/web/node_modules/.bin/esbuild collector/web/src/rules.ts --bundle \
	--format=esm --log-level=warning --outfile="$dir/rules.mjs"
timeout 600 node tests/web/agentpage.mjs "$bin" "$dir"
