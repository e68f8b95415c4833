#!/bin/bash
# SIGHUP and the collector (S8): log level and certificate are taken up, a broken
# file changes nothing, and a connection that is open is served through it all.
set -euo pipefail
cd "$(dirname "$0")/../.."
if [ -z "${PHIEU_TEST_SOCKET:-}" ]; then
	PHIEU_TEST_FSYNC=on exec tests/with_pg.sh "$0"
fi
bin=${PHIEU_BIN:-$PWD/build/debug}
dir=$(mktemp -d /tmp/phieu-reload.XXXXXX)
chmod 755 "$dir"
pid=''
cleanup() {
	local code=$?
	exec 3>&- 4<&- || true
	[ -z "$pid" ] || { kill -TERM "$pid" && wait "$pid"; } 2>/dev/null || true
	[ $code -eq 0 ] || { echo '--- the collector said:'; cat "$dir/err" || true; }
	rm -rf "$dir"
	exit $code
}
trap cleanup EXIT
fail() { echo "reload.sh: $1"; exit 1; }
same() { [ "$1" = "$2" ] || fail "$3: \"$1\", not \"$2\""; }
settings() { # log level
	cat >"$dir/new" <<-END
		database-url-collector = host=$PHIEU_TEST_SOCKET dbname=phieu user=phieu_collector
		collector-port = 0
		log-level = $1
		tls-certificate = $dir/crt
		tls-key = $dir/key
	END
	chmod 644 "$dir/new"
	mv "$dir/new" "$dir/conf"
}
certificate() { # name
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 \
		-subj "/CN=$1" -addext subjectAltName=IP:127.0.0.1 \
		-out "$dir/crt" -keyout "$dir/key" 2>/dev/null
	chmod 644 "$dir/crt" "$dir/key"
	cp "$dir/crt" "$dir/$1.crt"
}
logged() { # event, how often at least: waits for it
	for _ in $(seq 200); do
		[ "$(grep -c " $1" "$dir/err")" -lt "$2" ] || return 0
		sleep 0.1
	done
	fail "no event $1 in the log"
}
# a connection that stays open, with the certificate it began with
ask() {
	printf 'GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n' >&3
	local line status='' length=0
	while IFS= read -r -t 20 line <&4; do
		line=${line%$'\r'}
		case $line in
		HTTP/1.1\ *) status=${line#* } ;;
		[Cc]ontent-[Ll]ength:*) length=$((${line#*:})) ;;
		'') break ;;
		esac
	done
	[ "$length" -eq 0 ] || IFS= read -r -t 20 -N "$length" _ <&4 || true
	same "${status%% *}" 200 "$1"
}
through() { # certificate: is it the one that new connections get?
	curl -s -o /dev/null --cacert "$dir/$1.crt" "$url/healthz"
}

certificate one
settings error
"$bin/phieu-collector" --config "$dir/conf" >"$dir/out" 2>"$dir/err" &
pid=$!
for _ in $(seq 200); do
	[ ! -s "$dir/out" ] || break
	kill -0 $pid 2>/dev/null || fail 'ended before it was ready'
	sleep 0.1
done
url=$(jq -r .listening "$dir/out")
through one || fail 'no TLS with the first certificate'
mkfifo "$dir/to" "$dir/from"
openssl s_client -quiet -connect "${url#https://}" -CAfile "$dir/one.crt" \
	-verify_return_error <"$dir/to" >"$dir/from" 2>/dev/null &
exec 3>"$dir/to" 4<"$dir/from"
ask 'before'
[ ! -s "$dir/err" ] || fail 'at level error it logs what is no error'

# level and certificate
settings info
certificate two
kill -HUP $pid
logged reloaded 1
ask 'on the open connection'
through two || fail 'new connections do not get the new certificate'
through one && fail 'new connections get the old certificate'

# a file with an error, a level that is none, a key of another certificate:
# nothing changes
echo 'no such line' >"$dir/conf"
kill -HUP $pid
logged reload-failed 1
settings loud
kill -HUP $pid
logged reload-failed 2
settings error
cp "$dir/key" "$dir/key.two"
certificate three
cp "$dir/key.two" "$dir/key"
kill -HUP $pid
logged reload-failed 3
ask 'after three errors'
through two || fail 'an error took the certificate away'

# TLS does not end without a restart
settings info
sed -i '/^tls/d' "$dir/conf"
kill -HUP $pid
logged reload-failed 4
through two || fail 'TLS ended'

# back to silence, and an orderly end
cp "$dir/two.crt" "$dir/crt"
settings error
kill -HUP $pid
# signals are read before requests, so this one comes after the change
ask 'at the end'
before=$(wc -l <"$dir/err")
exec 3>&- 4<&-
kill -TERM $pid
wait $pid || fail "ended with $?"
pid=''
same "$(wc -l <"$dir/err")" "$before" 'lines logged at level error'
