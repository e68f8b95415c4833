#!/bin/bash
# Accounts, keys and the log from the command line, as an administrator meets
# them: what is shown once, what is refused and with which exit code, what the
# log says of it.
set -u
cd "$(dirname "$0")/../.."
bin=${PHIEU_BIN:-$PWD/build/debug}
work=$(mktemp -d /tmp/phieu-people.XXXXXX)
chmod 755 "$work"
unset "${!PHIEU_@}"
export PHIEU_STATE_DIR=$work/state
bad=0
failed() { echo "people: $*"; bad=1; }
finish() {
	"$bin/phieu" db stop >/dev/null 2>&1
	rm -rf "$work"
	exit $bad
}
trap finish EXIT
trap 'exit 1' INT TERM
phieu() { "$bin/phieu" "$@"; }
out=
want() { # exit code, words in the output, command...
	local code=$1 words=$2 rc
	shift 2
	out=$("$@" 2>&1 </dev/null)
	rc=$?
	[ $rc -eq "$code" ] || failed "'$*' exit $rc, not $code: $out"
	grep -qF -- "$words" <<<"$out" || failed "'$*' does not say '$words': $out"
}
last() { tail -n 1 <<<"$out"; }

phieu db start >/dev/null || failed 'no database'
want 0 1.193 phieu plan load collector/plans/lai-chau-2020.json --reason 'thử'
wave=lai-chau-2020

