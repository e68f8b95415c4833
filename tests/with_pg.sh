#!/bin/sh
# Run a command against a throw-away, private, migrated PostgreSQL.
#	tests/with_pg.sh COMMAND [ARG...]
# The command gets
#	PHIEU_TEST_DB     conninfo of the owner (no superuser), database phieu
#	PHIEU_TEST_SUPER  conninfo of the cluster's superuser, same database
#	PHIEU_TEST_SOCKET the socket directory: any role connects without a
#	                  password, e.g. "host=$PHIEU_TEST_SOCKET dbname=phieu
#	                  user=phieu_collector"
# PHIEU_TEST_FSYNC=on: durable, for whatever starts a service (default off).
# PHIEU_TEST_CLOCK='2024-03-10 18:30:00': the server starts at this instant of
# UTC, so that no midnight passes, and days of Viet Nam are not those of UTC.
set -eu
here=$(cd "$(dirname "$0")/.." && pwd)
bin=$(pg_config --bindir 2>/dev/null || echo /usr/lib/postgresql/15/bin)
d=$(mktemp -d /tmp/phieu-pg.XXXXXX)
run() {
	if [ "$(id -u)" = 0 ]; then
		(cd / && runuser -u postgres -- "$@")
	else
		"$@"
	fi
}
stop() {
	[ ! -f "$d/data/postmaster.pid" ] ||
		run "$bin/pg_ctl" -D "$d/data" -m immediate -w stop >/dev/null 2>&1 || true
	rm -rf "$d"
}
trap stop EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM
[ "$(id -u)" != 0 ] || chown postgres "$d"

if [ "${PHIEU_TEST_FSYNC:-off}" = on ]; then
	speed=
else
	speed=-F
fi
quiet() {
	"$@" >"$d/out" 2>&1 || {
		cat "$d/out" >&2
		exit 1
	}
}
# a new cluster with role and database, everything migrated; started in $d
new_cluster() {
	quiet run "$bin/initdb" -D "$d/data" -A trust -U phieu_super -E UTF8 \
		--locale=C.UTF-8 --data-checksums --no-sync
	start
	quiet "$bin/createuser" -h "$d" -U phieu_super --createrole phieu_owner
	quiet "$bin/createdb" -h "$d" -U phieu_super -O phieu_owner phieu
	# As core/migrate.c does it, so that migrate_check agrees.
	{
		cat "$here/sql/queries/migration_schema.sql" \
			"$here/sql/queries/migration_table.sql"
		for f in "$here"/sql/[0-9][0-9][0-9]_*.sql; do
			name=${f##*/}
			sum=$(sha256sum "$f")
			echo "BEGIN;"
			cat "$f"
			echo "INSERT INTO meta.migration (name, sha256)"
			echo "VALUES ('${name%.sql}', '\\x${sum%% *}'); COMMIT;"
		done
	} | PGOPTIONS='-c client_min_messages=warning' "$bin/psql" -qX \
		-v ON_ERROR_STOP=1 "host=$d user=phieu_owner dbname=phieu" >/dev/null
}
clock=
if [ -n "${PHIEU_TEST_CLOCK:-}" ]; then
	fake=$(find /usr/lib -name libfaketime.so.1 | head -n 1)
	[ -n "$fake" ] || { echo 'libfaketime is not here (tests/setup.sh test)' >&2; exit 1; }
	clock="env TZ=UTC LD_PRELOAD=$fake FAKETIME_DONT_FAKE_MONOTONIC=1"
fi
start() {
	# shellcheck disable=SC2086 # words of the clock
	quiet run $clock ${clock:+"FAKETIME=@$PHIEU_TEST_CLOCK"} \
		"$bin/pg_ctl" -D "$d/data" -w -l "$d/log" \
		-o "-c listen_addresses='' -k $d $speed" start
}
# Making a cluster takes seconds and there are a hundred to make, so the first
# one is kept and copied.  It is named by all that goes into it, and by the
# clock: its days are those of the test.
model() {
	cat "$here"/tests/with_pg.sh "$here"/sql/[0-9]*.sql \
		"$here"/sql/queries/migration_*.sql
	"$bin/postgres" --version
	id -u
}
model=$(model | sha256sum | cut -c1-16)
kept=$here/build/pg/$model-$(printf %s "${PHIEU_TEST_CLOCK:-}" | tr -cd 0-9)
mkdir -p "$here/build/pg"
exec 9>"$here/build/pg/lock"
flock 9
if [ ! -d "$kept" ]; then
	find "$here/build/pg" -mindepth 1 -maxdepth 1 -type d \
		! -name "$model*" -exec rm -rf {} +
	new_cluster
	quiet run "$bin/pg_ctl" -D "$d/data" -m fast -w stop
	mv "$d/data" "$kept.new"
	mv "$kept.new" "$kept"
fi
exec 9>&-
cp -a "$kept" "$d/data"
start

PHIEU_TEST_DB="host=$d user=phieu_owner dbname=phieu"
PHIEU_TEST_SUPER="host=$d user=phieu_super dbname=phieu"
PHIEU_TEST_SOCKET=$d
export PHIEU_TEST_DB PHIEU_TEST_SUPER PHIEU_TEST_SOCKET
"$@"
