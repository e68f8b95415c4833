#!/bin/bash
# The private cluster as its keeper meets it: start, status, stop; R20: a backup,
# damaged copies, a restore that gives back the same.
set -u
cd "$(dirname "$0")/../.."
bin=${PHIEU_BIN:-$PWD/build/debug}
work=$(mktemp -d /tmp/phieu-cluster.XXXXXX)
chmod 755 "$work"
unset "${!PHIEU_@}"
a=$work/a b=$work/b
bad=0
failed() { echo "cluster: $*"; bad=1; }
phieu() { PHIEU_STATE_DIR=$dir "$bin/phieu" "$@"; }
finish() {
	unset "${!PHIEU_DATABASE_@}"
	for dir in "$a" "$b" "$deep"; do
		[ ! -d "$dir/data" ] || phieu db stop >/dev/null ||
			failed "left running in $dir"
	done
	rm -rf "$work"
	exit $bad
}
deep=$work/$(printf 'x%.0s' $(seq 90))/state
trap finish EXIT
trap 'exit 1' INT TERM

want() { # exit code, words in the output, command...
	local code=$1 words=$2 out rc
	shift 2
	out=$("$@" 2>&1)
	rc=$?
	[ $rc -eq "$code" ] || failed "'$*' exit $rc, not $code: $out"
	grep -qF -- "$words" <<<"$out" || failed "'$*' does not say '$words': $out"
}
sql() { # of the cluster in $dir
	psql -qAtX "host=$dir/sock user=phieu_owner dbname=phieu" -c "$1"
}
psql() { command "$(pg_config --bindir)/psql" "$@"; }

dir=$a
want 1 'not running' phieu db status
want 0 'was not running' phieu db stop
want 0 'migrations applied' phieu db start
want 0 'was running already' phieu db start
want 0 'fsync' phieu db status
want 0 '"problem":null' phieu db status --json
want 0 '0 migrations applied' phieu db migrate
want 0 'phieu_auditor audit.entry s' phieu db roles
want 2 'takes 0 words' phieu db start now
[ "$(sql 'SHOW listen_addresses')" = '' ] || failed 'listens on the network'
[ "$(stat -c %a "$a")" = 700 ] || failed "state-dir is $(stat -c %a "$a")"
[ "$(stat -c %a "$a/sock")" = 700 ] || failed "sock is open to others"
pid=$(head -n 1 "$a/data/postmaster.pid")
owner=$(stat -c %U "/proc/$pid")
[ "$owner" != root ] || failed 'PostgreSQL runs as root'
if [ "$(id -u)" = 0 ]; then
	runuser -u nobody -- "$(pg_config --bindir)/psql" -X \
		"host=$a/sock user=phieu_owner dbname=phieu" -c 'SELECT 1' \
		>/dev/null 2>&1 && failed 'anybody may connect'
fi

# something to keep
want 0 'first password' phieu user add tran.thi-b --name 'Trần Thị B' --role auditor
want 0 'shown once' phieu key engine add --name 'chỉ số'
sql "INSERT INTO plan.wave (code, name, opens, closes, trial) VALUES
	('thu-2020', 'Thử', '2020-01-01', '2020-12-31', true);
	SELECT setval('field.response_id', 4711)" >/dev/null
# a row in every table with row security, which no service's role may see
walled='people.account people.session people.password_reset people.api_key
	field.raw field.rating field.comment field.response_version
	field.conflict field.quarantine frozen.response frozen.rating
	frozen.comment roster.person field.device_login field.attachment_bytes
	field.attachment_conflict field.import publish.hook ballot.token
	ballot.used ballot.sealed ballot.comment field.review_query
	field.second_difference roster.draw roster.drawn roster.house
	field.recheck_sheet field.recheck_rating field.recheck_decision
	field.recheck_decided'
