#!/bin/bash
# The README's two commands on a bare Debian 12: a debootstrap root with
# git, gcc and make, a clean clone, once as root and once as a user with
# sudo.  Needs root and a reachable Debian mirror (the machine's own apt
# sources are used).  usage: tests/trial/bare.sh [demo|test|both]
set -eu
cd "$(dirname "$0")/../.."
what=${1:-both}
[ "$(id -u)" = 0 ] || { echo "bare: needs root (chroot)"; exit 1; }
root=$(mktemp -d /var/tmp/phieu-bare.XXXXXX)
chmod 755 "$root" # users inside go through it
mounted=
cleanup() {
	for m in $mounted; do umount -l "$m" 2>/dev/null || true; done
	rm -rf --one-file-system "$root"
}
trap cleanup EXIT INT TERM

mirror=$(sed -nE 's/^deb (\[[^]]*\] )?([^ ]+) bookworm main.*/\2/p; s/^URIs: *([^ ]+).*/\1/p' \
	/etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null | head -n 1)
# the machine's apt settings reach the mirror; a copy does inside, too
debootstrap --variant=minbase --include=ca-certificates bookworm "$root" "$mirror" >"$root.log" 2>&1 ||
	{ tail -n 20 "$root.log"; rm -f "$root.log"; exit 1; }
rm -f "$root.log"
for d in apt.conf.d sources.list.d auth.conf.d trusted.gpg.d; do
	[ ! -d "/etc/apt/$d" ] || { mkdir -p "$root/etc/apt/$d"; cp -a "/etc/apt/$d/." "$root/etc/apt/$d/"; }
done
[ ! -f /etc/apt/sources.list ] || cp /etc/apt/sources.list "$root/etc/apt/sources.list"
[ ! -d /usr/local/share/ca-certificates ] || cp -a /usr/local/share/ca-certificates/. "$root/usr/local/share/ca-certificates/"
cp /etc/resolv.conf "$root/etc/resolv.conf"
cp /etc/hosts "$root/etc/hosts"
mount -t proc proc "$root/proc" && mounted="$root/proc"
mount --rbind /dev "$root/dev" && mounted="$root/dev $mounted"
mkdir -p "$root/dev/shm"

inside() { chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME="${H:-/root}" LC_ALL=C.UTF-8 \
	http_proxy="${http_proxy:-}" https_proxy="${https_proxy:-}" "$@"; }
inside sh -c 'update-ca-certificates >/dev/null 2>&1; apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends git gcc make sudo' >"$root/apt.log" 2>&1 ||
	{ tail -n 20 "$root/apt.log"; exit 1; }
git bundle create "$root/root/phieu.bundle" HEAD >/dev/null 2>&1
inside git clone -q -c advice.detachedHead=false /root/phieu.bundle /root/phieu
inside useradd -m tester
echo 'tester ALL=(ALL) NOPASSWD: ALL' >"$root/etc/sudoers.d/tester"
cp "$root/root/phieu.bundle" "$root/home/tester/"
H=/home/tester inside su tester -c 'cd && git clone -q -c advice.detachedHead=false phieu.bundle phieu'

run() { # as whom, command
	echo "bare: $1: $2"
	if [ "$1" = root ]; then
		inside sh -c "cd /root/phieu && $2" || { echo "bare: FAILED as root: $2"; exit 1; }
	else
		H=/home/tester inside su tester -c "cd && cd phieu && $2" || { echo "bare: FAILED as a user: $2"; exit 1; }
	fi
}
case $what in demo | both) run root 'make demo'; run tester 'make demo'; run tester 'make demo' ;; esac
case $what in test | both) run tester 'make test' ;; esac
[ "$what" != root-test ] || run root 'make test'
echo 'bare: the two commands work on a bare Debian 12'
