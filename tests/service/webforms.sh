#!/bin/bash
# Every form of the shipped plans, opened, filled and sent by the clients of
# others in a real browser: ODK Web Forms and Enketo, unmodified.  What they
# send must be a sheet without a fault.
set -euo pipefail
cd "$(dirname "$0")/../.."
phieu=${PHIEU_BIN:-$PWD/build/debug}/phieu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
failed=0
fail() {
	echo "webforms.sh: $1"
	failed=1
}

# the clients, once for each lock file
home=$PWD/build/clients
lock=$(sha256sum tests/web/clients/package-lock.json)
mkdir -p "$home"
cp -r tests/web/clients/. "$home"
if [ "$(cat "$home/installed" 2>/dev/null)" != "$lock" ]; then
	rm -f "$home/installed"
	(cd "$home" && npm ci --ignore-scripts --no-audit --no-fund) >"$dir/npm" 2>&1 ||
		{ cat "$dir/npm"; fail 'npm ci failed'; exit 1; }
	echo "$lock" >"$home/installed"
fi
(cd "$home" && node build.mjs "$home/bundles") || { fail 'no bundles'; exit 1; }

mkdir "$dir/forms" "$dir/sent"
want=0
for plan in collector/plans/*.json; do
	"$phieu" form xform "$plan" --all "$dir/forms" || fail "$plan: no forms"
	want=$((want + 2 * $(jq '.forms | length' "$plan")))
done
timeout 600 node "$home/run.mjs" "$home/bundles" forms "$dir/forms" "$dir/sent" ||
	fail 'a form does not work in a client'
for sent in "$dir"/sent/*.xml; do
	name=$(basename "$sent" .xml)
	wave=${name#*.}
	"$phieu" form read "collector/plans/${wave%%~*}.json" "$sent" >"$dir/sheet" 2>"$dir/faults" ||
		{ fail "$name is not a valid sheet:"; cat "$dir/faults" "$sent"; }
	[ "$(jq -r .form "$dir/sheet")" = "$(echo "$wave" | cut -d'~' -f2)" ] ||
		fail "$name became another form"
	want=$((want - 1))
done
[ $want -eq 0 ] || fail "$want sheets were not sent"
exit $failed
