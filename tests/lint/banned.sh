#!/bin/sh
# Calls that have no place here, and marks of unfinished work.
set -eu
cd "$(dirname "$0")/../.."
bad=0
src=$(ls core/*.c collector/*.c analysis/*.c server/*.c include/phieu/*.h 2>/dev/null)
say() { [ -z "$2" ] || { echo "$1:"; echo "$2"; bad=1; }; }

say 'banned call' "$(grep -nE '(^|[^a-zA-Z0-9_>.])(strcpy|strcat|sprintf|vsprintf|strncpy|strncat|strtok|atoi|atol|atof|gets|scanf|sscanf|fscanf|localtime|gmtime|asctime|ctime|system|popen|tmpnam|mktemp|alloca|setjmp|longjmp)\(' $src || true)"
say 'PQexec outside core/db.c' "$(grep -nE '\bPQexec\(' $src | grep -vE '^core/db[a-z_]*\.c:' || true)"
say 'line comment' "$(grep -nE '(^|[[:space:];{}])//' $src | grep -v '"[^"]*//[^"]*"' || true)"
say 'typedef of a struct' "$(grep -nE '^typedef struct' $src || true)"
say 'goto other than out' "$(grep -nE '\bgoto [a-z_]+' $src | grep -vE 'goto out;' || true)"
say 'static mutable state' "$(grep -nE '^static [a-z_0-9 ]+ \**[a-z_0-9]+( = .*)?;$' $src | grep -vE 'const|core/log\.c|sig_atomic_t|pthread_mutex_t|_Atomic' || true)"
say 'unfinished' "$(git grep -nE '\b(TODO|FIXME|XXX|HACK)\b' -- '*.c' '*.h' '*.sql' '*.sh' '*.md' '*.py' ':!tests/lint/banned.sh' ':!tests/fuzz/corpus' || true)"
exit $bad
