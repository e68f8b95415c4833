#!/bin/bash
# Inspections over HTTP: what a secretary, units and appraisers may and see, two
# people at one inspection, refusals by their rule.
set -euo pipefail
cd "$(dirname "$0")/../.."
[ -n "${PHIEU_TEST_SOCKET:-}" ] || exec tests/with_pg.sh "$0" "$@"
bin=${PHIEU_BIN:-$PWD/build/debug}
dir=$(mktemp -d /tmp/phieu-inspect-api.XXXXXX)
chmod 755 "$dir"
server_pid=
cleanup() {
	local code=$?
	[ -z "$server_pid" ] || kill -TERM "$server_pid" 2>/dev/null || true
	[ -z "$server_pid" ] || wait "$server_pid" 2>/dev/null || true
	[ $code -eq 0 ] || { echo '--- phieu-server said:'; tail -n 20 "$dir/server.err" || true; }
	rm -rf "$dir"
	exit $code
}
trap cleanup EXIT
fail() { echo "inspect_api.sh: $1"; exit 1; }
phieu() { "$bin/phieu" "$@" >"$dir/out" 2>&1 || fail "phieu $*: $(cat "$dir/out")"; }
export PHIEU_DATABASE_URL=$PHIEU_TEST_DB
export PHIEU_DATABASE_URL_SERVER="host=$PHIEU_TEST_SOCKET dbname=phieu user=phieu_server"
export PHIEU_DATABASE_URL_AUDITOR="host=$PHIEU_TEST_SOCKET dbname=phieu user=phieu_auditor"
export PHIEU_STATE_DIR=$dir/state

phieu round load docs/examples/round-thanh-hoa-2023.json --reason thử
phieu inspect plan load docs/examples/inspect-thanh-hoa-2023.json --reason thử
(umask 077; echo 'mật khẩu rất dài 1' >"$dir/password")
person() { # login role [unit]
	phieu user add "$1" --name "$1" --password-file "$dir/password"
	phieu user role "$1" --give "$2" ${3:+--unit "$3"}
}
person thu-ky secretariat
person kiem-toan auditor
person giao-duc unit so-giao-duc
person tu-phap unit so-tu-phap
person tham-dinh appraiser vp-ubnd
person tham-dinh-2 appraiser so-tu-phap
psql -qXAt "$PHIEU_TEST_DB" -c 'UPDATE people.account SET must_change = false'

"$bin/phieu-server" --server-port 0 >"$dir/ready" 2>"$dir/server.err" &
server_pid=$!
for _ in $(seq 300); do
	[ ! -s "$dir/ready" ] || break
	kill -0 "$server_pid" 2>/dev/null || fail 'the server ended before it was ready'
	sleep 0.1
done
PYTHONDONTWRITEBYTECODE=1 PHIEU_BIN=$bin python3 tests/support/inspect_check.py \
	"$(jq -r .listening "$dir/ready")" 'mật khẩu rất dài 1'
phieu audit verify
