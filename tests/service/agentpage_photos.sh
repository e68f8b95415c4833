#!/bin/bash
# Photos of sheets on the agent's page, in Chromium against a real collector:
# taken without a line, locked on the disk, sent after the sheet's receipt and
# never before, through killed browsers and collectors; refused and damaged
# ones are shown; a mended sheet keeps its photos; the exported files go on by
# phieu-upload.
# once: its time goes to Chromium
set -euo pipefail
cd "$(dirname "$0")/../.."
if [ -z "${PHIEU_TEST_SOCKET:-}" ]; then
	PHIEU_TEST_FSYNC=on exec tests/with_pg.sh "$0" "$@"
fi
bin=${PHIEU_BIN:-$PWD/build/debug}
tests/web/npm.sh
dir=$(mktemp -d /tmp/phieu-photos.XXXXXX)
trap 'rm -rf "$dir"' EXIT
export PHIEU_DATABASE_URL=$PHIEU_TEST_DB
export PHIEU_DATABASE_URL_COLLECTOR="host=$PHIEU_TEST_SOCKET dbname=phieu user=phieu_collector"
"$bin/phieu" plan load collector/plans/lai-chau-2020.json --reason test >/dev/null
export AGENT_A
AGENT_A=$("$bin/phieu" key agent add --wave lai-chau-2020 --code an \
	--name 'Lò Thị An' --office 'Bưu điện Tam Đường' | grep -o 'pa_[A-Z0-9]*' | head -n 1)
collector/web/node_modules/.bin/esbuild collector/web/src/rules.ts --bundle \
	--format=esm --log-level=warning --outfile="$dir/rules.mjs"
timeout 300 node tests/web/photos.mjs "$bin" "$dir"
