#!/bin/sh
# Who may include what.  Each line: files, then a pattern of headers they must
# not include.  Changing a line here changes the architecture: keep it in step
# with docs/ARCHITECTURE.md.
set -eu
cd "$(dirname "$0")/../.."
bad=0
deny() { # what, pattern of headers, files
	what=$1 pattern=$2
	shift 2
	[ $# -gt 0 ] || return 0
	hits=$(grep -nE "#include [<\"]($pattern)" "$@" /dev/null || true)
	[ -z "$hits" ] || { echo "$what:"; echo "$hits"; bad=1; }
}
except() { # prints files but those matching a pattern
	ls $1 2>/dev/null | grep -vE "$2" || true
}
all='core/*.c collector/*.c analysis/*.c server/*.c include/phieu/*.h'
domain='phieu/(plan|sheet|submission|simulate|outbox|upload|service|score|taylor|exact|disclose|result|store_|connect|cluster|commands|pull)'

deny "core has no domain" "gsl/|$domain" core/*.c
deny "only core/db*.c and core/copy.c see libpq" 'libpq-fe|libpq/' \
	$(except "$all" 'core/(db|copy)[a-z_]*\.c')
deny "only core/http*.c see libmicrohttpd" microhttpd \
	$(except "$all" 'core/http')
deny "analysis is pure" \
	'libpq-fe|microhttpd|curl/|cjson|stdio|time|unistd|phieu/(db|copy|http|conf|log|json|plan|sheet|submission|store_)' \
	$(except 'analysis/*.c' 'analysis/store_')
deny "collector never sees analysis" \
	'gsl/|gmp|phieu/(score|taylor|exact|disclose|result)' collector/*.c
deny "COPY belongs to store files" 'phieu/copy\.h' \
	$(except 'collector/*.c server/*.c' '/store_')
deny "nobody includes a header under server/" 'server/' \
	$(except "$all" 'none')
deny "readers and validation do not talk" \
	'phieu/(db|http|store_)|curl/|sqlite3' \
	$(except 'collector/*.c' 'collector/(store_|service|upload|outbox|phieu_)')

# a statement is a file under sql/queries, run by store files only
hits=$(grep -nE '\b(db_run|db_run_args|db_do|db_send|copy_out_open|copy_in_open)\(' \
	$(except 'core/*.c collector/*.c analysis/*.c server/*.c' 'core/(db|copy|migrate)|/store_') /dev/null || true)
[ -z "$hits" ] || { echo "queries outside store files:"; echo "$hits"; bad=1; }

for h in include/phieu/*.h; do
	b=$(basename "$h" .h | tr 'a-z' 'A-Z')
	grep -q "#ifndef PHIEU_${b}_H" "$h" || { echo "$h: guard is not PHIEU_${b}_H"; bad=1; }
done
exit $bad
