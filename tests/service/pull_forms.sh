#!/bin/bash
# Forms of ODK Central and KoboToolbox (stand-ins) come to a real collector
# once, whatever breaks on the way.  S18: calls to other servers follow no
# redirect, go to no other host, ask for a good certificate and end somewhere.
# Story 16 (R24): a pull that was cut goes on where it was, nothing is skipped.
set -euo pipefail
cd "$(dirname "$0")/../.."
if [ -z "${PHIEU_TEST_SOCKET:-}" ]; then
	PHIEU_TEST_FSYNC=on exec tests/with_pg.sh "$0" "$@"
fi
bin=${PHIEU_BIN:-$PWD/build/debug}
dir=$(mktemp -d /tmp/phieu-pull.XXXXXX)
pids=
finish() {
	for p in $pids; do kill -TERM "$p" 2>/dev/null || true; done
	for p in $pids; do wait "$p" 2>/dev/null || true; done
	rm -rf "$dir"
}
trap finish EXIT
fail() {
	echo "pull_forms: $*"
	exit 1
}
sql() { psql -qXAt -v ON_ERROR_STOP=1 "$PHIEU_TEST_DB" -c "$1"; }
# waits for the line {"listening":"…"} in a file; prints the address
address() {
	for _ in $(seq 600); do
		grep -qs listening "$1" && break
		sleep 0.05
	done
	sed -nE 's/.*"listening": ?"(http[^"]*)".*/\1/p' "$1"
}
plan=collector/plans/lai-chau-2020.json
export PHIEU_DATABASE_URL=$PHIEU_TEST_DB
"$bin/phieu" plan load $plan --reason test >/dev/null
"$bin/phieu" simulate --plan $plan --seed pull --n 400 --openrosa --out "$dir/all" >/dev/null 2>&1
mkdir "$dir/forms"
grep -m 12 'id="[^"]*CT-02[^"]*"' "$dir/all" >"$dir/twelve"
n=0
while IFS= read -r line; do
	printf '%s' "$line" >"$dir/forms/$n.xml"
	n=$((n + 1))
done <"$dir/twelve"
[ $n = 12 ] || fail "$n forms"
# 7: an edit of what was sent first
cp "$dir/forms/7.xml" "$dir/forms/7.old.xml"
old=$(grep -m 1 -oE 'instanceID>[^<]*<' "$dir/forms/7.xml" | sed -nE '1s/.*>(.*)</\1/p')
sed -i -E "s#(<(orx:)?instanceID>)[^<]*(</(orx:)?instanceID>)#\1uuid:edited-7\3<\2deprecatedID>$old</\2deprecatedID>#" \
	"$dir/forms/7.xml"
"$bin/phieu" key agent add --wave lai-chau-2020 --code puller --name puller |
	grep -o 'pa_[^ ]*' >"$dir/key"
PHIEU_DATABASE_URL_COLLECTOR="host=$PHIEU_TEST_SOCKET dbname=phieu user=phieu_collector" \
	"$bin/phieu-collector" --collector-port 0 --log-level error >"$dir/collector" 2>"$dir/log" &
pids="$pids $!"
for kind in central kobo; do
	PYTHONDONTWRITEBYTECODE=1 python3 tests/support/other_server.py "$dir/forms" $kind >"$dir/$kind" &
	pids="$pids $!"
done
to=$(address "$dir/collector")
central=$(address "$dir/central")
kobo=$(address "$dir/kobo")
[ -n "$to" ] && [ -n "$central" ] && [ -n "$kobo" ] || { cat "$dir/log"; fail 'not ready'; }
printf 'mật khẩu\n' >"$dir/password"
printf 'T\n' >"$dir/token"
printf 'wrong\n' >"$dir/wrong"
pull_central() {
	"$bin/phieu" pull-forms --from "$central" --project 1 --form CT-02 --to "$to" \
		--key-file "$dir/key" --state "$dir/state" --json "$@"
}
pull_kobo() {
	"$bin/phieu" pull-forms --kind kobo --from "$kobo" --form aUid --to "$to" \
		--key-file "$dir/key" --state "$dir/state.kobo" --json "$@"
}
# fails WORDS COMMAND…: it must fail, and say so
fails() {
	local words=$1
	shift
	! "$@" >"$dir/out" 2>"$dir/err" || fail "went well: $*"
	grep -q "$words" "$dir/err" || fail "$* says $(cat "$dir/err"), not $words"
}
told() { curl -sf -o /dev/null -d "$2" "$1/fail"; }
counts() { sql 'SELECT count(*), count(*) FILTER (WHERE counted) FROM field.response'; }

# who we are, where we go
fails 401 pull_central --email a@b.vn --secret-file "$dir/wrong"
fails 401 pull_central --secret-file "$dir/wrong"
told "$central" elsewhere
fails 'redirects are not followed' pull_central --secret-file "$dir/token"
told "$central" thief
fails 'another host' pull_central --secret-file "$dir/token"
told "$central" junk
fails 'JSON\|json\|value\|begins' pull_central --secret-file "$dir/token"
told "$central" huge
fails 'more than\|too large\|MiB' pull_central --secret-file "$dir/token"
wanted=$(curl -sf "$central/seen" | jq .huge)
[ "$wanted" -lt $((64 << 20)) ] || fail "S18: $wanted bytes of an endless answer were taken"
told "$central" xml-401
fails 401 pull_central --secret-file "$dir/token"
fails 'not an http' "$bin/phieu" pull-forms --from ftp://x --project 1 --form CT-02 --to "$to" \
	--key-file "$dir/key" --secret-file "$dir/token" --state "$dir/none"
