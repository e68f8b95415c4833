#!/bin/sh
# Removes the default state directory, unless something runs in it.
set -eu
if [ "$(id -u)" = 0 ]; then home=/var/lib/phieu; else home=${XDG_DATA_HOME:-$HOME/.local/share}/phieu; fi
[ -d "$home" ] || exit 0
for pid in "$home/data/postmaster.pid" "$home/demo/data/postmaster.pid"; do
	if [ -e "$pid" ] && kill -0 "$(head -n 1 "$pid")" 2>/dev/null; then
		echo "distclean: a PostgreSQL is running in $(dirname "$pid"); stop it first (phieu db stop)" >&2
		exit 1
	fi
done
echo "distclean: removing $home"
rm -rf "$home"
