#!/bin/bash
# Rounds over HTTP: every role asks every route, every act and every list; what
# is bound to units and offices; two people at one item; the log behind it.
set -euo pipefail
cd "$(dirname "$0")/../.."
[ -n "${PHIEU_TEST_SOCKET:-}" ] || exec tests/with_pg.sh "$0" "$@"
bin=${PHIEU_BIN:-$PWD/build/debug}
dir=$(mktemp -d /tmp/phieu-round-api.XXXXXX)
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
fail() { echo "round_api.sh: $1"; exit 1; }
# shellcheck source=tests/support/batch.sh
. tests/support/batch.sh
phieu() {
	batch "$@"
	[ "$batch_rc" = 0 ] || fail "phieu $*: $batch_out$batch_err"
}
export PHIEU_DATABASE_URL=$PHIEU_TEST_DB
export PHIEU_DATABASE_URL_SERVER="host=$PHIEU_TEST_SOCKET dbname=phieu user=phieu_server"
export PHIEU_DATABASE_URL_AUDITOR="host=$PHIEU_TEST_SOCKET dbname=phieu user=phieu_auditor"
export PHIEU_STATE_DIR=$dir/state
batch_start "$bin/phieu"

for plan in lai-chau-2020 two-level-example; do
	phieu plan load collector/plans/$plan.json --reason thử
done
other=$(jq -r .wave.code collector/plans/two-level-example.json)
phieu round load docs/examples/round-ha-nam-2023.json --reason thử
phieu round load tests/data/rounds/small.json --reason thử
jq '.round.code = "ky-mo" | .round.own_unit = true' docs/examples/round-ha-nam-2023.json >"$dir/own.json"
phieu round load "$dir/own.json" --reason thử
tomorrow=$(TZ=Asia/Ho_Chi_Minh date -d tomorrow +%F)
for r in ha-nam-2023 ky-mo; do
	for s in self-assess appraise council publish; do
		phieu round step $r $s --until "$tomorrow" --reason thử
	done
done
(umask 077; echo 'mật khẩu rất dài 1' >"$dir/password")
person() { # login, then role [wave [unit]] …
	phieu user add "$1" --name "$1" --password-file "$dir/password"
	phieu user role "$1" --give "$2" ${3:+--wave "$3"} ${4:+--unit "$4"}
}
for role in administrator analyst post-supervisor agent secretariat council supervisor auditor; do
	person $role $role
done
person unit unit '' so-tai-chinh
person unit2 unit '' so-tu-phap
person unit-none unit
person unit-wave unit lai-chau-2020 so-mot
person appraiser appraiser '' so-noi-vu
person appraiser2 appraiser '' so-tu-phap
person appraiser-none appraiser
person appraiser-lost appraiser '' khong-co
person secretariat-wave secretariat lai-chau-2020
person secretariat-other secretariat "$other"
person both unit '' so-tu-phap
phieu user role both --give appraiser --unit so-tu-phap
person gone secretariat
# the first password is one to change; that is tested in people.sh
psql -qXAt "$PHIEU_TEST_DB" -c 'UPDATE people.account SET must_change = false'
phieu key engine add --name engine
echo "$batch_out" >"$dir/engine"
phieu key analyst add --name script
echo "$batch_out" >"$dir/analyst"
batch_end || fail 'the commands did not end well'

"$bin/phieu-server" --server-port 0 >"$dir/ready" 2>"$dir/server.err" &
server_pid=$!
for _ in $(seq 300); do
	[ ! -s "$dir/ready" ] || break
	kill -0 "$server_pid" 2>/dev/null || fail 'the server ended before it was ready'
	sleep 0.1
done
PYTHONDONTWRITEBYTECODE=1 PHIEU_BIN=$bin python3 tests/support/round_check.py \
	"$(jq -r .listening "$dir/ready")" "$dir" 'mật khẩu rất dài 1'
