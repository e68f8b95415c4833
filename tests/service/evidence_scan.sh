#!/bin/bash
# Evidence through a virus scanner: clean, infected, hanging, crashing, missing;
# what is refused stands in the log, what is kept is marked.
set -euo pipefail
cd "$(dirname "$0")/../.."
[ -n "${PHIEU_TEST_SOCKET:-}" ] || exec tests/with_pg.sh "$0" "$@"
bin=${PHIEU_BIN:-$PWD/build/debug}
phieu=$bin/phieu
dir=$(mktemp -d /tmp/phieu-evidence.XXXXXX)
trap 'rm -rf "$dir"' EXIT
failed=0
fail() {
	echo "evidence_scan.sh: $1"
	failed=1
}
sql() { psql -qXAt -v ON_ERROR_STOP=1 "$PHIEU_TEST_DB" -c "$1"; }
is() { [ "$2" = "$3" ] || fail "$1: '$2', not '$3'"; }
add() { "$phieu" self evidence add "$1" --round ha-nam-2023 --unit so-tai-chinh --criterion 6.1; }
taken() { # file, words
	add "$1" >"$dir/out" 2>&1 || fail "$1 is refused: $(cat "$dir/out")"
	grep -qF -- "$2" "$dir/out" || fail "$1: no \"$2\" in $(cat "$dir/out")"
}
refused() { # file, exit code, words…
	local file=$1 code=$2 rc=0 words
	shift 2
	add "$file" >"$dir/out" 2>&1 || rc=$?
	is "exit code of $file" "$rc" "$code"
	for words; do
		grep -qF -- "$words" "$dir/out" || fail "$file: no \"$words\" in $(cat "$dir/out")"
	done
}
kept() { sql "SELECT coalesce(string_agg(e.name || '=' || coalesce(c.scanned, ''), ' ' ORDER BY evidence), '')
	FROM assess.evidence AS e JOIN assess.evidence_content AS c USING (sha256)"; }
export PHIEU_DATABASE_URL=$PHIEU_TEST_DB
export PHIEU_DATABASE_URL_SERVER="host=$PHIEU_TEST_SOCKET dbname=phieu user=phieu_server"
export PHIEU_DATABASE_URL_AUDITOR="host=$PHIEU_TEST_SOCKET dbname=phieu user=phieu_auditor"

"$phieu" round load docs/examples/round-ha-nam-2023.json --reason thử >/dev/null
"$phieu" round step ha-nam-2023 self-assess --until "$(TZ=Asia/Ho_Chi_Minh date -d tomorrow +%F)" --reason thử
for f in one two three four five six; do printf '%%PDF-1.4 %s\n' "$f" >"$dir/$f.pdf"; done

cat >"$dir/scanner" <<'SCANNER'
#!/bin/sh
[ "$1" = --fdpass ] || exit 9
case $(cat "$2") in
*' two') echo "$2: Thu-Nghiem.Test FOUND"; exit 1 ;;
*' three') exec sleep 1000 ;;
*' four') kill -SEGV $$ ;;
*' five') echo "cannot reach the daemon"; exit 2 ;;
esac
SCANNER
chmod +x "$dir/scanner"

# none set up: as before, and the list says nothing of it
taken "$dir/one.pdf" application/pdf
is 'not scanned at all' "$(kept)" one.pdf=

export PHIEU_EVIDENCE_SCANNER="$dir/scanner --fdpass" PHIEU_EVIDENCE_SCAN_SECONDS=1
taken "$dir/one.pdf" 'sạch (clean)'
is 'the same file, scanned now' "$(kept)" one.pdf=clean
refused "$dir/two.pdf" 2 S20 'mã độc' infected Thu-Nghiem.Test
refused "$dir/three.pdf" 1 S21 'thử lại' 'no answer within 1 seconds'
refused "$dir/four.pdf" 1 S21 'signal 11'
refused "$dir/five.pdf" 1 S21 'ended with 2: cannot reach the daemon'
PHIEU_EVIDENCE_SCANNER=/nowhere/scanner refused "$dir/six.pdf" 1 S21 'cannot be run'
is 'nothing refused is kept' "$(kept)" one.pdf=clean
is 'none of its bytes' "$(sql 'SELECT count(*) FROM assess.evidence_content')" 1
is 'each refusal is in the log' "$(sql "SELECT string_agg((content::jsonb ->> 'name') || ' ' || (content::jsonb ->> 'why'), '; ' ORDER BY seq)
	FROM audit.entry WHERE kind = 'assess.evidence.refused'")" \
	'two.pdf infected: Thu-Nghiem.Test FOUND; three.pdf not scanned: no answer within 1 seconds; four.pdf not scanned: the scanner died of signal 11; five.pdf not scanned: the scanner ended with 2: cannot reach the daemon; six.pdf not scanned: /nowhere/scanner cannot be run'
