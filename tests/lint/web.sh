#!/bin/sh
# The agent's page: types hold, the shipped page is what the sources build,
# the lock file names no address, nothing points elsewhere, and page and
# collector judge the corpus alike (the other half is tests/test_corpus.c).
set -eu
cd "$(dirname "$0")/../.."
tests/web/npm.sh
web=collector/web
mkdir -p build
dir=$(mktemp -d build/web.XXXXXX)
trap 'rm -rf "$dir"' EXIT
bad=0
if grep -n '"resolved"' $web/package-lock.json; then
	echo 'the lock file holds download addresses'
	bad=1
fi
(cd $web && node_modules/.bin/tsc --noEmit) || bad=1
node $web/build.mjs "$dir/dist" >/dev/null
diff -rq $web/dist "$dir/dist" || {
	echo "$web/dist is not what the sources build: (cd $web && npm run build)"
	bad=1
}
cat $web/dist/* | wc -c | awk '{ print "N=" $1 " bytes of built page" }'
gzip -9c $web/dist/app.js $web/dist/app.css $web/dist/index.html | wc -c |
	awk '{ print "N=" $1 " bytes of it over the line, gzip" }'
# names of XML kinds are no addresses that are asked
if grep -ohE '(https?:)?//[a-z][a-z0-9.-]+\.[a-z]{2,}[^"'"'"' )]*' $web/dist/* |
	grep -vE '^http://www\.w3\.org/(2000/svg|1999/xhtml)'; then
	echo 'the page names another host'
	bad=1
fi
if grep -nE ' style=| on[a-z]+="|<script>|innerHTML|insertAdjacentHTML|eval\(' $web/src/*.html $web/src/*.ts; then
	echo 'inline script or style, or text made markup'
	bad=1
fi
awk 'length > 100 { print FILENAME ":" FNR ": over 100 columns"; bad = 1 } END { exit bad }' $(ls $web/src/*.ts tests/web/*.mjs | grep -vE 'words[^/]*$') || bad=1
wc -l $web/src/*.ts | awk '$2 != "total" && $1 > 400 { print "too long: " $2; bad = 1 } END { exit bad }' || bad=1
$web/node_modules/.bin/esbuild $web/src/rules.ts --bundle --format=esm --log-level=warning --outfile="$dir/rules.mjs"
node tests/web/corpus.test.mjs "$dir/rules.mjs" tests/data/corpus || bad=1
node tests/web/keying.test.mjs "$dir/rules.mjs" || bad=1
exit $bad