printf 'pa_nobody\n' >"$dir/nokey"
told "$central" ''
fails 'does not take the key' "$bin/phieu" pull-forms --from "$central" --project 1 --form CT-02 \
	--to "$to" --key-file "$dir/nokey" --secret-file "$dir/token" --state "$dir/none"
fails '404' "$bin/phieu" pull-forms --from "$central" --project 1 --form nothing \
	--to "$to" --key-file "$dir/key" --secret-file "$dir/token" --state "$dir/none"
[ "$("$bin/phieu" pull-forms --from "$central" >/dev/null 2>&1; echo $?)" != 0 ] || fail 'no options'

# S18: a certificate that nobody signed
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj /CN=x \
	-addext subjectAltName=IP:127.0.0.1 -out "$dir/pem.crt" -keyout "$dir/pem" 2>/dev/null
cat "$dir/pem.crt" >>"$dir/pem"
PYTHONDONTWRITEBYTECODE=1 python3 tests/support/other_server.py "$dir/forms" central "$dir/pem" >"$dir/tls" 2>/dev/null &
pids="$pids $!"
tls=$(address "$dir/tls")
[ -n "$tls" ] || fail 'the other server has no TLS'
fails 'certificate\|SSL' "$bin/phieu" pull-forms --from "$tls" --project 1 --form CT-02 --to "$to" \
	--key-file "$dir/key" --secret-file "$dir/token" --state "$dir/none"

# story 16, cut in the middle: what came is kept, the next run goes on from there
rm -f "$dir/state"
told "$central" page2-500
fails 500 pull_central --email a@b.vn --secret-file "$dir/password"
first=$(curl -sf "$central/seen" | jq '.["11"]')
told "$central" ''
pull_central --email a@b.vn --secret-file "$dir/password" >"$dir/out" || fail "exit $?: $(cat "$dir/out")"
[ "$(curl -sf "$central/seen" | jq '.["11"]')" = "$first" ] || fail 'began anew'
[ "$(counts)" = '13|12' ] || fail "rows $(counts), not 13 with 12 that count"
[ "$(sql "SELECT count(*) FROM field.response WHERE instance = 'uuid:edited-7' AND counted")" = 1 ] ||
	fail 'the edited form does not count'
[ "$(sql 'SELECT count(*) FROM field.attachment')" = 1 ] || fail 'the photo is not here'

# again: only what is newer than the overlap is asked for, nothing is doubled
pull_central --secret-file "$dir/token" >"$dir/out"
[ "$(jq -c '[.taken, .refused, .pages]' "$dir/out")" = '[1,0,1]' ] || fail "again: $(cat "$dir/out")"
[ "$(jq .seen "$dir/out")" -lt 3 ] || fail "all of it again: $(cat "$dir/out")"
pull_central --secret-file "$dir/token" --all >"$dir/out"
[ "$(jq -c '[.seen, .taken]' "$dir/out")" = '[12,13]' ] || fail "--all: $(cat "$dir/out")"
[ "$(counts)" = '13|12' ] || fail "doubled: $(counts)"
fails 'another server or form' "$bin/phieu" pull-forms --from "$central" --project 1 --form CT-03 \
	--to "$to" --key-file "$dir/key" --secret-file "$dir/token" --state "$dir/state"

# KoboToolbox has the same forms: each is known, only 7's edit came before
pull_kobo --secret-file "$dir/token" >"$dir/out"
[ "$(jq -c '[.seen, .taken, .files, .pages]' "$dir/out")" = '[12,12,1,3]' ] || fail "kobo: $(cat "$dir/out")"
pull_kobo --secret-file "$dir/token" >"$dir/out"
[ "$(jq .seen "$dir/out")" -lt 3 ] || fail "kobo again: $(cat "$dir/out")"
[ "$(counts)" = '13|12' ] || fail "doubled: $(counts)"
"$bin/phieu" pull-forms --kind kobo --from "$kobo" --form aUid --to "$to" --key-file "$dir/key" \
	--secret-file "$dir/token" --state "$dir/state.people" >"$dir/out"
grep -q '12 phiếu trên máy chủ kia, 12 bản đã ở bộ thu' "$dir/out" || fail "for people: $(cat "$dir/out")"

# a form that is no sheet of this plan is named, the others come
sed -i 's/CT-02/CT-99/' "$dir/forms/0.xml"
code=0
pull_kobo --secret-file "$dir/token" --all >"$dir/out" 2>"$dir/err" || code=$?
[ $code = 3 ] || fail "exit $code, not 3: $(cat "$dir/out" "$dir/err")"
[ "$(jq -c .refused "$dir/out")" = 1 ] || fail "refused: $(cat "$dir/out")"
grep -q '^uuid:.*: 4' "$dir/err" || fail "not named: $(cat "$dir/err")"
[ ! -s "$dir/log" ] || { head "$dir/log"; fail 'the log is not empty'; }
