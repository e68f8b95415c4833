#!/bin/bash
# Intake with a hook on every wave: all tests of intake pass as without, and
# each sheet stored left exactly one event, by whichever function it came.
set -u
cd "$(dirname "$0")/../.."
bin=${PHIEU_BIN:-$PWD/build/debug}
if [ $# = 0 ]; then # each on a cluster of its own
	for t in dbtest_intake dbtest_intake_ways dbtest_intake_keys; do
		tests/with_pg.sh "$0" $t || exit 1
	done
	exit 0
fi
sql() { psql -qXAt -v ON_ERROR_STOP=1 "$PHIEU_TEST_DB" -c "$1"; }
sql "CREATE FUNCTION public.hook_all() RETURNS trigger LANGUAGE plpgsql
	SECURITY DEFINER AS \$\$ BEGIN
	INSERT INTO publish.hook (wave, url, events, secret, made_by)
	VALUES (NEW.wave, 'https://x', '{submission.stored,submission.edited}',
	sha256('x'), 'x');
	PERFORM publish.hook_triggers(); RETURN NULL; END \$\$" || exit 1
sql "CREATE TRIGGER hook_all AFTER INSERT ON plan.wave
	FOR EACH ROW EXECUTE FUNCTION public.hook_all()" || exit 1
"$bin/tests/$1" >/dev/null 2>&1 || { echo "$1 fails with a hook"; exit 1; }
said=$(sql "SELECT count(*) > 0 AND count(*) = (SELECT count(*) FROM publish.outbox)
	AND bool_and((SELECT count(*) FROM publish.outbox AS o WHERE o.wave = r.wave
		AND o.content ->> 'instance' = r.instance AND o.kind = CASE WHEN r.replaces
		IS NULL THEN 'submission.stored' ELSE 'submission.edited' END) = 1)
	FROM field.response AS r")
[ "$said" = t ] || { echo "$1: sheets and events differ: '$said'"; exit 1; }
echo "hooks_intake: $1: one event a sheet"
