#!/bin/bash
# The office's service as its users meet it: published components over HTTP
# (tag, gzip, CSV, pages), the reference client, reload, TLS, a clean stop.
set -euo pipefail
cd "$(dirname "$0")/../.."
bin=${PHIEU_BIN:-$PWD/build/debug}
dir=$(mktemp -d /tmp/phieu-server.XXXXXX)
chmod 755 "$dir"
up_pid='' own_pid=''
cleanup() {
	local code=$?
	[ -z "$own_pid" ] || kill -TERM "$own_pid" 2>/dev/null || true
	[ -z "$up_pid" ] || kill -TERM "$up_pid" 2>/dev/null || true
	[ -z "$own_pid" ] || wait "$own_pid" 2>/dev/null || true
	[ -z "$up_pid" ] || wait "$up_pid" 2>/dev/null || true
	[ $code -eq 0 ] || { echo '--- the services said:'; tail -n 30 "$dir"/*.err || true; }
	rm -rf "$dir"
	exit $code
}
trap cleanup EXIT
fail() { echo "server.sh: $1"; exit 1; }
same() { [ "$1" = "$2" ] || fail "$3: \"$1\", not \"$2\""; }
wait_for() {
	for _ in $(seq 600); do
		! grep -q '^{.*}$' "$1" || return 0
		kill -0 "$2" 2>/dev/null || fail "ended before it was ready"
		sleep 0.1
	done
	fail 'not ready in a minute'
}

wave=lai-chau-2020
export PHIEU_STATE_DIR="$dir/state"
"$bin/phieu" up --dir "$dir/state" --plan collector/plans/$wave.json --simulate 1193 --json \
	>"$dir/ready" 2>"$dir/up.err" &
up_pid=$!
wait_for "$dir/ready" $up_pid
sed -i '/^{/!d' "$dir/ready"
server=$(jq -r .server "$dir/ready")
engine=$(jq -r .engine_key "$dir/ready") analyst=$(jq -r .analyst_key "$dir/ready")
url=$server/v1/waves/$wave
code() { curl -s -o /dev/null -w '%{http_code}' "$@"; }
as() { local key=$1; shift; curl -s -H "Authorization: Bearer $key" "$@"; }

# before anything is published
same "$(as "$engine" "$url/components" | jq -r .error.code)" not-published 'components too early'
same "$(as "$engine" "$url/releases" | jq -c .releases)" '[]' 'releases too early'
"$bin/phieu" pull-components --from "$server" --wave $wave --key "$engine" >"$dir/out" 2>"$dir/words" &&
	fail 'nothing is published, yet it was pulled'
grep -q 'nothing is published' "$dir/words" || fail "pull says $(cat "$dir/words")"

"$bin/phieu" freeze --wave $wave --reason test >/dev/null 2>"$dir/freeze.err"
same "$(as "$engine" -o /dev/null -w '%{http_code}' "$url/results")" 404 'engine before publication'
same "$(as "$analyst" -o /dev/null -w '%{http_code}' "$url/results")" 200 'analyst before publication'
"$bin/phieu" publish --wave $wave --reason test >/dev/null 2>"$dir/publish.err"

# the same once more: said, not numbered
"$bin/phieu" publish --wave $wave --reason again >"$dir/out" 2>"$dir/publish.err" || fail 'publishing the same again'
grep -q 'released already.*nothing is numbered' "$dir/out" || fail "publishing the same again: $(cat "$dir/out")"
same "$(as "$engine" "$url/releases" | jq '.releases | length')" 1 'releases of one snapshot'
for command in freeze score verify publish explain; do
	"$bin/phieu" $command --wave none --reason x --unit x --criterion x >/dev/null 2>"$dir/words" &&
		fail "$command of no wave"
	grep -q "^phieu $command: " "$dir/words" || fail "$command says $(cat "$dir/words")"
done

# components: what engines are promised
as "$engine" -D "$dir/head" "$url/components" >"$dir/components"
etag=$(tr -d '\r' <"$dir/head" | sed -n 's/^[Ee][Tt]ag: //p')
[ -n "$etag" ] || fail 'components have no ETag'
jq -e '.wave == "lai-chau-2020" and .trial == true and .simulated == true and .release == 1
	and (.snapshot.sha256 | test("^[0-9a-f]{64}$")) and (.method | length > 0)
	and (.bases | length > 0) and .total == (.components | length) and .next == null' \
	"$dir/components" >/dev/null || fail 'components: the head is not as promised'
jq -e '[.components[] | select(.points != null)] | length > 0
	and all(.[]; (.points | type) == "string" and (.points_exact | type) == "string"
		and (.maximum | type) == "string" and .n_valid <= .n_asked)' \
	"$dir/components" >/dev/null || fail 'components: a row is not as promised'
same "$(jq '[.components[] | select(.kind == "total") | .unit] | unique | length' "$dir/components")" 28 \
	'units with a total'
grep -qi '^x-phieu-trial: mau-thu' "$dir/head" || fail 'components carry no mark of trial'
grep -qi '^x-phieu-simulated: mo-phong' "$dir/head" || fail 'components carry no mark of simulation'
same "$(as "$engine" -o /dev/null -w '%{http_code}' -H "If-None-Match: $etag" "$url/components")" 304 'same tag'
same "$(as "$engine" -o /dev/null -w '%{http_code}' -H 'If-None-Match: "x"' "$url/components")" 200 'other tag'
as "$engine" -H 'Accept-Encoding: gzip' "$url/components" >"$dir/packed"
gzip -dc "$dir/packed" | cmp - "$dir/components" || fail 'gzip: other content'
[ "$(stat -c %s "$dir/packed")" -lt $(($(stat -c %s "$dir/components") / 4)) ] || fail 'gzip: not packed'
rows=$(jq .total "$dir/components")
as "$engine" -H 'Accept: text/csv' -D "$dir/head" "$url/components" >"$dir/csv"
same "$(wc -l <"$dir/csv")" $((rows + 1)) 'lines of CSV'
! grep -qF "$etag" "$dir/head" || fail 'CSV has the tag of JSON'

# pages are the whole, cut up
next="/v1/waves/$wave/components?limit=100"
: >"$dir/pages"
while [ "$next" != null ]; do
	as "$engine" "$server$next" >"$dir/page"
	jq -c '.components[]' "$dir/page" >>"$dir/pages"
	next=$(jq -r .next "$dir/page")
done
jq -c '.components[]' "$dir/components" | cmp - "$dir/pages" || fail 'pages are not the whole'
same "$(as "$engine" "$url/components?kind=total" | jq '[.components[].kind] | unique | join(" ")')" '"total"' 'kind=total'
same "$(as "$engine" -o /dev/null -w '%{http_code}' "$url/components?kind=x")" 400 'kind=x'

# results: the snapshot's own bytes
as "$engine" -D "$dir/head" "$url/results" >"$dir/results"
same "\"$(sha256sum <"$dir/results" | cut -d' ' -f1)\"" \
	"$(tr -d '\r' <"$dir/head" | sed -n 's/^[Ee][Tt]ag: //p')" 'tag of results'
same "$(jq -r .snapshot.sha256 "$dir/components")" "$(sha256sum <"$dir/results" | cut -d' ' -f1)" 'snapshot'
same "$(as "$engine" "$url/releases" | jq -c '[.releases[] | [.release, .kind]]')" '[[1,"trial"]]' 'releases'

# what people read carries the marks, a decimal comma, and says what is wrong
"$bin/phieu" explain --wave $wave --unit so-tu-phap --criterion LV1.2.so >"$dir/why" || fail 'explain'
grep -q 'mẫu thử, không phải số liệu chính thức — SỐ LIỆU MÔ PHỎNG' "$dir/why" || fail 'explain: no marks'
# of departments fewer than 20 of their own people are weighed: no fraction
grep -qE 'điểm [0-9]+,[0-9]+, tối đa' "$dir/why" || fail "explain: $(head -n 3 "$dir/why")"
grep -qE 'trung bình [0-9]+ %$' "$dir/why" || fail 'explain: no mean'
"$bin/phieu" explain --wave $wave --unit so-tu-phap --criterion LV1 >"$dir/why"
grep -q 'gồm LV1.2.so' "$dir/why" && ! grep -q 'gồm LV1.2.huyen' "$dir/why" ||
	fail "explain: parts of a department: $(cat "$dir/why")"
"$bin/phieu" explain --wave $wave --unit so-tu-phap --criterion XH 2>"$dir/why" && fail 'explain XH'
grep -q 'kế hoạch không có tiêu chí.*"XH"' "$dir/why" || fail "explain says $(cat "$dir/why")"
"$bin/phieu" plan show $wave >"$dir/why"
grep -q 'trạng thái đã công bố' "$dir/why" && grep -q '    so-tu-phap  Sở Tư pháp' "$dir/why" ||
	fail 'plan show: state and units'
status=0; "$bin/phieu" pull-components --from "$server" --wave $wave --key pa_X >/dev/null 2>"$dir/why" || status=$?
same $status 1 "an agent's key"
grep -q 'khóa của điều tra viên' "$dir/why" || fail "an agent's key: $(cat "$dir/why")"

# the reference client
pull() { "$bin/phieu" pull-components --from "$server" --wave $wave "$@"; }
pull --key "$engine" --json | cmp - "$dir/components" || fail 'pull --json: other bytes'
pull --key "$engine" --csv | cmp - "$dir/csv" || fail 'pull --csv: other bytes'
echo "$engine" >"$dir/key"
pull --key-file "$dir/key" --state "$dir/pull.json" >"$dir/table"
grep -q 'mẫu thử' "$dir/table" && grep -q 'mô phỏng' "$dir/table" || fail 'pull: no marks'
[ "$(wc -l <"$dir/table")" -gt "$rows" ] || fail "pull: $(wc -l <"$dir/table") lines for $rows rows"
same "$(stat -c %a "$dir/pull.json")" 600 'mode of the state file'
pull --key "$engine" --state "$dir/pull.json" >"$dir/again" 2>/dev/null || fail 'pull: nothing new is no failure'
[ ! -s "$dir/again" ] || fail 'pull: the same was sent again'
pull --key "$engine" --state "$dir/pull.json" --csv >"$dir/again" # another form of it
[ -s "$dir/again" ] || fail 'pull: the tag of a table held for CSV'
status=0; pull --key wrong >/dev/null 2>&1 || status=$?
same $status 1 'pull with a wrong key'
status=0; pull >/dev/null 2>&1 || status=$?
same $status 2 'pull without a key'
"$bin/phieu" pull-components --from "$server" --wave no-such-wave --key "$engine" >/dev/null 2>"$dir/words" &&
	fail 'pull of no wave'
grep -q 'the server has no wave "no-such-wave"' "$dir/words" || fail "pull of no wave: $(cat "$dir/words")"
status=0; "$bin/phieu" pull-components --from http://127.0.0.1:1 --wave $wave --key x >/dev/null 2>&1 || status=$?
same $status 1 'pull from nobody'
status=0; "$bin/phieu" pull-components --from "$server/x/../.." --wave '../../healthz?' --key "$engine" >/dev/null 2>&1 || status=$?
[ $status -ne 0 ] || fail 'pull went where the wave is no wave'

# a browser: cross-site, wrong, locked out, right, the list of waves, the end
browse() { curl -s -b "$dir/jar" -c "$dir/jar" "$@"; }
status_of() { browse -o "$dir/page" -w '%{http_code}' "$@"; }
sign_in() { status_of -H "Origin: ${2-$server}" --data-urlencode login=lan --data-urlencode "password=$1" "$server/sign-in"; }
password='Sông Hồng chảy 7 nhánh' better='Núi cao rừng rậm 2 vợ'
printf '%s\n' "$password" >"$dir/password"
"$bin/phieu" user add lan --name 'Lan' --role analyst --password-file "$dir/password" >/dev/null 2>"$dir/user.err" ||
	fail "user add: $(cat "$dir/user.err")"
same "$(status_of -H 'Accept: text/html' "$server/progress/$wave")" 303 'a page without a session'
same "$(status_of "$server/sign-in")" 200 'the page to sign in'
grep -q '<label for="password">' "$dir/page" || fail 'the page to sign in has no labels'
same "$(sign_in "$password" https://elsewhere.example)" 403 'a post of another site'
same "$(sign_in wrong)" 401 'a wrong password'
grep -q 'role="alert">Sai tên đăng nhập' "$dir/page" || fail 'a wrong password is not told'
for _ in $(seq 20); do
	[ "$(sign_in wrong)" = 401 ] || break
done
same "$(sign_in "$password")" 429 'the right password, locked out'
grep -q 'Đã sai quá nhiều lần' "$dir/page" || fail 'being locked out is not told'
"$bin/phieu" user unlock lan >/dev/null
same "$(sign_in "$password")" 303 'the right password'
same "$(status_of "$server/")" 303 'a given password, not changed yet'
same "$(status_of -H "Origin: $server" --data-urlencode "old=$password" --data-urlencode "new=$better" \
	--data-urlencode "again=$better" "$server/password")" 303 'changing the password'
same "$(status_of "$server/")" 200 'the first page'
grep -q "href=\"/progress/$wave\"" "$dir/page" && grep -q 'mẫu thử, không phải phiếu chính thức' "$dir/page" &&
	grep -q 'số liệu mô phỏng' "$dir/page" && grep -q 'đã công bố' "$dir/page" || fail "the first page: $(cat "$dir/page")"
same "$(status_of "$server/progress/$wave")" 200 'progress as a page'
same "$(status_of -X POST -H 'Sec-Fetch-Site: cross-site' -H "Origin: $server" "$server/sign-out")" 403 'sign-out of another site'
cp "$dir/jar" "$dir/jar.kept"
same "$(status_of -X POST -H "Origin: $server" "$server/sign-out")" 303 'sign-out'
cp "$dir/jar.kept" "$dir/jar"
same "$(status_of -H 'Accept: text/html' "$server/progress/$wave")" 303 'the session after its end'

# a service of our own: TLS, reload, stop
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj /CN=one \
	-addext subjectAltName=IP:127.0.0.1 -out "$dir/crt" -keyout "$dir/pem" 2>/dev/null
cp "$dir/crt" "$dir/one.crt"
cp "$dir/pem" "$dir/one.pem"
chmod 644 "$dir/crt" "$dir/pem"
"$bin/phieu-server" --server-port 0 --tls-certificate "$dir/crt" --tls-key "$dir/pem" >"$dir/own" 2>"$dir/own.err" &
own_pid=$!
wait_for "$dir/own" $own_pid
own=$(jq -r .listening "$dir/own")
case $own in https://127.0.0.1:*) ;; *) fail "listening on $own" ;; esac
same "$(code --cacert "$dir/one.crt" "$own/readyz")" 200 'over TLS'
curl -s -D - -o /dev/null --cacert "$dir/one.crt" "$own/" | grep -i '^strict-transport-security: max-age=31536000' >/dev/null ||
	fail 'no HSTS over TLS'
! curl -s --tls-max 1.1 --ciphers 'DEFAULT@SECLEVEL=0' --cacert "$dir/one.crt" "$own/" >/dev/null || fail 'TLS 1.1 was taken'
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj /CN=two \
	-addext subjectAltName=IP:127.0.0.1 -out "$dir/crt" -keyout "$dir/pem" 2>/dev/null
kill -HUP $own_pid
for _ in $(seq 100); do
	! curl -s --cacert "$dir/crt" "$own/healthz" >/dev/null || break
	sleep 0.1
done
same "$(code --cacert "$dir/crt" "$own/healthz")" 200 'the new certificate'
echo broken >"$dir/pem"
kill -HUP $own_pid
for _ in $(seq 100); do
	! grep -q reload-failed "$dir/own.err" || break
	sleep 0.1
done
same "$(code --cacert "$dir/crt" "$own/healthz")" 200 'after a bad certificate'
# TLS does not end without a restart, and the log says so
printf 'tls-certificate = %s\ntls-key = %s\n' "$dir/crt" "$dir/one.pem" >"$dir/own.conf"
cp "$dir/one.crt" "$dir/crt"
chmod 644 "$dir/own.conf" "$dir/one.pem" "$dir/crt"
kill -TERM $own_pid
wait $own_pid || fail "the server ended with $?"
"$bin/phieu-server" --server-port 0 --config "$dir/own.conf" >"$dir/own" 2>"$dir/own.err" &
own_pid=$!
wait_for "$dir/own" $own_pid
own=$(jq -r .listening "$dir/own")
: >"$dir/own.conf"
kill -HUP $own_pid
for _ in $(seq 100); do
	! grep -q 'TLS begins and ends with a restart only' "$dir/own.err" || break
	sleep 0.1
done
grep -q 'TLS begins and ends with a restart only' "$dir/own.err" || fail 'the end of TLS was asked for and nothing said'
same "$(code --cacert "$dir/crt" "$own/healthz")" 200 'TLS after its end was asked for'
kill -TERM $own_pid
wait $own_pid || fail "the server ended with $?"
own_pid=''
! grep -q "$engine\|$analyst" "$dir"/*.err || fail 'a key is in the log'

# nothing is taken that is no setting, and nobody runs it as the owner
status=0; "$bin/phieu-server" --no-such-thing >/dev/null 2>&1 || status=$?
same $status 2 'an unknown option'
status=0
PHIEU_DATABASE_URL_SERVER=$(jq -r .database "$dir/ready") "$bin/phieu-server" --server-port 0 >"$dir/owner" 2>/dev/null &
own_pid=$!
for _ in $(seq 100); do
	kill -0 $own_pid 2>/dev/null || break
	[ ! -s "$dir/owner" ] || break
	sleep 0.1
done
[ ! -s "$dir/owner" ] || fail "runs on the owner's address"
wait $own_pid || status=$?
own_pid=''
same $status 1 "the owner's address"

kill -TERM $up_pid
wait $up_pid || fail "phieu up ended with $?"
up_pid=''
