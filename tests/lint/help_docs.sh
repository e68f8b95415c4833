#!/bin/bash
# docs/CLI.md and the man pages in docs/man hold what --help says of every
# command; --write renews them (make docs), otherwise a difference fails.
set -euo pipefail
cd "$(dirname "$0")/../.."
bin=${PHIEU_BIN:-$PWD/build/debug}
new=$(mktemp -d)
trap 'rm -rf "$new"' EXIT
block() { printf '```\n'; "$@" --help; printf '```\n\n'; }
commands() {
	"$bin/phieu" --help | sed -nE 's/^  ([a-z-]+( [a-z-]+)*)   *[^ ].*/\1/p'
}
# what --help says of every command, asked in one go: $new/help/NAME
mkdir "$new/help"
commands | jq -cR 'split(" ") + ["--help"]' | "$bin/phieu" batch |
	jq -j '.out + "\u0000"' | {
	while read -r name; do
		IFS= read -r -d '' help <&3 || true
		printf %s "$help" >"$new/help/$name"
	done < <(commands)
} 3<&0
{
	printf '# Commands\n\nWritten by `make docs` from what `--help` says.\n\n## phieu\n\n'
	block "$bin/phieu"
	commands | while read -r name; do
		printf '### phieu %s\n\n```\n' "$name"
		cat "$new/help/$name"
		printf '```\n\n'
	done
	printf '## phieu-upload\n\n'
	block "$bin/phieu-upload"
	printf '## phieu-collector\n\n'
	block "$bin/phieu-collector"
	printf '## phieu-server\n\n'
	block "$bin/phieu-server"
} >"$new/CLI.md"

conf='/etc/phieu/phieu.conf|settings, one key = value a line; others with --config FILE'
state='/var/lib/phieu, ~/.local/share/phieu|the private database, started by root or by another user (setting state-dir)'
page() { # program, what it is, a paragraph, exit status 3, files: from stdin
	local see
	see=$(printf '%s\n' phieu phieu-collector phieu-server phieu-upload | grep -vx "$1" | tr '\n' ' ')
	awk -v name="$1" -v about="$2" -v more="$3" -v partly="$4" -v files="$5" \
		-v see="${see% }" -f docs/man/help2man.awk >"$new/$1.1"
}
{
	"$bin/phieu" --help
	commands | while read -r name; do
		printf '@ %s\n' "$name"
		cat "$new/help/$name"
	done
} | page phieu 'from survey sheets to published points' \
	'Everything about a wave that can be scripted: its database, plan, people and keys, log, progress, freeze, scores and publication.  Settings (--KEY VALUE, PHIEU_KEY in the environment, --config FILE) are listed in docs/CONFIG.md.' \
	'partly done: some of it failed, and the output says what' "$conf|$state"
"$bin/phieu-collector" --help | page phieu-collector 'takes filled sheets from the field' '' \
	'not used: what a stop cut off has no receipt and is sent again' "$conf|$state"
"$bin/phieu-server" --help | page phieu-server 'serves the office and index engines' '' \
	'stopped, but requests that had begun were cut off' "$conf|$state"
"$bin/phieu-upload" --help | page phieu-upload 'sends filled sheets, each exactly once' '' \
	'partly done: some sheets wait or were refused' \
	'~/.local/share/phieu/outbox|sheets and their receipts (option --outbox)'

if [ "${1:-}" = --write ]; then
	cp "$new/CLI.md" docs/CLI.md
	cp "$new"/*.1 docs/man/
	exit 0
fi
bad=0
# what every command does is said in Vietnamese too
english=$("$bin/phieu" --help | grep '^  ' | LC_ALL=C grep -vP '[\x80-\xff]' || true)
[ -z "$english" ] || { echo "in English only:"; echo "$english"; bad=1; }
for f in CLI.md man/phieu.1 man/phieu-collector.1 man/phieu-server.1 man/phieu-upload.1; do
	diff -u "docs/$f" "$new/${f#man/}" ||
		{ echo "docs/$f is not what --help says: make docs"; bad=1; }
done
for f in docs/man/*.1; do
	# letters of words must not be lost: all that is warned of fails
	words=$(groff -k -man -Tutf8 -ww "$f" 2>&1 >"$new/out") && [ -z "$words" ] ||
		{ echo "$f: $words"; bad=1; }
	for section in NAME SYNOPSIS DESCRIPTION 'EXIT STATUS' FILES 'SEE ALSO'; do
		grep -qx "\.SH $section" "$f" || { echo "$f has no $section"; bad=1; }
	done
done
exit $bad