is 'with its hash' "$(sql "SELECT DISTINCT length(content::jsonb ->> 'sha256') FROM audit.entry WHERE kind = 'assess.evidence.refused'")" 64

# kept and marked; infected is refused all the same
export PHIEU_EVIDENCE_UNSCANNED=keep
taken "$dir/five.pdf" 'CHƯA QUÉT'
refused "$dir/two.pdf" 2 S20
is 'marked' "$(kept)" 'one.pdf=clean five.pdf=not scanned: the scanner ended with 2: cannot reach the daemon'
"$phieu" self evidence list --round ha-nam-2023 --unit so-tai-chinh >"$dir/out"
grep 'one.pdf' "$dir/out" | grep -q clean || fail "the list: $(cat "$dir/out")"
grep 'five.pdf' "$dir/out" | grep -q 'not scanned: ' || fail "the list: $(cat "$dir/out")"
# a file that a scanner could not read then is clean now
sed -i 's/exit 2/exit 0/' "$dir/scanner"
taken "$dir/five.pdf" 'sạch (clean)'
is 'clean now' "$(kept)" 'one.pdf=clean five.pdf=clean'
# and what was clean stays so when the scanner is away
PHIEU_EVIDENCE_SCANNER=/nowhere/scanner taken "$dir/one.pdf" 'CHƯA QUÉT'
is 'clean stays' "$(kept)" 'one.pdf=clean five.pdf=clean'

# over HTTP: two at a time, and none where nothing may be added
server=
trap '[ -z "$server" ] || { kill "$server" && wait "$server" || true; }; rm -rf "$dir"' EXIT
(umask 077; echo 'mật khẩu rất dài 1' >"$dir/password")
"$phieu" user add u1 --name u1 --password-file "$dir/password" >/dev/null
"$phieu" user role u1 --give unit --unit so-tai-chinh >/dev/null
sql 'UPDATE people.account SET must_change = false'
cat >"$dir/scanner" <<'SCANNER'
#!/bin/sh
# it may write no file
mkdir "$0.ran.$$"
while [ ! -e "$0.go" ]; do sleep 0.1; done
SCANNER
chmod 777 "$dir" # the service may have gone over to another user
PHIEU_EVIDENCE_SCAN_SECONDS=30 "$bin/phieu-server" --server-port 0 >"$dir/ready" 2>"$dir/server.err" &
server=$!
for _ in $(seq 300); do [ -s "$dir/ready" ] && break; sleep 0.1; done
url=$(jq -r .listening "$dir/ready")
curl -sS -c "$dir/jar" -H 'Content-Type: application/json' -d '{"login":"u1","password":"mật khẩu rất dài 1"}' "$url/v1/session" >"$dir/out"
send() { curl -sS -o /dev/null -H "X-CSRF-Token: $(jq -r .csrf "$dir/out")" -w '%{http_code}\n' -b "$dir/jar" -H 'Content-Type: application/octet-stream' --data-binary "%PDF $1" \
	"$url/v1/rounds/ha-nam-2023/units/so-tai-chinh/evidence?criterion=1.1&name=$1.pdf"; }
for i in 1 2; do send "h$i" >"$dir/code.$i" & pids="${pids:-} $!"; done
ran() { find "$dir" -name 'scanner.ran.*' | wc -l; }
for _ in $(seq 300); do [ "$(ran)" != 2 ] || break; sleep 0.1; done
is 'a third at once is told to come again' "$(send h3)" 429
touch "$dir/scanner.go"
# shellcheck disable=SC2086
wait $pids
is 'the two that were scanned are kept' "$(cat "$dir"/code.* | paste -sd' ')" '201 201'
is 'then the third is' "$(send h3)" 201
"$phieu" round step ha-nam-2023 self-assess --close --reason thử >/dev/null
before=$(ran)
is 'closed' "$(send h9)" 409
is 'no file was scanned that could not be added' "$(ran)" "$before"
kill "$server" && wait "$server" || true
server=
"$phieu" round step ha-nam-2023 self-assess --until "$(TZ=Asia/Ho_Chi_Minh date -d tomorrow +%F)" --reason thử >/dev/null

# settings that cannot be
PHIEU_EVIDENCE_UNSCANNED=maybe refused "$dir/six.pdf" 2 'refuse or keep'
PHIEU_EVIDENCE_SCANNER=clamdscan refused "$dir/six.pdf" 2 'whole path'
"$phieu" audit verify >"$dir/out" 2>&1 || fail "audit verify: $(cat "$dir/out")"
exit $failed