sql "INSERT INTO field.raw VALUES (1, 1, 'x'), (2, 1, 'x');
	INSERT INTO field.rating VALUES (1, 1, 1, '\\x01'), (2, 1, 1, '\\x01');
	INSERT INTO field.comment VALUES (1, 1, 'x'), (2, 1, 'x');
	INSERT INTO field.response_version VALUES (1, 1, 1, '{}', 'x', now(), 'x');
	INSERT INTO field.conflict VALUES (1, 'uuid:1', '\\x01', 'x', 1);
	INSERT INTO field.quarantine VALUES (1, '2020-01-01', '\\x01', 'x', 1, 'x', 'x', 1);
	INSERT INTO frozen.response VALUES (1, 1, 1, 1, 1, 0), (2, 1, 1, 1, 1, 0);
	INSERT INTO frozen.rating VALUES (1, 1, 1, 1, 1, 1, 0, '\\x01');
	INSERT INTO frozen.comment VALUES (1, 1, 1, 1, 'x');
	INSERT INTO roster.person (wave, grp, home, name)
		SELECT wave, 1, 0, 'x' FROM plan.wave;
	WITH a AS (INSERT INTO field.agent (code, name, office)
			VALUES ('a', 'A', 'x') RETURNING agent),
		k AS (INSERT INTO field.agent_key (agent, wave, hash, expires_at)
			SELECT agent, 1, sha256('k'), 'infinity' FROM a RETURNING key)
		INSERT INTO field.device_login (login, key, ha1)
			SELECT 'device', key, md5('x') FROM k;
	INSERT INTO field.attachment_bytes VALUES (1, sha256('x'), 'x');
	INSERT INTO field.attachment_conflict
		VALUES (1, 'uuid:1', 'x', sha256('x'), 1, 'image/png', 1);
	INSERT INTO field.import VALUES (1, sha256('x'), 1, 1, 1, now(), 'x');
	INSERT INTO ballot.token VALUES (sha256('x'), 1, 1, 0);
	INSERT INTO ballot.used VALUES (sha256('x'));
	INSERT INTO ballot.sealed (receipt, wave, grp, home, sealed)
		VALUES (sha256('x'), 1, 1, 0, 'x');
	INSERT INTO ballot.comment VALUES (1, 1, 'x', '');
	INSERT INTO field.review_query (wave, query, event, response, instance, addressee, words)
		VALUES (1, 1, 1, 1, 'uuid:1', 'agent', 'x');
	INSERT INTO field.second_sheet (wave, sheet, status) VALUES (1, 'x', 'differs');
	INSERT INTO field.second_pair (wave, sheet, pair, response, response_version, response_sha, second,
		second_version, second_sha, first_agent, second_agent, form, compared, fields)
		VALUES (1, 'x', 1, 1, 1, 'x', 2, 1, 'x', 1, 2, 1, '{}', 1);
	INSERT INTO field.second_difference (wave, sheet, pair, field, kind, question, one, two, place)
		VALUES (1, 'x', 1, 'x', 'x', 'x', 'a', 'b', 1);
	INSERT INTO roster.draw (wave, draw, body, of, by, count, hide, seed, method, frame, frame_sha256, frame_n,
		drawn_by) VALUES (1, 1, 'x', 'all', 'none', 1, 3, 'x', 'x', 'x', sha256('x'), 1, 'x');
	INSERT INTO roster.drawn (wave, draw, place, code, grp, unit, agent, area, stratum)
		VALUES (1, 1, 1, 'x', 'x', 'x', 'x', 'x', 'x');
	INSERT INTO roster.house VALUES (1, 1, 'x', 0, 'x', 1, 0, 0, 0, 'x');
	INSERT INTO field.recheck_sheet VALUES (1, 'x', 1, 1, 0, 1, 1, 1);
	INSERT INTO field.recheck_rating VALUES (1, 'x', 1, 'x', 'x');
	INSERT INTO field.recheck_decision (wave, decision, number, reason, sheets, decided_by)
		VALUES (1, 1, 'x', 'x', 1, 'x');
	INSERT INTO field.recheck_decided VALUES (1, 1, 'x', 'uuid:1', 1);
	INSERT INTO publish.hook (wave, url, events, secret, made_by)
		VALUES (1, 'https://x', '{release.published}', sha256('x'), 'x');
	INSERT INTO people.session SELECT sha256('a'), account, sha256('b'),
		now(), now(), now() FROM people.account;
	INSERT INTO people.password_reset SELECT sha256('a'), account, now()
		FROM people.account" || failed 'no rows to keep'
counts() { # of walled tables in the cluster in $dir
	for t in $walled; do
		echo "$t $(sql "SELECT count(*) FROM $t")"
	done
}
counts >"$work/counts"
grep -vE ' [1-9][0-9]*$' "$work/counts" && failed 'a walled table is empty'
[ "$(sql "SELECT string_agg(oid::regclass::text, ' ') FROM pg_class WHERE relrowsecurity" |
	tr ' ' '\n' | sort)" = "$(tr -s '[:space:]' '\n' <<<"$walled" | sort -u | sed '/^$/d')" ] ||
	failed 'other tables have row security than this test knows'
head_before=$(phieu audit head)
want 0 'the log is whole' phieu audit verify --head "$head_before"

# a copy that would silently lack rows is not made
copy=$work/copy
sql 'DROP POLICY backup_all ON frozen.rating'
want 1 'hides rows of frozen.rating' phieu db backup "$copy"
[ ! -e "$copy" ] && [ ! -e "$copy.manifest.json" ] || failed 'it left a copy'
sql 'CREATE POLICY backup_all ON frozen.rating FOR SELECT TO phieu_backup USING (true)'

want 0 'manifest' phieu db backup "$copy"
want 1 'there already' phieu db backup "$copy"
want 0 'is whole' phieu db verify "$copy"
[ ! -e "$copy.part" ] || failed 'the passing file stayed'
[ "$(stat -c %a "$copy")" = 600 ] || failed 'the copy is open to others'
grep -q "${head_before##*:}" "$copy.manifest.json" || failed 'no head in the manifest'