# accounts
want 0 'first password, shown once' phieu user add lan --name 'Nguyễn Thị Lan' --role analyst
first=$(last | sed 's/.*: //')
[ ${#first} -ge 20 ] || failed "the first password is short: $first"
want 1 'is taken' phieu user add lan --name 'Lan'
want 2 'give --name' phieu user add hoa
want 2 'one login' phieu user add
want 2 'one login' phieu user add hoa binh --name x
want 2 "no role 'king'" phieu user add hoa --name Hoa --role king
want 2 'a login has' phieu user add 'Hoa Lê' --name Hoa
echo 'ngắn' >"$work/short"
want 2 'quá ngắn' phieu user add hoa --name Hoa --password-file "$work/short"
want 2 'No such file' phieu user add hoa --name Hoa --password-file "$work/none"
: >"$work/empty"
want 2 'no password' phieu user add hoa --name Hoa --password-file "$work/empty"
echo 'sông Nậm Na mùa nước lớn' >"$work/long"
want 0 'account hoa made' phieu user add hoa --name 'Hoa' --password-file "$work/long"
grep -q 'shown once' <<<"$out" && failed 'a password from a file was shown'
want 0 'analyst' phieu user list
want 0 'must change password' phieu user list
want 0 '' phieu user role hoa --give unit --wave $wave --unit so-tu-phap
want 0 "unit:$wave:so-tu-phap" phieu user list
want 2 'no wave' phieu user role hoa --give unit --wave nowhere
want 2 'either' phieu user role hoa
want 2 'either' phieu user role hoa --give unit --take unit
want 2 'does not have' phieu user role hoa --take auditor
want 0 '' phieu user role hoa --take unit
want 2 'no account' phieu user role nobody --give unit
want 0 'password of hoa set' phieu user password hoa --password-file "$work/long"
want 2 'no password' phieu user password hoa
want 0 'shown once' phieu user reset hoa
last | sed 's/.*: //' >"$work/token"
want 0 'password of hoa set' phieu user password hoa --token-file "$work/token" --password-file "$work/long"
want 1 'not good' phieu user password hoa --token-file "$work/token" --password-file "$work/long"
want 0 '' phieu user disable hoa
want 0 'disabled' phieu user list
want 0 '' phieu user enable hoa
want 0 '' phieu user unlock hoa
want 2 'no account' phieu user unlock nobody
want 2 'no account' phieu user disable nobody
want 2 'no account' phieu user reset nobody

# keys of agents
want 0 'shown once' phieu key agent add --wave $wave --code BD-01 --name 'Bưu điện Tam Đường'
key=$(last)
[[ $key == pa_* ]] || failed "an agent's key looks like $key"
want 0 'key 2 of BD-01' phieu key agent add --wave $wave --code BD-01 --forms CT-01,CT-02 --homes so-tu-phap --days 5
want 2 'no form' phieu key agent add --wave $wave --code BD-01 --forms CT-99
want 2 'no unit' phieu key agent add --wave $wave --code BD-01 --homes nowhere
want 2 'list of codes' phieu key agent add --wave $wave --code BD-01 --forms ,
want 2 'not bound to a unit' phieu user role analyst --give secretariat --unit so-tu-phap
want 2 'give --wave' phieu key agent add --code BD-01
want 2 'no wave' phieu key agent add --wave nowhere --code BD-01
want 2 'number from 1' phieu key agent add --wave $wave --code BD-01 --days 0
want 2 'number from 1' phieu key agent add --wave $wave --code BD-01 --days 5x
want 2 '' phieu key agent add --wave $wave --code BD-99
want 1 '' phieu key agent add --wave $wave --code BD-01 --name 'Người khác'
want 0 'BD-01' phieu key agent list
want 0 'BD-01' phieu key agent list --wave $wave
want 0 '' phieu key agent revoke 2
want 0 'revoked' phieu key agent list
want 2 '' phieu key agent revoke 99
want 2 'wrong number of words' phieu key agent revoke
want 2 'number from 1' phieu key agent revoke x

# keys of programs
for kind in engine analyst; do
	want 0 'shown once' phieu key $kind add --name 'máy' --wave $wave --days 9
	secret=$(last)
	want 2 'give --name' phieu key $kind add
	want 2 'no wave' phieu key $kind add --name x --wave nowhere
	want 2 'number from' phieu key $kind add --name x --days 99999
	want 0 'active' phieu key $kind list
	grep -qF "$secret" <<<"$out" && failed 'a list shows a key'
	id=$(last | sed 's/ .*//')
	want 0 '' phieu key $kind revoke "$id"
	want 2 'in force' phieu key $kind revoke "$id"
	want 0 'revoked' phieu key $kind list
done

# the log: every act, nobody's secret
want 0 'user-add' phieu audit list
want 0 'cli:' phieu audit list --lane 0 --last 1
[ "$(wc -l <<<"$out")" = 1 ] || failed "--last 1 gave: $out"
want 2 'number from' phieu audit list --last 0
want 2 'number from' phieu audit list --lane x
want 2 'no words' phieu audit list all
want 0 '' phieu audit list --last 100
for secret in "$first" "$key" "$(cat "$work/token")" "$(cat "$work/long")"; do
	grep -qF -- "$secret" <<<"$out" && failed 'a secret is in the log'
	grep -rqF -- "$secret" "$work/state/postgresql.log" && failed "a secret is in PostgreSQL's log"
done
for act in user-add role-give role-take password reset user-disable user-enable user-unlock key-add key-revoke; do
	grep -q " $act " <<<"$out" || failed "no $act in the log"
done
want 0 '0:' phieu audit head
head=$(head -n 1 <<<"$out")
want 0 'heads kept outside 1' phieu audit verify --head "$head"
want 0 '"ok":true' phieu audit verify --json
want 2 'LANE:SEQ:HASH' phieu audit verify --head nonsense
want 2 'LANE:SEQ:HASH' phieu audit verify --head
want 2 'no words' phieu audit verify all
want 2 'no words' phieu audit head all
psql=$(pg_config --bindir)/psql
"$psql" -qX "host=$work/state/sock user=phieu_owner dbname=phieu" \
	-c "UPDATE audit.entry SET content = '{}' WHERE lane = 0 AND seq = 3"
want 1 'lane 0, entry 3: entry was changed' phieu audit verify
want 1 '"entry":3,"what":"entry was changed"' phieu audit verify --json --head "$head"

# not even the schema
"$psql" -qX "host=$work/state/sock user=phieu_owner dbname=phieu" \
	-c "DELETE FROM meta.migration WHERE name LIKE '0%' AND name > '003'"
want 1 'lacks migration' phieu user list
want 1 'lacks migration' phieu audit verify
want 1 'lacks migration' phieu key engine list
want 1 'lacks migration' phieu db status
