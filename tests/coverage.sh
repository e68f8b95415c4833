#!/bin/bash
# Runs the tests of BUILD=cov and prints what they reached.  Exit 1 when one
# failed or a goal is missed.
set -eu
cd "$(dirname "$0")/.."
bad=0
# The services give root up and could not write their counts beside the
# objects; an empty file that anybody may write counts as none.
find build/cov -name '*.gcda' -delete
find build/cov -name '*.gcno' | while read -r f; do
	: >"${f%.gcno}.gcda"
	chmod 666 "${f%.gcno}.gcda"
done
tests/run.sh cov unit db service || bad=1
find build/cov -name '*.gcda' -empty -delete
rate() { # name, goal in %, filter…
	local name=$1 goal=$2 got
	shift 2
	local f=()
	for x in "$@"; do f+=(--filter "$x"); done
	got=$(gcovr -r . --object-directory build/cov "${f[@]}" --gcov-ignore-parse-errors --json-summary 2>/dev/null |
		sed -nE 's/.*"line_percent": ([0-9.]+).*/\1/p' | tail -n 1)
	printf '%-28s %6s %%  (goal %s %%)\n' "$name" "${got:-none}" "$goal"
	awk -v g="${got:-0}" -v w="$goal" 'BEGIN { exit !(g + 0 >= w + 0) }' || bad=1
}
rate 'all' 90 core/ collector/ analysis/ server/
rate 'core' 90 core/
rate 'analysis' 100 analysis/
rate 'validation' 100 collector/submission_
rate 'collector' 85 collector/
rate 'server' 80 server/
# what people wrote, of what is in the repository
lines() { git ls-files -z -- "$@" | xargs -0 cat | wc -l; }
product=$(lines 'core/*.c' 'collector/*.c' 'analysis/*.c' 'server/*.c' \
	'collector/web/src/*.ts' 'server/web/src/*.ts')
tests=$(lines 'tests/*.c' 'tests/*.h' 'tests/*.sh' 'tests/*.py' 'tests/*.mjs' \
	'tests/*.ts' 'tests/lint/*' ':!tests/data')
printf '%-28s %6s    (goal 0.8: %s test lines, %s product lines)\n' 'tests / product' \
	"$(awk -v t="$tests" -v p="$product" 'BEGIN { printf "%.2f", t / p }')" "$tests" "$product"
exit $bad
