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
# The other way round, where the list of what may be is the short one.
only() { # what, pattern of headers, files
	what=$1 pattern=$2
	shift 2
	hits=$(grep -nE '#include [<"]' "$@" /dev/null |
		grep -vE "#include [<\"]($pattern)[>\"]" || true)
	[ -z "$hits" ] || { echo "$what:"; echo "$hits"; bad=1; }
}
all='core/*.[ch] collector/*.[ch] analysis/*.[ch] server/*.[ch] include/phieu/*.h'
core='phieu/(address|arena|base64|buf|charset|cli|conf|copy|csv|date|db|dec|decimal_mark|err|fault|file|grid|hash|http|jscan|json|json_diff|limits|log|migrate|multipart|queries|scan|sheet_xlsx|tls_files|utf8|xml)\.h'

deny "core has no domain" 'gsl/|gmp|sqlite3|curl/' core/*.[ch]
hits=$(grep -nE '#include "phieu/' core/*.[ch] | grep -vE "\"$core\"" || true)
[ -z "$hits" ] || { echo "core includes a header that is not core's:"; echo "$hits"; bad=1; }
deny "only core/db*.c and core/copy.c see libpq" 'libpq-fe|libpq/' \
	$(except "$all" 'core/(db|copy)[a-z_]*\.[ch]')
deny "only server/chart*.[ch] see cairo" 'cairo' \
	$(except "$all" 'server/chart')
deny "only core/http*.c see libmicrohttpd" microhttpd \
	$(except "$all" 'core/http')
only "analysis is pure" \
	'phieu/(score|taylor|exact|disclose|frame|survey|estimate|estimate_spec|replicates|calibrate|weights|planning|estimate_weights|scale|agreement|recheck|agent_means|quality|models|contingency|regress|matrix|moments|distribution|reliability|factor|polychoric|structure|index|index_change|index_file|index_sure|proportion)\.h|phieu/(arena|buf|csv|dec|err|fault|json|limits|utf8)\.h|cjson/cJSON\.h|[a-z]+_parts\.h|assert\.h|float\.h|math\.h|std(bool|def|int|lib)\.h|string\.h|gmp\.h|pthread\.h|gsl/[a-z_]+\.h' \
	$(except 'analysis/*.[ch]' 'analysis/store_')
deny "collector never sees analysis" \
	'gsl/|gmp|phieu/(score|taylor|exact|disclose|result|responses)' collector/*.[ch]
deny "COPY belongs to store files" 'phieu/copy\.h' \
	$(except 'collector/*.[ch] server/*.[ch]' '/store_')
deny "nobody includes a header under server/" '(\.\./)*server/' \
	$(except "$all" 'none')
deny "readers and validation do not talk" \
	'phieu/(db|http|store_|connect|cluster|run_as|pull|child)|curl/|sqlite3' \
	$(except 'collector/*.[ch]' 'collector/(store_|service|upload|outbox|phieu_)')

# a statement is a file under sql/queries, run by store files only
hits=$(grep -nE '\b(db_run|db_run_args|db_do|db_send|copy_out_open|copy_in_open)\(' \
	$(except 'core/*.c collector/*.c analysis/*.c server/*.c' 'core/(db|copy|migrate)|/store_') /dev/null || true)
[ -z "$hits" ] || { echo "queries outside store files:"; echo "$hits"; bad=1; }

for h in include/phieu/*.h; do
	b=$(basename "$h" .h | tr 'a-z' 'A-Z')
	grep -q "#ifndef PHIEU_${b}_H" "$h" || { echo "$h: guard is not PHIEU_${b}_H"; bad=1; }
done
exit $bad
