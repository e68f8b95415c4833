#!/bin/bash
# An index engine hears by webhook that a round was published and corrected,
# the signature holds, and it pulls exactly what it was told of.
set -euo pipefail
cd "$(dirname "$0")/../.."
[ -n "${PHIEU_TEST_SOCKET:-}" ] || exec tests/with_pg.sh "$0" "$@"
bin=${PHIEU_BIN:-$PWD/build/debug}
phieu=$bin/phieu
dir=$(mktemp -d /tmp/phieu-round-publish.XXXXXX)
receiver='' server=''
finish() {
	local code=$?
	[ -z "$receiver" ] || { kill "$receiver" && wait "$receiver"; } 2>/dev/null || true
	[ -z "$server" ] || { kill "$server" && wait "$server"; } 2>/dev/null || true
	rm -rf "$dir"
	exit $code
}
trap finish EXIT
failed=0
fail() {
	echo "round_publish.sh: $1"
	failed=1
}
is() { [ "$2" = "$3" ] || fail "$1: '$2', not '$3'"; }
sql() { psql -qXAt -v ON_ERROR_STOP=1 "$PHIEU_TEST_DB" -c "$1"; }
export PHIEU_DATABASE_URL=$PHIEU_TEST_DB PHIEU_HOOK_INSIDE=true PHIEU_HOOK_RETRY_MS=10
for role in server publish; do
	export "PHIEU_DATABASE_URL_${role^^}=host=$PHIEU_TEST_SOCKET dbname=phieu user=phieu_$role"
done

# ---- a round of two units with every point given
"$phieu" plan load collector/plans/lai-chau-2020.json --reason thử >/dev/null
R=ky-mau
"$phieu" round load tests/data/rounds/small.json --reason thử >"$dir/out" 2>&1 || { fail "load: $(cat "$dir/out")"; exit 1; }
for s in appraise council publish; do
	"$phieu" round step $R $s --until "$(TZ=Asia/Ho_Chi_Minh date -d tomorrow +%F)" --reason thử
done
give() { "$phieu" external put --round $R --unit "$1" --criterion 1 --value "$2" --source "báo cáo" "${@:3}" >/dev/null; }
give so-mot 81.5
give so-hai 77.25
"$phieu" round compute $R >/dev/null || fail compute

# ---- the engine: a receiver with a secret, and a key
secret='một khóa ký đủ dài'
printf '%s\n' "$secret" >"$dir/secret"
echo ok >"$dir/mood"
: >"$dir/log"
python3 tests/support/hook_receiver.py "$dir" "$secret" &
receiver=$!
for ((i = 0; i < 300; i++)); do [ -s "$dir/port" ] && break || sleep 0.1; done
url=http://127.0.0.1:$(cat "$dir/port")/nhan
"$phieu" hook add --round khong-co --url "$url" --events round.published >"$dir/out" 2>&1 && fail 'a hook of no round'
grep -q 'no round "khong-co"' "$dir/out" || fail "no round: $(cat "$dir/out")"
"$phieu" hook add --round $R --url "$url" --events release.published >"$dir/out" 2>&1 && fail "a wave's event of a round"
grep -q 'events are round.published, round.corrected' "$dir/out" || fail "events of a round: $(cat "$dir/out")"
"$phieu" hook add --wave lai-chau-2020 --url "$url" --events round.published >"$dir/out" 2>&1 && fail "a round's event of a wave"
"$phieu" hook add --round $R --wave lai-chau-2020 --url "$url" --events round.published >"$dir/out" 2>&1 && fail 'of both'
hook=$("$phieu" hook add --round $R --url "$url" --events round.published,round.corrected --secret-file "$dir/secret")
"$phieu" hook test --hook "${hook#hook }" >/dev/null || fail 'hook test'
"$phieu" hook list --round $R | grep 'round.corrected' >/dev/null || fail 'the list of a round'
"$phieu" hook list --wave lai-chau-2020 | grep -q 'round.corrected' && fail "a round's hook listed of its wave"
PHIEU_SERVER_PORT=0 "$bin/phieu-server" >"$dir/ready" 2>"$dir/words" &
server=$!
for ((i = 0; i < 300; i++)); do grep -q listening "$dir/ready" && break || sleep 0.1; done
base=$(jq -r .listening "$dir/ready")
key() { "$phieu" key "$@" | tail -1; }
engine=$(key engine add --name chi-so)
as() { # key, path, curl's options…
	local k=$1 path=$2
	shift 2
	curl -sS -H "Authorization: Bearer $k" "$@" "$base$path"
}
code() { as "$1" "$2" -o /dev/null -w '%{http_code}'; }
event() { # member of the newest event of a kind
	tail -1 "$dir/log" | jq -r "if .kind == \"$1\" and .signed then .body.$2 else \"no $1\" end"
}
is 'nothing is published' "$(as "$engine" /v1/rounds/$R/releases | jq -c '[.round, .wave, .releases]')" "[\"$R\",\"lai-chau-2020\",[]]"
is 'no release' "$(code "$engine" /v1/rounds/$R/releases/1)" 404

