#!/bin/sh
# One analyser over one file: tests/lint/static.sh tidy|analyzer|header FILE.
# One file an invocation: with several, clang-tidy 14 invents va_list errors.
# LINT_QUICK=1: clang's analyser of paths looks less far (its mode "shallow"),
# which takes a quarter of the time; gcc's looks as far as ever.
set -eu
gen=${GEN_DIR:-build/debug/gen}
inc="-std=c11 -D_GNU_SOURCE -Iinclude -I$gen -I/usr/include/postgresql"
case $1 in
tidy)
	far=
	[ "${LINT_QUICK:-0}" = 0 ] || far='-Xclang -analyzer-config -Xclang mode=shallow'
	out=$(clang-tidy --quiet "$2" -- $inc $far 2>/dev/null) ||
		{ echo "$out"; echo "clang-tidy: $2"; exit 1; }
	;;
analyzer)
	# gcc 12 loses sight of what is stored through a pointer: leaks are
	# LeakSanitizer's, in every test of the asan build
	gcc $inc -O2 -fanalyzer -Wno-analyzer-malloc-leak -Werror -c -o /dev/null "$2"
	;;
header)
	printf '#include "%s"\n' "${2#include/}" |
		gcc $inc -Wall -Wextra -Wpedantic -Werror -x c -fsyntax-only - ||
		{ echo "does not compile alone: $2"; exit 1; }
	;;
esac
