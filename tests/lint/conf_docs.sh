#!/bin/sh
# docs/CONFIG.md holds the table of settings exactly as core/conf_table.c has
# it.  The table is compiled, not guessed from its text.
# usage: tests/lint/conf_docs.sh [--write]; --write brings the page up to date
set -eu
cd "$(dirname "$0")/../.."
doc=docs/CONFIG.md
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
${CC:-gcc} -std=c11 -Iinclude -o "$tmp/dump" tests/lint/conf_dump.c core/conf_table.c
"$tmp/dump" >"$tmp/want"
[ "$(wc -l <"$tmp/want")" -gt 2 ] || { echo "conf_dump printed no setting"; exit 1; }

if [ "${1:-}" = --write ]; then
	awk -v want="$tmp/want" '
		/^<!-- settings: / { print; while ((getline line < want) > 0) print line; skip = 1; next }
		/^<!-- settings end -->/ { skip = 0 }
		!skip' "$doc" >"$tmp/new"
	cat "$tmp/new" >"$doc"
fi
awk '/^<!-- settings end -->/ { on = 0 } on; /^<!-- settings: / { on = 1 }' "$doc" >"$tmp/have"
if ! diff -u "$tmp/have" "$tmp/want" >"$tmp/diff"; then
	echo "$doc differs from core/conf_table.c (tests/lint/conf_docs.sh --write):"
	tail -n +3 "$tmp/diff"
	exit 1
fi
