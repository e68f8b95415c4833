#!/bin/sh
# Brings what collector/web/package-lock.json names, unless it is there
# already.  Scripts of packages never run.
set -eu
cd "$(dirname "$0")/../../collector/web"
stamp=node_modules/.phieu-lock
# two tests may come at once
exec 9<package-lock.json
flock 9
if [ ! -e "$stamp" ] || ! cmp -s package-lock.json "$stamp"; then
	npm ci --ignore-scripts --no-audit --no-fund >npm.log 2>&1 || {
		cat npm.log
		rm -f npm.log
		echo 'npm ci failed: the page of the agent cannot be checked'
		exit 1
	}
	rm -f npm.log
	cp package-lock.json "$stamp"
fi
