#!/bin/sh
# Install the Debian packages that are missing.  usage: tests/setup.sh run|test|trial
# Each class includes the ones before it.  Does nothing, and needs no rights,
# when everything is there.
set -eu
cd "$(dirname "$0")/.."
case ${1:-run} in
run) classes='run' ;;
test) classes='run|test' ;;
trial) classes='run|test|trial' ;;
*) echo "usage: tests/setup.sh run|test|trial" >&2; exit 2 ;;
esac

# names that installed packages stand in for (npm comes with some nodejs)
provided() {
	dpkg-query -W -f='${db:Status-Status}, ${Provides}\n' |
		sed -n 's/^installed, //p' | tr ',' '\n' | sed 's/ *(.*//; s/^ *//'
}
# prints the wanted packages that are not there or below their lowest version
lacking() {
	given=$(provided)
	awk -F'\t' -v c="^($classes)\$" '$1 ~ c { print $2, $4 }' packages.txt |
	while read -r p floor; do
		set -- $(dpkg-query -W -f='${db:Status-Status} ${Version}' "$p" 2>/dev/null || true)
		[ "${1:-}" = installed ] && { [ -z "$floor" ] ||
			dpkg --compare-versions "$2" ge "$floor"; } && continue
		[ -z "$floor" ] && printf '%s\n' "$given" | grep -qxF "$p" && continue
		printf ' %s' "$p"
	done
}
missing=$(lacking)
[ -n "$missing" ] || exit 0

echo "setup: installing$missing" >&2
as_root=
if [ "$(id -u)" -ne 0 ]; then
	command -v sudo >/dev/null || {
		echo "setup: not root and no sudo; ask an administrator to run: apt-get install$missing" >&2
		exit 1
	}
	as_root=sudo
fi
# phieu starts its own cluster; Debian's default one would only sit there.
if [ ! -e /etc/postgresql-common/createcluster.conf ]; then
	$as_root mkdir -p /etc/postgresql-common
	echo 'create_main_cluster = false' |
		$as_root tee /etc/postgresql-common/createcluster.conf >/dev/null
fi
apt() {
	$as_root env DEBIAN_FRONTEND=noninteractive apt-get -q \
		-o Dpkg::Options::=--force-confold "$@"
}
log=$(mktemp)
trap 'rm -f "$log"' EXIT
# shellcheck disable=SC2086
if ! { apt update && apt install -y --no-install-recommends $missing; } >"$log" 2>&1; then
	tail -n 30 "$log" >&2
	echo "setup: apt-get failed (above: the end of what it said)" >&2
	exit 1
fi
still=$(lacking)
[ -z "$still" ] || { echo "setup: missing or too old:$still" >&2; exit 1; }
