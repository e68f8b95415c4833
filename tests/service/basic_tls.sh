#!/bin/bash
# A device's password crosses a line as it is (HTTP Basic) over TLS only, or
# from this machine.  In a network of its own, where an address of another
# machine is played by one more on the loopback interface.
set -euo pipefail
cd "$(dirname "$0")/../.."
if [ -z "${PHIEU_TEST_SOCKET:-}" ]; then
	PHIEU_TEST_FSYNC=on exec tests/with_pg.sh "$0" "$@"
fi
if [ -z "${PHIEU_TEST_NET:-}" ]; then
	export PHIEU_TEST_NET=own
	if [ "$(id -u)" = 0 ]; then
		exec unshare -n "$0" "$@"
	fi
	exec unshare -cn --keep-caps "$0" "$@"
fi
[ -z "$(ip -o addr show to 198.51.100.7)" ] && ! ip -o link | grep -qv ' lo:' ||
	{ echo 'basic_tls: this is not a network of its own'; exit 1; }
ip link set lo up
ip addr add 198.51.100.7/32 dev lo
bin=${PHIEU_BIN:-$PWD/build/debug}
dir=$(mktemp -d /tmp/phieu-basic.XXXXXX)
chmod 755 "$dir"
pid=
finish() {
	local code=$?
	[ -z "$pid" ] || { kill -TERM "$pid" && wait "$pid"; } 2>/dev/null || true
	[ $code -eq 0 ] || cat "$dir/err" || true
	rm -rf "$dir"
	exit $code
}
trap finish EXIT
fail() { echo "basic_tls: $1"; exit 1; }
export PHIEU_DATABASE_URL=$PHIEU_TEST_DB
"$bin/phieu" plan load collector/plans/lai-chau-2020.json --reason test >/dev/null
"$bin/phieu" key agent add --wave lai-chau-2020 --code an --name An >/dev/null
both=$("$bin/phieu" key device add --agent an --wave lai-chau-2020 --login may-01 | sed -n '2,3p' | paste -sd:)
start() { # options
	: >"$dir/out"
	PHIEU_DATABASE_URL_COLLECTOR="host=$PHIEU_TEST_SOCKET dbname=phieu user=phieu_collector" \
		"$bin/phieu-collector" --collector-address 0.0.0.0 --collector-port 0 \
		--openrosa-digest --openrosa-basic "$@" >"$dir/out" 2>>"$dir/err" &
	pid=$!
	for _ in $(seq 200); do
		[ ! -s "$dir/out" ] || break
		sleep 0.05
	done
	port=$(sed -nE 's/.*:([0-9]+)".*/\1/p' "$dir/out")
	[ -n "$port" ] || fail 'the collector does not start'
}
stop() {
	kill -TERM "$pid"
	wait "$pid" || fail "ended with $?"
	pid=
}
# address, what it must answer, curl's options
asks() {
	local address=$1 want=$2 got
	shift 2
	got=$(curl -s -o /dev/null -D "$dir/head" -w '%{http_code}' --cacert "$dir/crt" \
		-H "X-OpenRosa-Version: 1.0" "$@" "$address/formList")
	[ "$got" = "$want" ] || fail "$address $*: $got, not $want"
}
offered() { grep -ci '^www-authenticate: basic' "$dir/head" || true; }

openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj /CN=x \
	-addext subjectAltName=IP:198.51.100.7,IP:127.0.0.1 -out "$dir/crt" -keyout "$dir/pem" 2>/dev/null
chmod 644 "$dir/crt" "$dir/pem"
start
asks "http://127.0.0.1:$port" 200 --basic -u "$both"
asks "http://198.51.100.7:$port" 401 --basic -u "$both"
[ "$(offered)" = 0 ] || fail 'Basic is offered over a plain line'
asks "http://198.51.100.7:$port" 401
[ "$(offered)" = 0 ] || fail 'Basic is offered to whom it is not taken from'
asks "http://198.51.100.7:$port" 200 --digest -u "$both"
stop
start --tls-certificate "$dir/crt" --tls-key "$dir/pem"
asks "https://198.51.100.7:$port" 401
[ "$(offered)" = 1 ] || fail 'Basic is not offered over TLS'
asks "https://198.51.100.7:$port" 200 --basic -u "$both"
asks "https://198.51.100.7:$port" 401 --basic -u "${both%:*}:wrong"
asks "https://198.51.100.7:$port" 200 --digest -u "$both"
stop
! grep -q "${both#*:}" "$dir/err" || fail 'the password is in the log'
