#!/bin/bash
# Every figure beside its limit, measured in the same run on a throw-away,
# durable PostgreSQL; a table for people and build/bench.json.
# usage: tests/bench/run.sh [SECONDS a level [c1|c8|c32|c128|ndjson]]
set -euo pipefail
cd "$(dirname "$0")/../.."
bin=$PWD/build/release
if [ -z "${PHIEU_TEST_SOCKET:-}" ]; then
	PHIEU_TEST_FSYNC=on exec tests/with_pg.sh "$0" "$@"
fi
work=$(mktemp -d)
pid=
finish() {
	[ -z "$pid" ] || kill -TERM "$pid" 2>/dev/null || true
	[ -z "$pid" ] || wait "$pid" 2>/dev/null || true
	rm -rf "$work"
}
trap finish EXIT
PHIEU_DATABASE_URL_COLLECTOR="host=$PHIEU_TEST_SOCKET dbname=phieu user=phieu_collector" \
	"$bin/phieu-collector" --collector-port 0 --log-level warn \
	>"$work/ready" 2>"$work/log" &
pid=$!
for _ in $(seq 100); do
	grep -qs listening "$work/ready" && break
	sleep 0.05
done
url=$(sed -nE 's/.*"(http[^"]*)".*/\1/p' "$work/ready")
[ -n "$url" ] || { cat "$work/log" >&2; exit 1; }

echo 'sheets coming in ...' >&2
"$bin/tests/bench/bench_ingest" collector/plans/sipas-2017-example.json \
	"$url" "$pid" "${1:-3}" ${2:+"$2"} >"$work/lines"
if [ -z "${2:-}" ]; then
	echo 'the province report ...' >&2
	tests/bench/report.sh "$url" >>"$work/lines"
fi
# other drivers, each printing such lines: they get the owner's address
for t in "$bin"/tests/bench/bench_*; do
	case $t in *.[a-z]* | */bench_ingest) continue ;; esac
	[ -z "${2:-}" ] || break # one figure was asked for
	echo "$(basename "$t") ..." >&2
	"$t" >>"$work/lines"
done
mkdir -p build
{
	echo '['
	sed '$!s/$/,/' "$work/lines"
	echo ']'
} >build/bench.json
printf '\n%-20s %12s %-8s %12s %7s %6s\n' name value unit limit ratio goal
sed -E 's/[{}"]//g' "$work/lines" | awk -F, '{
	for (i = 1; i <= NF; i++) {
		p = index($i, ":")
		v[substr($i, 1, p - 1)] = substr($i, p + 1)
	}
	good = v["better"] == "higher" ? v["ratio"] >= v["goal"] \
		: v["ratio"] <= v["goal"]
	printf "%-20s %12s %-8s %12s %7s %6s %s\n", v["name"], v["value"],
		v["unit"], v["limit"], v["ratio"], v["goal"],
		good ? "" : "MISSED"
}'
echo 'written: build/bench.json'
