#!/bin/bash
# Replays the committed corpora, then runs each fuzz target for a time, a core
# each.
# usage: tests/fuzz/run.sh BUILD_DIR SECONDS [NAME …]; 0 seconds: replay only
# Prints `fuzz NAME: N runs, ok` a target; exit 1 when one finds something,
# with the input kept as build/fuzz/crash/NAME-*.  What is found on the way
# is kept in build/fuzz/corpus/NAME and used by the next run.
set -u
cd "$(dirname "$0")/../.."
B=$1 seconds=$2
shift 2
names=("$@")
if [ ${#names[@]} -eq 0 ]; then
	for f in tests/fuzz/fuzz_*.c; do
		f=${f##*/fuzz_}
		names+=("${f%.c}")
	done
fi
mkdir -p "$B/crash" "$B/log"

# Large enough for what the target reads to have every part.
max_len() {
	case $1 in
	plan) echo 65536 ;;
	archive | json_submission | index | criteria) echo 16384 ;;
	*) echo 4096 ;;
	esac
}

one() {
	local name=$1 log=$B/log/$1.log seeds=tests/fuzz/corpus/$1
	local found=$B/corpus/$1 args runs
	mkdir -p "$found"
	[ -n "$(ls "$seeds" 2>/dev/null)" ] ||
		{ echo "fuzz $name: no corpus in $seeds"; return 1; }
	args=(-timeout=5 -rss_limit_mb=1024 -print_final_stats=1
		-max_len="$(max_len "$name")" -artifact_prefix="$B/crash/$name-")
	[ -e "tests/fuzz/dict/$name.dict" ] &&
		args+=(-dict="tests/fuzz/dict/$name.dict")
	# faults are told on stderr, by the thousand
	[ "$name" != upload_table ] || args+=(-close_fd_mask=2)
	if [ "$seconds" -gt 0 ]; then
		args+=(-max_total_time="$seconds" "$found")
	else
		args+=(-runs=0)
	fi
	if ! "$B/tests/fuzz/fuzz_$name" "${args[@]}" "$seeds" >"$log" 2>&1; then
		echo "fuzz $name: FAILED"
		grep -vE '^#|^stat::' "$log" | tail -n 40
		return 1
	fi
	runs=$(sed -nE 's/^stat::number_of_executed_units: *//p' "$log")
	echo "fuzz $name: ${runs:-0} runs, ok"
}

export UBSAN_OPTIONS=print_stacktrace=1 ASAN_OPTIONS=detect_leaks=1
if [ "${FUZZ_ONE:-}" ]; then
	said=$(one "$FUZZ_ONE")
	rc=$?
	printf '%s\n' "$said"
	exit $rc
fi
printf '%s\n' "${names[@]}" |
	xargs -P "$(nproc)" -I{} env FUZZ_ONE={} tests/fuzz/run.sh "$B" "$seconds" {}
