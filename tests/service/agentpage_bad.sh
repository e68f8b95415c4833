#!/bin/bash
# What goes wrong with the agent's page, in Chromium against a real collector:
# every refusal shown with a way on and nothing dropped, answers that are not
# the collector's, two tabs, a new version of the page, older stores, a wrong
# clock, a full disk, a window that keeps nothing.
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
export PHIEU_DATABASE_URL=$PHIEU_TEST_DB
export PHIEU_DATABASE_URL_COLLECTOR="host=$PHIEU_TEST_SOCKET dbname=phieu user=phieu_collector"
"$bin/phieu" plan load collector/plans/lai-chau-2020.json --reason test >/dev/null
key() { "$bin/phieu" key agent add --wave lai-chau-2020 "$@" | grep -o 'pa_[A-Z0-9]*' | head -n 1; }
export AGENT_A AGENT_B AGENT_C
AGENT_A=$(key --code an --name 'Lò Thị An' --office 'Bưu điện Tam Đường')
AGENT_B=$(key --code binh --name 'Vàng A Bình' --office 'Bưu điện Sìn Hồ')
AGENT_C=$(key --code chi --name 'Chi' --office 'Bưu điện Than Uyên')
collector/web/node_modules/.bin/esbuild collector/web/src/rules.ts --bundle \
	--format=esm --log-level=warning --outfile="$dir/rules.mjs"
collector/web/node_modules/.bin/esbuild tests/web/seed.mjs --bundle \
	--format=iife --global-name=seed --log-level=warning --outfile="$dir/seed.js"
timeout 600 node tests/web/agentpage_bad.mjs "$bin" "$dir"
