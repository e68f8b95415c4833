#!/bin/bash
# A published index put away in one sealed file, and recomputed from that file
# alone, with no database there: from the frozen answers to the ranks.
set -euo pipefail
cd "$(dirname "$0")/../.."
bin=${PHIEU_BIN:-$PWD/build/debug}
dir=$(mktemp -d /tmp/phieu-archive.XXXXXX)
chmod 755 "$dir"
up_pid=
cleanup() {
	local code=$?
	[ -z "$up_pid" ] || kill -TERM "$up_pid" 2>/dev/null || true
	[ -z "$up_pid" ] || wait "$up_pid" 2>/dev/null || true
	[ $code -eq 0 ] || { echo '--- phieu up said:'; tail -n 20 "$dir/up.err" || true; }
	rm -rf "$dir"
	exit $code
}
trap cleanup EXIT
failed=0
fail() {
	echo "archive.sh: $1"
	failed=1
}
is() { [ "$2" = "$3" ] || fail "$1: '$2', not '$3'"; }
says() { grep -qF -- "$1" "$dir/out" || fail "no \"$1\" in: $(cat "$dir/out")"; }
code() { # wanted exit code, command…; its words in out
	local want=$1 rc=0
	shift
	"$@" >"$dir/out" 2>&1 || rc=$?
	[ "$rc" = "$want" ] || fail "exit $rc, not $want, of '$*': $(cat "$dir/out")"
}
phieu() { "$bin/phieu" "$@"; }
wave=lai-chau-2020 R=ky-mau
export PHIEU_STATE_DIR=$dir/state
"$bin/phieu" up --dir "$dir/state" --plan collector/plans/$wave.json --simulate 1193 --json >"$dir/ready" 2>"$dir/up.err" &
up_pid=$!
for _ in $(seq 900); do
	! grep -q '^{.*}$' "$dir/ready" || break
	kill -0 $up_pid 2>/dev/null || { fail 'ended before it was ready'; exit 1; }
	sleep 0.1
done
phieu freeze --wave $wave --reason thử >/dev/null 2>&1
phieu publish --wave $wave --reason thử >/dev/null 2>&1
# two departments of the wave: a survey criterion of it, and one that is recorded
jq --slurpfile p collector/plans/$wave.json '.index.criteria = [
		{"code": "1", "name": "Ghi nhận", "maximum": "97", "source": "external"},
		{"code": "LV1.2.so", "name": "Điều tra", "maximum": "3", "source": "survey"}]
	| .index.units = [$p[0].units[] | select(.kind == "so") | {code, name, kind}][:2]
	| .offices[0].unit = .index.units[0].code' tests/data/rounds/small.json >"$dir/round.json"
phieu round load "$dir/round.json" --reason thử >/dev/null || fail 'load'
for s in appraise publish; do phieu round step $R $s --until "$(TZ=Asia/Ho_Chi_Minh date -d tomorrow +%F)" --reason thử; done
for u in $(jq -r '.index.units[].code' "$dir/round.json"); do
	phieu external put --round $R --unit "$u" --criterion 1 --value 80.25 --source 'báo cáo' >/dev/null
done
phieu round compute $R >"$dir/out" 2>&1 || fail "compute: $(cat "$dir/out")"

# ---- keys
code 0 phieu archive key --out "$dir/key"
is 'a key is its owner'"'"'s alone' "$(stat -c %a "$dir/key")" 600
code 1 phieu archive key --out "$dir/key"
says 'có rồi'
code 0 phieu archive key --out "$dir/other.key"
echo 'cụm mật khẩu đủ dài' >"$dir/phrase"
echo 'cụm mật khẩu khác hẳn' >"$dir/other.phrase"
echo ngắn >"$dir/short"
archive() { phieu round archive $R --result 1 --out "$dir/a.phieu" "$@"; }

# ---- what is not published is not archived
code 1 archive --key "$dir/key"
says 'chưa công bố'
phieu round publish $R --result 1 --decision 'QĐ 1' --reason thử >/dev/null
code 2 archive
says 'give --key FILE or --passphrase-file FILE'
code 2 archive --key "$dir/key" --passphrase-file "$dir/phrase"
code 2 archive --key "$dir/phrase"
says 'không phải tệp khóa'
code 2 archive --passphrase-file "$dir/short"
says 'at least 12'
code 2 phieu round archive $R --key "$dir/key"
[ ! -e "$dir/a.phieu" ] || fail 'a refused archive is there'