# twice: a stopped cluster comes back as it was, also for one command
want 0 stopped phieu db stop
want 0 tran.thi-b phieu user list
want 1 'not running' phieu db status # started for the command, stopped after
want 0 'started' phieu db start
want 0 stopped phieu db stop
readlink "/proc/$pid/cwd" >/dev/null && failed 'the server outlived its stop'

# killed: recovers, and a stale pid file of another program does no harm
want 0 'started' phieu db start
kill -KILL "$(head -n 1 "$a/data/postmaster.pid")"
sleep 0.3
want 1 'not running' phieu db status
want 0 'started' phieu db start
want 0 tran.thi-b phieu user list

# damaged copies: one byte at the start, in the middle, at the end; cut; no
# manifest; a manifest of another copy
dir=$b
size=$(stat -c %s "$copy")
n=0
for at in 0 $((size / 3)) $((size / 2)) $((size - 1)); do
	cp "$copy" "$work/hurt" && cp "$copy.manifest.json" "$work/hurt.manifest.json"
	byte=$(od -An -tu1 -j "$at" -N 1 "$work/hurt" | tr -d ' ')
	printf "\\x$(printf %02x $((byte ^ 1)))" |
		dd of="$work/hurt" bs=1 seek="$at" conv=notrunc status=none
	want 2 'is damaged' phieu db restore "$work/hurt"
	n=$((n + 1))
done
head -c $((size - 1)) "$copy" >"$work/hurt"
want 2 'is damaged' phieu db verify "$work/hurt"
rm "$work/hurt.manifest.json"
want 2 'manifest' phieu db restore "$work/hurt"
echo '{"bytes":"x"}' >"$work/hurt.manifest.json"
want 2 'no manifest of a copy' phieu db verify "$work/hurt"
[ ! -d "$b/data" ] || failed 'a damaged copy made a cluster'
echo "N=$((n + 3)) damaged copies refused"

# the good copy gives back the same, once
want 0 'restored' phieu db restore "$copy"
want 1 'not empty' phieu db restore "$copy"
want 0 'whole' phieu audit verify --head "$head_before"
want 0 tran.thi-b phieu user list
want 0 '"problem":null' sh -c "PHIEU_STATE_DIR=$b '$bin/phieu' db start >/dev/null && PHIEU_STATE_DIR=$b '$bin/phieu' db status --json"
dump() {
	"$(pg_config --bindir)/pg_dump" "host=$1/sock user=phieu_owner dbname=phieu" |
		grep -v '^\\\(un\)\?restrict '
}
dir=$b counts | diff "$work/counts" - || failed 'rows were lost on the way'
dump "$a" >"$work/a.sql"
dump "$b" >"$work/b.sql"
[ -s "$work/a.sql" ] || failed 'nothing to compare'
diff "$work/a.sql" "$work/b.sql" >"$work/diff" ||
	failed "the restored database differs: $(head -n 20 "$work/diff")"
dir=$a phieu db roles >"$work/a.roles"
dir=$b phieu db roles >"$work/b.roles"
diff "$work/a.roles" "$work/b.roles" || failed 'rights differ'
[ "$(dir=$b sql "SELECT nextval('field.response_id') > 4711")" = t ] ||
	failed 'numbers of responses begin anew'
[ "$(dir=$b sql "SELECT has_database_privilege('public', 'phieu', 'CONNECT')")" = f ] ||
	failed 'everybody may connect to the restored database'

# a path too long for a socket
dir=$deep
mkdir -p "$(dirname "$deep")"
want 0 'started' phieu db start
want 0 'the log is whole' phieu audit verify --bytes
want 0 'stopped' phieu db stop
[ -z "$(ls -d /tmp/phieu-"$(printf %s "$deep" | sha256sum | cut -c1-16)" 2>/dev/null)" ] ||
	failed 'its socket directory stayed in /tmp'

# somebody else's directory is refused
if [ "$(id -u)" = 0 ]; then
	dir=$work/theirs
	mkdir "$dir" && chown nobody "$dir"
	want 1 'does not belong' phieu db start
	dir=$work/closed/state
	mkdir -m 700 "$work/closed"
	want 2 'cannot reach' phieu db start
	want 2 'never runs as root' phieu db start --user root
fi

# a real server: nothing to start, and a role without its address is told
export PHIEU_DATABASE_URL="host=$a/sock dbname=phieu user=phieu_owner"
want 2 'real server' phieu db start
want 2 'database-url-server' phieu user list
want 0 'at database-url' phieu db status
export PHIEU_DATABASE_URL_SERVER="host=$a/sock dbname=phieu user=phieu_owner"
want 1 '' phieu user list # an owner's address is no service's
export PHIEU_DATABASE_URL_BACKUP="host=$a/sock dbname=phieu user=phieu_backup password=x"
want 0 'bytes' phieu db backup "$work/other"
export PHIEU_DATABASE_URL="host=$work dbname=phieu"
want 1 '' phieu db status
