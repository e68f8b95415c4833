#!/bin/bash
# Nobody links a person and an answer of sealed ballots (A1), and nothing is
# kept that would help (A3).  Attacks in twelve ways fail here and succeed on a
# naive copy of the design.  Chance links a few: what does better than chance
# (one in twenty over all attacks) is tried in a second and a third world, and
# fails the test when it does so in each.
# PHIEU_TRIAL=1: the whole wave of 1,193 letters, here 145 of two groups.
# once: the database's traces are the same in all builds
set -euo pipefail
cd "$(dirname "$0")/../.."
bin=${PHIEU_BIN:-$PWD/build/debug}
plan=collector/plans/lai-chau-2020.json
groups=hdnd-huyen,hdnd-tinh
if [ "${PHIEU_TRIAL:-0}" = 1 ]; then
	groups=hdnd-tinh,lanh-dao-huyen,cong-chuc-so,lanh-dao-phong-huyen
	groups=$groups,hdnd-huyen,lanh-dao-so,cong-chuc-phong-huyen,lanh-dao-xa
fi
if [ "${1:-}" = world ]; then
	dir=$(mktemp -d /tmp/phieu-ballot.XXXXXX)
	trap 'rm -rf "$dir"' EXIT
	export PHIEU_DATABASE_URL=$PHIEU_TEST_DB
	for role in server auditor collector mixer backup; do
		export "PHIEU_DATABASE_URL_${role^^}=host=$PHIEU_TEST_SOCKET dbname=phieu user=phieu_$role"
	done
	"$bin/phieu" plan load $plan --reason test >/dev/null
	"$bin/phieu" simulate --plan $plan --seed ballot --out "$dir/sheets.ndjson" >/dev/null 2>&1
	PYTHONDONTWRITEBYTECODE=1 python3 tests/support/ballot_check.py "$bin" "$dir" "$groups" "${@:2}"
	"$bin/phieu" audit verify
	exit
fi
suspect=
for naive in naive '' ''; do
	# shellcheck disable=SC2086 # a word or none
	out=$(PHIEU_TEST_FSYNC=on tests/with_pg.sh "$0" world $naive) || {
		echo "$out"
		exit 1
	}
	echo "$out" | grep -v '^suspect: '
	now=$(echo "$out" | sed -n 's/^suspect: //p' | tr ';' '\n' | sort)
	[ -n "$naive" ] && suspect=$now || suspect=$(comm -12 <(echo "$suspect") <(echo "$now"))
	[ -n "$suspect" ] || exit 0
	echo "better than chance, tried again: $suspect"
done
echo "linked in three worlds: $suspect"
exit 1
