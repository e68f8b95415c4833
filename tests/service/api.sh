#!/bin/bash
# Both services against docs/api/openapi.yaml: what they answer, before
# anything is published and after.
set -euo pipefail
cd "$(dirname "$0")/../.."
bin=${PHIEU_BIN:-$PWD/build/debug}
plan=collector/plans/lai-chau-2020.json
dir=$(mktemp -d /tmp/phieu-api.XXXXXX)
chmod 755 "$dir"
up_pid=
cleanup() {
	local code=$?
	[ -z "$up_pid" ] || kill -TERM "$up_pid" 2>/dev/null || true
	[ -z "$up_pid" ] || wait "$up_pid" 2>/dev/null || true
	[ $code -eq 0 ] || { echo "--- phieu up said:"; tail -n 40 "$dir/err" || true; }
	rm -rf "$dir"
	exit $code
}
trap cleanup EXIT
fail() { echo "api.sh: $1"; exit 1; }
phieu() { "$bin/phieu" "$@" --state-dir "$dir/state"; }

export PHIEU_DATA_FEED=true
"$bin/phieu" up --dir "$dir/state" --plan $plan --json >"$dir/ready" 2>"$dir/err" &
up_pid=$!
for _ in $(seq 900); do
	[ ! -s "$dir/ready" ] || break
	kill -0 "$up_pid" 2>/dev/null || fail 'ended before it was ready'
	sleep 0.1
done
[ -s "$dir/ready" ] || fail 'not ready in time'
"$bin/phieu" simulate --plan $plan --seed api --out "$dir/sheets.ndjson" >/dev/null
"$bin/phieu" simulate --plan $plan --seed phone --n 1 --openrosa --out "$dir/one.xml" >/dev/null
(umask 077; echo 'mật khẩu rất dài 1' >"$dir/password")
phieu user add analyst --name 'Người phân tích' --role analyst --password-file "$dir/password" >/dev/null
phieu user role analyst --give post-supervisor >/dev/null
check() { PYTHONDONTWRITEBYTECODE=1 python3 tests/support/api_check.py "$dir/ready" "$dir/sheets.ndjson" "$@"; }
phieu plan load collector/plans/two-level-example.json --reason test >/dev/null
check before analyst 'mật khẩu rất dài 1' "$dir/one.xml"
# the rest of the wave, so that there is something to publish; one of its
# sheets came by phone
came=$(grep -o '<sheet>[^<]*' "$dir/one.xml" | cut -d'>' -f2)
grep -v "\"$came\"" "$dir/sheets.ndjson" >"$dir/rest.ndjson"
PHIEU_AGENT_KEY=$(jq -r .agent_key "$dir/ready") "$bin/phieu-upload" "$dir/rest.ndjson" \
	--to "$(jq -r .collector "$dir/ready")" --outbox "$dir/outbox" >/dev/null
phieu freeze --wave lai-chau-2020 --reason test >/dev/null
phieu publish --wave lai-chau-2020 --reason test >/dev/null
phieu round load tests/data/rounds/small.json --reason test >/dev/null
for s in appraise publish; do phieu round step ky-mau $s --until "$(TZ=Asia/Ho_Chi_Minh date -d tomorrow +%F)" --reason test; done
for u in so-mot so-hai; do
	phieu external put --round ky-mau --unit $u --criterion 1 --value 80.5 --source test >/dev/null
done
phieu round compute ky-mau >/dev/null
phieu round publish ky-mau --result 1 --decision test --reason test >/dev/null
check after
