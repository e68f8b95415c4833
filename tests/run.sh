#!/bin/bash
# Runs tests and counts them.  usage: tests/run.sh BUILD unit|db|service|lint …
# Closes with a line `N passed, N failed`; exit 1 when any failed.  Output of
# what failed is shown, of what passed it is kept in build/BUILD/log.
# PHIEU_TEST_ONLY=pattern runs only names that match.
set -u
cd "$(dirname "$0")/.."
build=$1
shift
B=build/$build
mkdir -p "$B/log"
passed=0 failed=0
export PHIEU_BIN=$PWD/$B
export ASAN_OPTIONS=detect_leaks=1 UBSAN_OPTIONS=print_stacktrace=1

wanted() { [[ -z ${PHIEU_TEST_ONLY:-} || $1 =~ ${PHIEU_TEST_ONLY} ]]; }

# A cmocka binary: every test of it counts; a crash or a leak after the last
# test counts as one more failure.  usage: binary WRAPPER PROGRAM
binary() {
	local name ok bad rc log
	name=$(basename "$2")
	wanted "$name" || return 0
	log=$B/log/$name.log
	CMOCKA_MESSAGE_OUTPUT=TAP timeout 900 "$1" "$2" >"$log" 2>&1 </dev/null
	rc=$?
	ok=$(grep -c '^ok ' "$log")
	bad=$(grep -c '^not ok ' "$log")
	[ $rc -eq 0 ] || [ "$bad" -gt 0 ] || bad=1
	if [ "$ok" -eq 0 ] && [ "$bad" -eq 0 ]; then
		echo "$name ran no test"
		bad=1
	fi
	passed=$((passed + ok)) failed=$((failed + bad))
	if [ "$bad" -gt 0 ]; then
		echo "FAILED $build $name (exit $rc)"
		grep -v '^ok ' "$log" | tail -n 60
	fi
}
script() {
	local name log rc
	name=$(basename "$1")
	wanted "$name" || return 0
	log=$B/log/$name.log
	timeout 1500 "$1" >"$log" 2>&1 </dev/null
	rc=$?
	if [ $rc -eq 0 ]; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "FAILED $build $name (exit $rc)"
		tail -n 60 "$log"
	fi
	grep '^N=' "$log" | sed "s/^/  $name: /"
}

for kind in "$@"; do
	case $kind in
	unit) for t in "$B"/tests/test_*; do
		[[ -x $t && ! $t =~ \.[a-z]+$ ]] && binary env "$t"
	done ;;
	db) for t in "$B"/tests/dbtest_*; do
		[[ -x $t && ! $t =~ \.[a-z]+$ ]] && binary tests/with_pg.sh "$t"
	done ;;
	service) for t in tests/service/*.sh; do
		[ -e "$t" ] && script "$t"
	done ;;
	lint) for t in tests/lint/*.sh tests/lint/*.py; do
		# static.sh works on one file, for tests/lint.sh
		[ "$t" = tests/lint/static.sh ] || script "$t"
	done ;;
	esac
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
