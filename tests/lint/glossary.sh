#!/bin/sh
# Each identifier in docs/GLOSSARY.md is a word of the code, the schema or a
# plan; each word stands in the table once.
set -eu
cd "$(dirname "$0")/../.."
doc=docs/GLOSSARY.md
bad=0
words=$(mktemp)
trap 'rm -f "$words"' EXIT
awk -F'|' '/^\|/ && NF != 6 { print FILENAME ":" FNR ": a row has four cells" }' "$doc" >"$words"
[ ! -s "$words" ] || { cat "$words"; bad=1; }
awk -F'|' '/^\|/ && $4 ~ /`/ { gsub(/[` ]/, " ", $4); sub(/^ +/, "", $4); sub(/ +$/, "", $4); print $4 }' "$doc" >"$words"
[ -s "$words" ] || { echo "$doc: no identifier found"; exit 1; }
while read -r word; do
	grep -rqwF -e "$word" --include='*.[ch]' --include='*.sql' core collector analysis server include sql ||
		{ echo "$doc: '$word' is in no source"; bad=1; }
done <"$words"
dup=$(awk -F'|' '/^\|/ && $3 !~ /English|---/ { gsub(/^ +| +$/, "", $3); print $3 }' "$doc" | sort | uniq -d)
[ -z "$dup" ] || { echo "$doc: twice in the table: $dup"; bad=1; }
exit $bad
