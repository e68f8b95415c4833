#!/bin/bash
# Everything `make test` runs, plain and under ASan+UBSan, in this order:
# lint, unit, database, service, fuzzing (FUZZ_TIME seconds a target), and
# the demo.  TRIAL=1: the long forms.  Closes with `N passed, N failed`.
set -u
cd "$(dirname "$0")/.."
passed=0 failed=0
start=$(date +%s)
export PHIEU_TRIAL=${TRIAL:-0}
mkdir -p build
log=$(mktemp build/all.XXXXXX)
trap 'rm -f "$log"' EXIT

say() { printf '== %s (%d s)\n' "$1" $(($(date +%s) - start)); }
# one step that passes or fails as a whole
step() {
	local name=$1
	shift
	say "$name"
	if "$@" >"$log" 2>&1; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "FAILED $name"
		tail -n 60 "$log"
	fi
	grep -E '^(N=|fuzz )' "$log"
}
# a runner that counts for itself
counted() {
	local name=$1 p f
	shift
	say "$name"
	"$@" 2>&1 | tee "$log" | grep -vE '^[0-9]+ passed, [0-9]+ failed$'
	p=$(sed -nE 's/^([0-9]+) passed, ([0-9]+) failed$/\1/p' "$log" | tail -n 1)
	f=$(sed -nE 's/^([0-9]+) passed, ([0-9]+) failed$/\2/p' "$log" | tail -n 1)
	passed=$((passed + ${p:-0})) failed=$((failed + ${f:-1}))
}

for b in debug asan; do
	step "build $b" make --no-print-directory -j2 BUILD=$b all tests
done
# the whole depth of clang's analyser in the long form
export LINT_QUICK=$((1 - PHIEU_TRIAL))
step 'lint' make --no-print-directory -j2 lint
# the longest first, so that no core waits at the end
counted 'tests, debug and asan' tests/run.sh asan,debug service db unit
step 'fuzz' make --no-print-directory fuzz FUZZ_TIME="${FUZZ_TIME:-20}"
step 'demo' make --no-print-directory demo
if [ "$PHIEU_TRIAL" = 1 ]; then
	step 'bare Debian 12' tests/trial/bare.sh
	step 'fuzz, an hour a target' make --no-print-directory fuzz FUZZ_TIME=3600
fi
say 'done'
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