# ---- published: told, signed, pulled
"$phieu" round publish $R --result 1 --decision 'QĐ 1' --reason 'công bố' >/dev/null || fail publish
echo 500 >"$dir/mood"
"$phieu" hook send --once >/dev/null 2>&1 && fail 'a receiver that fails is told as served'
echo ok >"$dir/mood"
sleep 0.1
for ((i = 0; i < 300; i++)); do "$phieu" hook send --once >/dev/null 2>&1; [ "$(event round.published release)" = 1 ] && [ "$(tail -1 "$dir/log" | jq -r .mood)" = ok ] && break || sleep 0.1; done
is 'told' "$(event round.published release)" 1
is 'of which round' "$(event round.published round)" $R
is 'a trial says so' "$(event round.published trial)" true
is 'the same id in each try' "$(jq -r 'select(.kind == "round.published") | .id' "$dir/log" | sort -u | wc -l)" 1
sha=$(event round.published sha256)
as "$engine" /v1/rounds/$R/releases/1 -D "$dir/head" >"$dir/one.json"
is 'what is pulled is what was told' "$(sha256sum <"$dir/one.json" | cut -d' ' -f1)" "$sha"
grep -qi 'x-phieu-trial: mau-thu' "$dir/head" || fail "no mark of a trial: $(cat "$dir/head")"
is 'same tag' "$(as "$engine" /v1/rounds/$R/releases/1 -o /dev/null -w '%{http_code}' -H "If-None-Match: \"$sha\"")" 304
"$phieu" round result $R --result 1 >"$dir/cli.json"
is 'as the command says' "$(jq -S . "$dir/cli.json" | sha256sum)" "$(jq -S . "$dir/one.json" | sha256sum)"

# ---- corrected
give so-hai 78 --version 1
"$phieu" round compute $R >/dev/null || fail 'compute again'
"$phieu" round publish $R --result 2 --decision 'QĐ 2' --reason 'đính chính' >/dev/null || fail correct
"$phieu" hook send --once >/dev/null || fail 'send'
is 'a correction is told' "$(event round.corrected release)>$(event round.corrected supersedes)" '2>1'
is 'with another hash' "$([ "$(event round.corrected sha256)" = "$sha" ] && echo same || echo other)" other
is 'and pulled' "$(as "$engine" /v1/rounds/$R/releases/2 | sha256sum | cut -d' ' -f1)" "$(event round.corrected sha256)"
is 'the list' "$(as "$engine" /v1/rounds/$R/releases | jq -c '[.releases[] | [.release, .supersedes, .decision, .trial]]')" '[[2,1,"QĐ 2",true],[1,null,"QĐ 1",true]]'
is 'the first stays' "$(as "$engine" /v1/rounds/$R/releases/1 | sha256sum | cut -d' ' -f1)" "$sha"

# ---- who may not, and what is not there
for path in 3 0 x 99999999999 ''; do is "release $path" "$(code "$engine" "/v1/rounds/$R/releases/$path")" 404; done
is 'no round' "$(code "$engine" /v1/rounds/khong-co/releases)" 404
is 'no key' "$(curl -s -o /dev/null -w '%{http_code}' "$base/v1/rounds/$R/releases")" 401
"$phieu" plan load collector/plans/two-level-example.json --reason thử >/dev/null
other=$(sql "SELECT code FROM plan.wave WHERE code <> 'lai-chau-2020' LIMIT 1")
bound=$(key engine add --name khac --wave "$other")
is "another wave's key" "$(code "$bound" /v1/rounds/$R/releases)" 404
mine=$(key engine add --name cua-dot --wave lai-chau-2020)
is "the wave's own key" "$(code "$mine" /v1/rounds/$R/releases/2)" 200
[ ! -s "$dir/words" ] || ! grep -qi 'sanitizer\|assert' "$dir/words" || fail "the server: $(cat "$dir/words")"
exit $failed
