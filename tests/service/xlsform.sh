#!/bin/bash
# Forms exported as workbooks say what their XForms say, as other programs read
# them; and a form that an other program wrote comes in.
set -euo pipefail
cd "$(dirname "$0")/../.."
bin=${PHIEU_BIN:-$PWD/build/debug}
dir=$(mktemp -d /tmp/phieu-xlsform.XXXXXX)
trap 'rm -rf "$dir"' EXIT
# a python that has Debian's openpyxl
python=python3
"$python" -c 'import openpyxl' 2>/dev/null || python=/usr/bin/python3
PYTHONDONTWRITEBYTECODE=1 "$python" tests/support/xlsform_check.py "$bin/phieu" "$dir" \
	collector/plans/*.json tests/data/plan/{ways,numbers,small}.json

# the same form written by three programs is the same form (made by
# tests/data/xlsforms/make_xlsforms.py)
failed=0
for book in tests/data/xlsforms/*.xlsx; do
	if ! "$bin/phieu" form import "$book" -o "$dir/parts" 2>"$dir/told"; then
		echo "xlsform.sh: $book: $(cat "$dir/told")"
		failed=1
	elif ! cmp -s "$dir/parts" tests/data/xlsforms/parts.json; then
		echo "xlsform.sh: $book gives another form:"
		diff "$dir/parts" tests/data/xlsforms/parts.json || true
		failed=1
	fi
done
exit $failed
