#!/bin/bash
# The office's pages in Chromium as people meet them: signing in by keyboard,
# a first password that must be changed, waves, progress and results on a PC,
# on a phone and on paper, and what goes wrong; accessibility of each.
# once: its time goes to Chromium
set -euo pipefail
cd "$(dirname "$0")/../.."
bin=${PHIEU_BIN:-$PWD/build/debug}
tests/web/npm.sh
dir=$(mktemp -d /tmp/phieu-office.XXXXXX)
chmod 755 "$dir"
pid=
stop() {
	[ -z "$pid" ] || { kill "$pid" && wait "$pid" || true; }
	rm -rf "$dir"
}
trap stop EXIT
: >"$dir/ready"
export PHIEU_STATE_DIR=$dir/state
"$bin/phieu" up --dir "$dir/state" --plan collector/plans/lai-chau-2020.json --simulate 300 --json \
	>"$dir/ready" 2>"$dir/log" &
pid=$!
for _ in $(seq 600); do
	! grep -q '^{.*}$' "$dir/ready" || break
	kill -0 "$pid" 2>/dev/null || { cat "$dir/log"; exit 1; }
	sleep 0.1
done
server=$(sed '/^{/!d' "$dir/ready" | jq -r .server)
export PASSWORD='sông Nậm Na mùa nước lớn'
echo "$PASSWORD" >"$dir/password"
"$bin/phieu" user add lan --name 'Nguyễn Thị Lan' --role post-supervisor --password-file "$dir/password" >/dev/null
"$bin/phieu" user add moi --name 'Trần Văn Mới' --role unit --password-file "$dir/password" >/dev/null
ANALYST=$(sed '/^{/!d' "$dir/ready" | jq -r .analyst_key)
export ANALYST
timeout 300 node tests/web/officepage.mjs "$bin" "$server" "$dir/profile"
