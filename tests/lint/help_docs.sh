#!/bin/bash
# docs/CLI.md holds what --help says of every command; --write renews it
# (make docs), otherwise a difference fails.
set -euo pipefail
cd "$(dirname "$0")/../.."
bin=${PHIEU_BIN:-$PWD/build/debug}
new=$(mktemp)
trap 'rm -f "$new"' EXIT
block() { printf '```\n'; "$@" --help; printf '```\n\n'; }
{
	printf '# Commands\n\nWritten by `make docs` from what `--help` says.\n\n## phieu\n\n'
	block "$bin/phieu"
	"$bin/phieu" --help | sed -nE 's/^  ([a-z-]+( [a-z-]+)*)   *[^ ].*/\1/p' |
	while read -r name; do
		printf '### phieu %s\n\n' "$name"
		# shellcheck disable=SC2086
		block "$bin/phieu" $name
	done
	printf '## phieu-upload\n\n'
	block "$bin/phieu-upload"
	printf '## phieu-collector\n\n'
	block "$bin/phieu-collector"
	printf '## phieu-server\n\n'
	block "$bin/phieu-server"
} >"$new"
if [ "${1:-}" = --write ]; then
	cp "$new" docs/CLI.md
else
	diff -u docs/CLI.md "$new" || { echo 'docs/CLI.md is not what --help says: make docs'; exit 1; }
fi
