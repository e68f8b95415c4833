#!/bin/bash
# phieu-upload --scans against a real collector: files go after their sheets,
# each with a receipt; phieu-upload and the collector are killed (-9) again and
# again, and in the end every file is there exactly once, is what the folder
# holds, and its receipt is the collector's.
# PHIEU_TRIAL=1: the long form.
set -euo pipefail
cd "$(dirname "$0")/../.."
if [ -z "${PHIEU_TEST_SOCKET:-}" ]; then
	PHIEU_TEST_FSYNC=on exec tests/with_pg.sh "$0" "$@"
fi
bin=${PHIEU_BIN:-$PWD/build/debug}
dir=$(mktemp -d /tmp/phieu-scans.XXXXXX)
collector=
cleanup() {
	local code=$?
	[ -z "$collector" ] || kill -9 "$collector" 2>/dev/null || true
	[ $code -eq 0 ] || { tail -n 5 "$dir/out" "$dir/err" "$dir/log" 2>/dev/null || true; }
	rm -rf "$dir"
	exit $code
}
trap cleanup EXIT
fail() { echo "scans.sh: $1"; exit 1; }
same() { [ "$2" = "$3" ] || fail "$1: $2, not $3"; } # what got want
plan=collector/plans/lai-chau-2020.json
wave=lai-chau-2020
export PHIEU_DATABASE_URL=$PHIEU_TEST_DB LC_ALL=C.UTF-8
export PHIEU_DATABASE_URL_SERVER="host=$PHIEU_TEST_SOCKET dbname=phieu user=phieu_server"
export PHIEU_DATABASE_URL_COLLECTOR="host=$PHIEU_TEST_SOCKET dbname=phieu user=phieu_collector"
sql() { psql -qXAt -v ON_ERROR_STOP=1 "$PHIEU_TEST_DB" -c "$1"; }
box() { # what a statement gives of the outbox
	python3 -c 'import sqlite3, sys
for row in sqlite3.connect(f"file:{sys.argv[1]}?mode=ro", uri=True, timeout=20).execute(sys.argv[2]): print(row[0])' "$dir/outbox" "$1"
}
port=0
start() {
	: >"$dir/ready"
	"$bin/phieu-collector" --collector-port "$port" >"$dir/ready" 2>>"$dir/log" &
	collector=$!
	for _ in $(seq 200); do
		[ ! -s "$dir/ready" ] || break
		sleep 0.05
	done
	to=$(jq -r .listening "$dir/ready")
	port=${to##*:}
}
upload() { "$bin/phieu-upload" --to "$to" --outbox "$dir/outbox" --receipts "$dir/receipts.csv" "$@" >"$dir/out" 2>"$dir/err"; }

"$bin/phieu" plan load $plan --reason test >/dev/null
"$bin/phieu" simulate --plan $plan --seed scans --n 40 --out "$dir/sheets.ndjson" >/dev/null 2>&1
PHIEU_AGENT_KEY=$("$bin/phieu" key agent add --wave $wave --code an --name An | tail -1)
export PHIEU_AGENT_KEY
# one page of most sheets, two of the first; JPEGs with a place in them
mkdir "$dir/scans"
python3 - "$dir" <<'PY'
import json, os, pathlib, struct, sys
dir = pathlib.Path(sys.argv[1])
def segment(marker, body):
    return bytes([255, marker]) + struct.pack(">H", len(body) + 2) + body
for k, line in enumerate((dir / "sheets.ndjson").read_text("utf-8").splitlines()):
    sheet = json.loads(line)["sheet"]
    names = [f"{sheet}.jpg"] if k else [f"{sheet} trang 1.jpg", f"{sheet.lower().replace('-', ' ')} 2.jpg"]
    for name in names:
        noise = os.urandom(200000).replace(b"\xff", b"\0")
        (dir / "scans" / name).write_bytes(
            b"\xff\xd8" + segment(0xE1, b"Exif\0\0GPS 22.39N") + segment(0xC0, bytes(9))
            + segment(0xDA, bytes(6)) + noise + b"\xff\xd9")
PY
n=$(find "$dir/scans" -type f | wc -l)
start
# what does not fit is told, and sent is the rest
echo words >"$dir/scans/notes.txt"
: >"$dir/scans/$(jq -r .sheet "$dir/sheets.ndjson" | head -1) empty.jpg"
head -1 "$dir/sheets.ndjson" >"$dir/one.ndjson"
code=0
upload "$dir/one.ndjson" --scans "$dir/none" || code=$?
same 'exit without a folder' $code 1
code=0
upload "$dir/one.ndjson" --scans "$dir/scans" || code=$?
same 'exit with files that do not fit' $code 3
grep -q 'notes.txt: tên tệp không bắt đầu bằng số phiếu' "$dir/err" || fail 'a file without a number is not told'
grep -q 'empty.jpg: tệp rỗng' "$dir/err" || fail 'an empty file is not told'
grep -q 'Scans: 2 files: 2 received, 0 refused, 0 still waiting; 41 not taken.' "$dir/out" || fail 'not the two files of the one sheet'
rm "$dir/scans/notes.txt" "$dir"/scans/*empty.jpg
# killed, it and the collector, until all are there
kills=$([ "${PHIEU_TRIAL:-}" = 1 ] && echo 100 || echo 12)
for k in $(seq "$kills"); do
	"$bin/phieu-upload" "$dir/sheets.ndjson" --scans "$dir/scans" --to "$to" --outbox "$dir/outbox" >/dev/null 2>&1 &
	pid=$!
	sleep "0.$(printf %02d $((k * 3 % 20)))"
	if [ $((k % 3)) = 0 ]; then
		kill -9 "$collector" && wait "$collector" 2>/dev/null || true
		start
	fi
	kill -9 $pid 2>/dev/null || true
	wait $pid 2>/dev/null || true
	got=$(box 'SELECT count(*) FROM scan WHERE state = 2')
	[ "$got" -le "$(sql "SELECT count(*) FROM field.attachment WHERE sha256 IS NOT NULL")" ] || fail 'a receipt without its file'
done
upload "$dir/sheets.ndjson" --scans "$dir/scans" || fail "the last run: $(cat "$dir/out" "$dir/err")"
grep -q "Scans: $n files: $n received, 0 refused, 0 still waiting; 0 not taken." "$dir/out" || fail "not all: $(cat "$dir/out")"
same 'files stored' "$(sql "SELECT count(*) FROM field.attachment WHERE sha256 IS NOT NULL")" "$n"
same 'files in conflict' "$(sql "SELECT count(*) FROM field.attachment_conflict")" 0
same 'sheets' "$(sql "SELECT count(*) FROM field.response")" 40
same 'contents' "$(sql "SELECT encode(sha256, 'hex') FROM field.attachment ORDER BY 1" | md5sum)" \
	"$(find "$dir/scans" -type f -exec sha256sum {} + | cut -c1-64 | LC_ALL=C sort | md5sum)"
same 'places in pictures' "$(sql "SELECT count(*) FROM field.attachment_bytes WHERE position('\\x4750532032322e3339'::bytea IN bytes) > 0")" 0
same 'bytes kept in the outbox' "$(box 'SELECT count(bytes) FROM scan')" 0
# each file is its own sheet's, and its receipt is the collector's
grep -c ',received,20[01],cleaned,1-' "$dir/receipts.csv" | grep -qx "$n" || fail 'receipts of files'
while IFS='|' read -r instance sheet name; do
	number=$(tr 'a-z ' 'A-Z-' <<<"$name")
	[[ $number == $sheet* ]] || fail "$name lies with $sheet"
	receipt=$(curl -sf -H "Authorization: Bearer $PHIEU_AGENT_KEY" "$to/v1/submissions/$instance/attachments" |
		jq -r --arg n "$name" '.files[] | select(.name == $n) | .receipt')
	grep -qF "$receipt" "$dir/receipts.csv" || fail "the receipt of $name"
done < <(sql "SELECT a.instance, r.sheet, a.name FROM field.attachment a JOIN field.response r USING (wave, instance)")
# the same again sends nothing; --again sends all of it once more
before=$(md5sum <"$dir/receipts.csv")
upload "$dir/sheets.ndjson" --scans "$dir/scans" --json
same 'known' "$(jq -r '.scans | "\(.new) \(.known) \(.received)"' "$dir/out")" "0 $n $n"
same 'receipts' "$(md5sum <"$dir/receipts.csv")" "$before"
upload --again --scans "$dir/scans" --json
same 'again' "$(jq -r '.scans | "\(.new) \(.received)"' "$dir/out")" "$n $n"
same 'receipts, again' "$(cut -d, -f6 "$dir/receipts.csv" | LC_ALL=C sort | md5sum)" \
	"$(box 'SELECT receipt FROM item UNION ALL SELECT receipt FROM scan' | { cat; echo receipt; } | LC_ALL=C sort | md5sum)"
# a file that changed since: both are kept, and the agent is told
first=$(find "$dir/scans" -type f | LC_ALL=C sort | head -1)
printf x >>"$first"
code=0
upload --scans "$dir/scans" || code=$?
same 'exit after a conflict' $code 3
grep -q 'file-conflict' "$dir/out" || fail "a conflict is not told: $(cat "$dir/out")"
kill "$collector" && wait "$collector" || true
collector=
if grep -qE 'Sanitizer|runtime error|pa_' "$dir/log" "$dir/err"; then fail 'sanitizers or a key in the log'; fi
echo "N=$kills kills, $n files"