# ---- the log tells of no file that is not there
told() { "$(pg_config --bindir)/psql" -qXAt "host=$dir/state/sock user=phieu_owner dbname=phieu" -c "SELECT count(*) FROM audit.entry WHERE kind = 'archive'"; }
code 1 phieu round archive $R --result 1 --out "$dir/nowhere/a.phieu" --key "$dir/key"
[ "$(told)" = 0 ] || fail 'the log tells of an archive that could not be written'

# ---- put away, by key and by passphrase
code 0 archive --key "$dir/key"
says 'khớp: snapshot.json tính lại'
sha=$(sed -n 's/.*SHA-256 //p' "$dir/out")
is 'its owner alone may read it' "$(stat -c %a "$dir/a.phieu")" 600
is 'nothing can be read in it' "$(grep -c 'mẫu thử\|LV1.2.so\|Điều tra' "$dir/a.phieu" || true)" 0
mv "$dir/a.phieu" "$dir/b.phieu"
code 0 archive --passphrase-file "$dir/phrase"
is 'the same content again' "$(sed -n 's/.*SHA-256 //p' "$dir/out")" "$sha"
mv "$dir/a.phieu" "$dir/p.phieu"
code 0 archive --key "$dir/key" --without-answers
says 'chưa kiểm: snapshot.json'
mv "$dir/a.phieu" "$dir/w.phieu"
code 0 phieu audit verify
phieu audit list >"$dir/out"
is 'each stands in the log' "$(grep -c ' archive ' "$dir/out")" 3
says "$sha"

# ---- with no database
kill -TERM $up_pid && wait $up_pid || true
up_pid=
rm -rf "$dir/state"
unset PHIEU_STATE_DIR
code 0 env -i "$bin/phieu" verify "$dir/b.phieu" --key "$dir/key"
says "$sha"
is 'four parts are recomputed' "$(grep -c '^khớp: ' "$dir/out")" 4
says 'QĐ 1'
code 0 phieu verify "$dir/p.phieu" --passphrase-file "$dir/phrase"
is 'by passphrase too' "$(grep -c '^khớp: ' "$dir/out")" 4
code 3 phieu verify "$dir/w.phieu" --key "$dir/key"
says 'chưa kiểm'
is 'the rest of it' "$(grep -c '^khớp: ' "$dir/out")" 2

# ---- the wrong secret, and a file that was changed anywhere
code 2 phieu verify "$dir/b.phieu" --key "$dir/other.key"
says 'sai khóa'
code 2 phieu verify "$dir/p.phieu" --passphrase-file "$dir/other.phrase"
says 'sai khóa'
code 2 phieu verify "$dir/b.phieu" --passphrase-file "$dir/phrase"
says 'mở bằng tệp khóa'
code 2 phieu verify "$dir/p.phieu" --key "$dir/key"
says 'mở bằng cụm mật khẩu'
code 2 phieu verify "$dir/round.json" --key "$dir/key"
says 'không phải tệp lưu trữ'
code 2 phieu verify "$dir/b.phieu"
code 2 phieu verify --wave $wave --key "$dir/key"
size=$(stat -c %s "$dir/b.phieu")
for at in 0 15 16 20 33 40 60 $((size / 3)) $((size / 2)) $((size - 1)); do
	cp "$dir/b.phieu" "$dir/bad.phieu"
	byte=$(od -An -tu1 -j "$at" -N 1 "$dir/bad.phieu" | tr -d ' ')
	printf "\\x$(printf %02x $((byte ^ 1)))" | dd of="$dir/bad.phieu" bs=1 seek="$at" conv=notrunc status=none
	code 2 phieu verify "$dir/bad.phieu" --key "$dir/key"
done
for n in 0 10 16 56 57 $((size / 2)) $((size - 1)); do
	head -c "$n" "$dir/b.phieu" >"$dir/bad.phieu"
	code 2 phieu verify "$dir/bad.phieu" --key "$dir/key"
done
{ cat "$dir/b.phieu"; echo x; } >"$dir/bad.phieu"
code 2 phieu verify "$dir/bad.phieu" --key "$dir/key"
exit $failed
