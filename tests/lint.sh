#!/bin/bash
# Layout, analysers and the rules of the house, all of them even when one
# fails.  usage: tests/lint.sh BUILD   (the build's generated headers are used)
set -u
cd "$(dirname "$0")/.."
build=${1:-debug}
export GEN_DIR=build/$build/gen
src=$(ls core/*.c collector/*.c analysis/*.c server/*.c)
hdr=$(ls include/phieu/*.h)
bad=0
check() { # name, command…
	local name=$1
	shift
	"$@" || { echo "FAILED lint: $name"; bad=1; }
}
each() { # kind, files: two at a time
	printf '%s\n' "${@:2}" | xargs -P2 -n1 tests/lint/static.sh "$1"
}
# shellcheck disable=SC2086,SC2046
{
	check layout clang-format --dry-run -Werror $src $hdr \
		$(ls collector/*.h server/*.h core/*.h tests/*.c tests/support/*.[ch] tests/fuzz/*.c tests/bench/*.[ch] 2>/dev/null)
	check 'headers compile alone' each header $hdr
	# varFuncNullUB: NULL ends the pairs of log_event; glibc's is a pointer,
	# and gcc checks the sentinel
	check cppcheck cppcheck --suppress=varFuncNullUB --quiet -j2 --std=c11 \
		--enable=warning,performance,portability --error-exitcode=1 \
		--inline-suppr "--suppress=*:$GEN_DIR/*" -Iinclude -I"$GEN_DIR" $src
	check clang-tidy each tidy $src
	check 'gcc -fanalyzer' each analyzer $src
}
check rules tests/run.sh "$build" lint
exit $bad
