#!/bin/bash
# Runs tests and counts them.  usage: tests/run.sh BUILD[,BUILD] unit|db|service|lint …
# PHIEU_TEST_JOBS at a time (default: a core each), in the order of the kinds.
# Closes with a line `N passed, N failed`; exit 1 when any failed.  Output of
# what failed is shown, of what passed it is kept in build/BUILD/log.
# PHIEU_TEST_ONLY=pattern runs only names that match.
# A script with a line `# once: WHY` spends its time in a browser or in R: of
# several builds only the first runs it, unless PHIEU_TRIAL=1.
set -u
cd "$(dirname "$0")/.."

# what every test prints goes out in one piece, then its counts
report() { # passed, failed, text
	[ -z "$3" ] || flock "$COUNTS" printf '%s\n' "$3"
	echo "$1 $2" >>"$COUNTS"
}
# seconds a test may take; long forms take hours
patience() {
	[ "${PHIEU_TRIAL:-0}" = 1 ] && echo 21600 || echo "$1"
}
# A cmocka binary: every test of it counts; a crash or a leak after the last
# test counts as one more failure.  usage: binary BUILD WRAPPER PROGRAM
binary() {
	local name ok bad rc log text=
	name=$(basename "$3")
	log=build/$1/log/$name.log
	CMOCKA_MESSAGE_OUTPUT=TAP timeout "$(patience 900)" "$2" "$3" >"$log" 2>&1 </dev/null
	rc=$?
	ok=$(grep -c '^ok ' "$log")
	bad=$(grep -c '^not ok ' "$log")
	[ $rc -eq 0 ] || [ "$bad" -gt 0 ] || bad=1
	if [ "$ok" -eq 0 ] && [ "$bad" -eq 0 ]; then
		text="$name ran no test"
		bad=1
	fi
	[ "$bad" -eq 0 ] || text="FAILED $1 $name (exit $rc) $text
$(grep -v '^ok ' "$log" | tail -n 60)"
	report "$ok" "$bad" "$text"
}
script() { # BUILD SCRIPT
	local name log rc n
	name=$(basename "$2")
	log=build/$1/log/$name.log
	timeout "$(patience 1500)" "$2" >"$log" 2>&1 </dev/null
	rc=$?
	n=$(grep '^N=' "$log" | sed "s/^/  $1 $name: /")
	if [ $rc -eq 0 ]; then
		report 1 0 "$n"
	else
		report 0 1 "FAILED $1 $name (exit $rc)
$(tail -n 60 "$log")"
	fi
}
if [ "$1" = --one ]; then # BUILD KIND TEST
	export PHIEU_BIN=$PWD/build/$2
	SECONDS=0
	case $3 in
	unit) binary "$2" env "$4" ;;
	db) binary "$2" tests/with_pg.sh "$4" ;;
	*) script "$2" "$4" ;;
	esac
	echo "$SECONDS $2 $(basename "$4")" >>"$COUNTS.took"
	exit 0
fi

list() { # BUILD KIND
	local t
	case $2 in
	unit) printf '%s\n' "build/$1"/tests/test_* ;;
	db) printf '%s\n' "build/$1"/tests/dbtest_* ;;
	service) printf '%s\n' tests/service/*.sh ;;
	# static.sh works on one file, for tests/lint.sh
	lint) printf '%s\n' tests/lint/*.sh tests/lint/*.py | grep -v /static.sh ;;
	esac | while read -r t; do
		[[ -x $t && ${t##*/} =~ ${PHIEU_TEST_ONLY:-} ]] || continue
		[[ $2 != unit && $2 != db ]] || [[ ! ${t##*/} =~ \. ]] || continue
		[[ $1 == "$first" || ${PHIEU_TRIAL:-0} == 1 || $2 != service ]] ||
			! grep -q '^# once: ' "$t" || continue
		echo "$1 $2 $t"
	done
}
builds=${1//,/ } first=${1%%,*}
shift
COUNTS=$(mktemp)
trap 'rm -f "$COUNTS" "$COUNTS.took"' EXIT
export COUNTS ASAN_OPTIONS=detect_leaks=1 UBSAN_OPTIONS=print_stacktrace=1
export LSAN_OPTIONS=suppressions=$PWD/tests/lsan.supp:print_suppressions=0
for b in $builds; do mkdir -p "build/$b/log"; done
for kind in "$@"; do
	for b in $builds; do list "$b" "$kind"; done
done | xargs -r -P "${PHIEU_TEST_JOBS:-$(nproc)}" -L1 tests/run.sh --one
# what takes long is worth knowing: the first ten here, all in build/took.txt
sort -nr "$COUNTS.took" >build/took.txt 2>/dev/null
awk '$1 >= 20 && NR <= 10 { printf "took %s s: %s %s\n", $1, $2, $3 }' build/took.txt
awk '{ p += $1; f += $2 }
	END { printf "%d passed, %d failed\n", p, f; exit f > 0 || p == 0 }' "$COUNTS"
