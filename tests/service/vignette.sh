#!/bin/bash
# docs/VIGNETTE.md as a newcomer follows it: every block of commands is run, in
# order, in one shell; what is printed and drawn must be what the document
# shows.  PHIEU_TEST_REWRITE=1 writes what is printed and drawn into it.
# once: its time goes to R
set -euo pipefail
cd "$(dirname "$0")/../.."
bin=${PHIEU_BIN:-$PWD/build/debug}
dir=$(mktemp -d /tmp/phieu-vignette.XXXXXX)
chmod 755 "$dir"
export PHIEU=$PWD PATH="$bin:$PATH"
export LC_ALL=C.UTF-8
cleanup() {
	local code=$?
	for p in $(jobs -p); do kill -TERM "$p" 2>/dev/null || true; done
	wait
	rm -rf "$dir"
	exit $code
}
trap cleanup EXIT
fail() { echo "vignette.sh: $1"; exit 1; }
has_r=yes
Rscript -e 'quit(status = !nzchar(system.file(package = "survey")))' >/dev/null 2>&1 || has_r=no
[ $has_r = yes ] || echo 'vignette.sh: R with survey is not installed: that step is left out'

# block-N.sh, and block-N.want where a text follows
awk -v dir="$dir" '
	/^```sh$/ { n++; to = sprintf("%s/block-%02d.sh", dir, n); next }
	/^```text$/ { to = sprintf("%s/block-%02d.want", dir, n); printf "" >to; next }
	/^```$/ { to = ""; next }
	to != "" { print >to }' docs/VIGNETTE.md
mkdir "$dir/work"
cd "$dir/work"
blocks=0
for block in "$dir"/block-*.sh; do
	got=${block%.sh}.got want=${block%.sh}.want
	if grep -q '^Rscript' "$block" && [ $has_r = no ]; then
		rm -f "$want"
		continue
	fi
	# shellcheck disable=SC1090
	. "$block" >"$got" 2>"$dir/err" || {
		grep -q '^kill' "$block" || fail "$(cat "$block"): $(cat "$dir/err")"
	}
	blocks=$((blocks + 1))
	[ -f "$want" ] && [ -z "${PHIEU_TEST_REWRITE:-}" ] || continue
	cmp -s "$want" "$got" || fail "$(cat "$block") prints:
$(diff "$want" "$got")"
done
[ $blocks -gt 12 ] || fail "only $blocks blocks were run"

# the pictures shown are those drawn
for shown in $(grep -o 'vignette/[A-Za-z0-9-]*\.svg' "$PHIEU/docs/VIGNETTE.md"); do
	if [ -n "${PHIEU_TEST_REWRITE:-}" ]; then
		cp "hinh/$(basename "$shown")" "$PHIEU/docs/$shown"
	fi
	cmp -s "hinh/$(basename "$shown")" "$PHIEU/docs/$shown" || fail "docs/$shown is not what is drawn"
done
[ "$(find "$PHIEU/docs/vignette" -type f | wc -l)" = "$(grep -c 'vignette/.*\.svg' "$PHIEU/docs/VIGNETTE.md")" ] ||
	fail 'docs/vignette holds a picture that is not shown'
[ -z "${PHIEU_TEST_REWRITE:-}" ] || awk -v dir="$dir" '
	/^```sh$/ { n++ }
	/^```text$/ {
		print
		file = sprintf("%s/block-%02d.got", dir, n)
		while ((getline line <file) > 0) print line
		skip = 1
		next
	}
	/^```$/ { skip = 0 }
	!skip' "$PHIEU/docs/VIGNETTE.md" >"$dir/new"
[ -z "${PHIEU_TEST_REWRITE:-}" ] || cp "$dir/new" "$PHIEU/docs/VIGNETTE.md"
echo "vignette.sh: $blocks blocks of commands"
