#!/bin/bash
# Every form of the shipped plans and of one with every way of rating, opened, filled and sent by the clients of
# others in a real browser: ODK Web Forms and Enketo, unmodified, on a real
# collector.  What they send must be stored as a valid sheet; one of each is
# opened again, changed, given a photo and sent as an edit.
# once: its time goes to Chromium
set -euo pipefail
cd "$(dirname "$0")/../.."
[ -n "${PHIEU_TEST_SOCKET:-}" ] || PHIEU_TEST_FSYNC=on exec tests/with_pg.sh "$0" "$@"
bin=${PHIEU_BIN:-$PWD/build/debug}
dir=$(mktemp -d /tmp/phieu-webforms.XXXXXX)
pid=
stop() {
	[ -z "$pid" ] || { kill "$pid" && wait "$pid" || true; }
	rm -rf "$dir"
}
trap stop EXIT
failed=0
fail() {
	echo "webforms.sh: $1"
	failed=1
}

# the clients, once for each lock file
home=$PWD/build/clients
lock=$(sha256sum tests/web/clients/package-lock.json)
mkdir -p "$home"
exec 9>"$home/lock"
flock 9
(cd tests/web/clients && tar -cf - --exclude node_modules .) | tar -xf - -C "$home"
if [ "$(cat "$home/installed" 2>/dev/null)" != "$lock" ]; then
	rm -f "$home/installed"
	(cd "$home" && npm ci --ignore-scripts --no-audit --no-fund) >"$dir/npm" 2>&1 ||
		{ cat "$dir/npm"; fail 'npm ci failed'; exit 1; }
	echo "$lock" >"$home/installed"
fi
flock -u 9
(cd "$home" && node build.mjs "$dir/bundles") || { fail 'no bundles'; exit 1; }

export PHIEU_DATABASE_URL=$PHIEU_TEST_DB
export PHIEU_DATABASE_URL_SERVER="host=$PHIEU_TEST_SOCKET dbname=phieu user=phieu_server"
# whole numbers and so many decimals; 3 is put everywhere, so not below zero
jq 'del(.forms[0].questions[] | select(.code == "X1"))' tests/data/plan/numbers.json >"$dir/numbers.json"
want=0 keys=()
for plan in collector/plans/*.json tests/data/plan/ways.json "$dir/numbers.json"; do
	"$bin/phieu" plan load "$plan" --reason test >/dev/null
	wave=$(jq -r .wave.code "$plan")
	"$bin/phieu" key agent add --wave "$wave" --code "$wave" --name 'Điều tra viên' >"$dir/key"
	keys+=("$(grep -oE 'pa_[A-Z0-9]+' "$dir/key" | head -n 1)")
	want=$((want + 2 * $(jq '.forms | length' "$plan")))
done
PHIEU_DATABASE_URL_COLLECTOR="host=$PHIEU_TEST_SOCKET dbname=phieu user=phieu_collector" \
	"$bin/phieu-collector" --collector-port 0 >"$dir/ready" 2>"$dir/log" &
pid=$!
for _ in $(seq 300); do
	[ -s "$dir/ready" ] && break
	sleep 0.1
done
url=$(sed -nE 's/.*"(http[^"]*)".*/\1/p' "$dir/ready")
[ -n "$url" ] || { fail 'the collector does not start'; cat "$dir/log"; exit 1; }

mkdir "$dir/sent"
timeout 900 node "$home/run.mjs" "$dir/bundles" "$dir/sent" "${keys[@]/#/$url/v1/key/}" ||
	fail 'a form does not work in a client'
states=$(psql -qXAt "$PHIEU_TEST_DB" -c 'SELECT state, count(*) FROM field.response GROUP BY 1 ORDER BY 1' | xargs)
# one form for each of the two clients was opened again and edited
[ "$states" = "1|$want 4|2" ] || fail "state and number stored: $states, wanted 1|$want 4|2 (valid, replaced)"
photos=$(psql -qXAt "$PHIEU_TEST_DB" -c "SELECT count(*) FROM field.attachment AS a JOIN field.response AS r USING (wave, instance) WHERE r.state = 1 AND r.replaces IS NOT NULL AND a.media_type = 'image/png'")
[ "$photos" = 2 ] || fail "photos of edited sheets: $photos, wanted 2"

# the same bytes by the command line, and what a fault looks like there
sent=$dir/sent/odk.lai-chau-2020~CT-01~1.xml
"$bin/phieu" form read collector/plans/lai-chau-2020.json "$sent" >"$dir/sheet" 2>&1 ||
	fail "form read: $(cat "$dir/sheet")"
[ "$(jq -r '.form, (.ratings | length)' "$dir/sheet" | xargs)" = 'CT-01 20' ] ||
	fail "form read: $(cat "$dir/sheet")"
sed 's/>A</>Z</' "$sent" >"$dir/bad.xml"
"$bin/phieu" form read lai-chau-2020 "$dir/bad.xml" >"$dir/sheet" 2>"$dir/faults" &&
	fail 'form read takes an option that is none'
grep -q '^V07  /data/ratings/' "$dir/faults" || fail "faults of form read: $(cat "$dir/faults")"
exit $failed
