#!/bin/sh
# Calls that have no place here, and marks of unfinished work.
set -eu
cd "$(dirname "$0")/../.."
bad=0
src=$(ls core/*.[ch] collector/*.[ch] analysis/*.[ch] server/*.[ch] include/phieu/*.h)
say() { [ -z "$2" ] || { echo "$1:"; echo "$2"; bad=1; }; }

say 'banned call' "$(grep -nE '(^|[^a-zA-Z0-9_>.])(strcpy|strcat|sprintf|vsprintf|strncpy|strncat|strtok|atoi|atol|atof|gets|scanf|sscanf|fscanf|localtime|gmtime|asctime|ctime|system|popen|tmpnam|mktemp|alloca|setjmp|longjmp)\(' $src || true)"
say 'PQexec outside core/db.c' "$(grep -nE '\bPQexec\(' $src | grep -vE '^core/db[a-z_]*\.c:' || true)"
say 'line comment' "$(grep -nE '(^|[[:space:];{}])//' $src | grep -v '"[^"]*//[^"]*"' || true)"
say 'typedef of a struct' "$(grep -nE '^typedef struct' $src || true)"
say 'goto other than out' "$(grep -nE '\bgoto [a-z_]+' $src | grep -vE 'goto out;' || true)"
say 'the day of UTC: assess.today(), assess.day(…)' "$(grep -nE 'current_date|(_at|now\(\))::date' sql/queries/*.sql || true)"
say 'unfinished' "$(git grep -nE '\b(TODO|FIXME|XXX|HACK)\b' -- '*.c' '*.h' '*.sql' '*.sh' '*.md' '*.py' ':!tests/lint/banned.sh' ':!tests/fuzz/corpus' || true)"
# Asked of the objects, not of the text: what may change while a program runs.
# Allowed: the log's level, the one lock on password checks, the flag that a
# signal sets, and the cluster that this process started and has to stop.
objects=${PHIEU_BIN:-build/debug}
case $objects in
*/asan | */cov) ;;
*) say 'mutable state' "$(for d in core collector analysis server; do
	objdump -t "$objects/$d/"*.o | awk '
		/file format/ { file = $1 }
		/ O / && ($0 ~ /\.(bss|data)(\.rel|\.rel\.local)?\t/ || /COMMON/) { print file " " $NF }'
done | grep -vE '/core/log\.o: |/core/password\.o: one_at_a_time$|/collector/phieu_upload\.o: upload_stop$|/server/connect\.o: (started_here|kept)$' || true)" ;;
esac
exit $bad
