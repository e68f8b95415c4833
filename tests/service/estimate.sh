#!/bin/bash
# phieu estimate as an analyst uses it: files in three forms, what is wrong
# with a specification or the data, and a frozen wave with its closed cells.
set -euo pipefail
cd "$(dirname "$0")/../.."
bin=${PHIEU_BIN:-$PWD/build/debug}
oracle=$PWD/tests/data/oracle
dir=$(mktemp -d /tmp/phieu-estimate.XXXXXX)
chmod 755 "$dir"
up_pid=''
cleanup() {
	local code=$?
	[ -z "$up_pid" ] || kill -TERM "$up_pid" 2>/dev/null || true
	[ -z "$up_pid" ] || wait "$up_pid" 2>/dev/null || true
	rm -rf "$dir"
	exit $code
}
trap cleanup EXIT
fail() { echo "estimate.sh: $1"; exit 1; }
same() { [ "$1" = "$2" ] || fail "$3: \"$1\", not \"$2\""; }
phieu() { "$bin/phieu" "$@"; }
# exit code, specification; output in $dir/out and $dir/err
ask() {
	local want=$1 got=0
	printf '%s' "$2" >"$dir/spec.json"
	shift 2
	phieu estimate "$dir/spec.json" "$@" >"$dir/out" 2>"$dir/err" || got=$?
	same $got "$want" "exit of $(cat "$dir/spec.json"): $(cat "$dir/err")"
}
has() { grep -q "$1" "$dir/$2" || fail "no $1 in: $(head -c 2000 "$dir/$2")"; }

cp "$oracle"/apistrat.csv "$oracle"/prov_w1.csv "$oracle"/prov_w2.csv "$dir"
api='"design":{"strata":"stype","weights":"pw","fpc":"fpc"}'

# one answer in three forms: R says 662.29, 9.4089
ask 0 '{"data":"apistrat.csv",'"$api"',"estimates":[{"stat":"mean","of":"api00","deff":true}]}'
jq -e '.estimates[0].cells[0] | (.value - 662.287363) * (.value - 662.287363) < 1e-10
	and (.se - 9.408941) * (.se - 9.408941) < 1e-10 and .df == 197 and .n == 200' \
	"$dir/out" >/dev/null || fail "json: $(cat "$dir/out")"
ask 0 "$(cat "$dir/spec.json")" --csv
same "$(wc -l <"$dir/out")" 2 'lines of CSV'
has '^mean,mean,api00,200,200,3,' out
ask 0 "$(cat "$dir/spec.json")" --table
has 'mean api00 *200 *662.2874 *9.409' out

# the data on standard input, the specification too
printf '{"data":"-",%s,"estimates":[{"stat":"total"}]}' "$api" >"$dir/in.json"
same "$(phieu estimate "$dir/in.json" --csv <"$dir/apistrat.csv" | tail -n 1 | cut -d, -f1-4)" 'total,total,1,200' 'data on standard input'
same "$(cd "$dir" && sed 's/"-"/"apistrat.csv"/' in.json | phieu estimate - --csv | wc -l)" 2 'specification on standard input'

# what is wrong: all of it, each with its place
ask 2 '{"data":"apistrat.csv","more":1,"estimates":[{"stat":"maen"},{"stat":"quantile","of":"x"}]}'
same "$(jq -c '[.faults[] | .path]' "$dir/out")" '["/estimates/0/stat","/estimates/1/p","/more"]' faults
has 'E02 /more' err
ask 2 '{'
has 'E01' err
ask 2 '{"data":"apistrat.csv","estimates":[]}' --table
[ ! -s "$dir/out" ] || fail 'faults beside a table'
ask 1 '{"data":"nowhere.csv","estimates":[{"stat":"total"}]}'
has 'nowhere.csv' err
ask 1 '{"data":"apistrat.csv","estimates":[{"stat":"mean","of":"nowhere"}]}'
has 'nowhere' err
ask 1 '{"data":"apistrat.csv","design":{"strata":"stype","fpc":"api00"},"estimates":[{"stat":"total"}]}'
has 'varies within a stratum' err
printf 'a,b\n1,2\n3\n' >"$dir/ragged.csv"
ask 1 '{"data":"ragged.csv","estimates":[{"stat":"mean","of":"a"}]}'
has 'ragged.csv: line 3' err
: >"$dir/empty.csv"
ask 1 '{"data":"empty.csv","estimates":[{"stat":"total"}]}'
has 'empty' err
ask 3 '{"data":"apistrat.csv","estimates":[{"stat":"mean","of":"api00"},{"stat":"proportion","of":"api00"}]}'
same "$(jq -c '[.warnings[] | .code + .path]' "$dir/out")" '["W11/estimates/1"]' warnings
ask 3 "$(cat "$dir/spec.json")" --csv
has 'W11 /estimates/1' err
ask 3 "$(cat "$dir/spec.json")" --table
has 'W11 /estimates/1' out
got=0
phieu estimate "$dir/none.json" 2>"$dir/err" || got=$?
same $got 2 'exit without a specification'
phieu estimate a b 2>"$dir/err" && fail 'two files'
phieu estimate a --json --csv 2>"$dir/err" && fail 'two forms'
phieu estimate a --jsn 2>"$dir/err" && fail 'unknown option'

# two files are one sample
ask 0 '{"data":["prov_w1.csv","prov_w2.csv"],"design":{"strata":"stratum_c","clusters":"person_id","weights":"w_nr"},
	"estimates":[{"stat":"change","of":"R","by":"unit","between":"wave","values":["1","2"]}]}'
same "$(jq '.estimates[0].cells | length' "$dir/out")" 28 'units that changed'

# a wave
wave=lai-chau-2020
export PHIEU_STATE_DIR="$dir/state"
"$bin/phieu" up --dir "$dir/state" --plan collector/plans/$wave.json --simulate 500 --json >"$dir/ready" 2>"$dir/up.err" &
up_pid=$!
for _ in $(seq 600); do
	grep -q '^{.*}$' "$dir/ready" && break
	kill -0 $up_pid 2>/dev/null || fail "up ended: $(tail -n 5 "$dir/up.err")"
	sleep 0.1
done
ask 1 '{"wave":"'$wave'","estimates":[{"stat":"total"}]}'
ask 2 '{"wave":"'$wave'","design":{"clusters":"unit"},"estimates":[{"stat":"total"}]}'
phieu freeze --wave $wave --reason 'thử ước lượng' >/dev/null
ask 0 '{"wave":"'$wave'","estimates":[
	{"stat":"mean","of":"Q1.coefficient","by":"unit","cov":true},
	{"stat":"total","by":["unit","group"]},
	{"stat":"mean","of":"Q1.satisfied","by":"group"},
	{"stat":"distribution","of":"Q1"}]}'
jq -e '(.warnings | map(.code) | (index("W03") and index("W04") and index("W05")))
	and ([.estimates[0].cells[] | select(.n_psu > 0 and .n_psu < 10)] == [])
	and ([.estimates[1].cells[] | select(.n_psu > 0 and .n_psu < 20)] == [])
	and ([.estimates[1].cells[] | select(.n_psu == 0 and .value != null)] == [])
	and ([.estimates[1].cells[] | select(.n_psu == 0)] | length > 1)
	and ([.estimates[3].cells[].value] | add - 1 | . * . < 1e-20)' \
	"$dir/out" >/dev/null || fail "wave: $(head -c 3000 "$dir/out")"
# rows and respondents are those of the freeze
same "$(jq .design.n_psu "$dir/out")" "$(phieu freeze --wave $wave --reason lại 2>/dev/null | sed -n 's/.* \([0-9]*\) phiếu, .*/\1/p')" respondents

# the yearly report: its questions from the plan, closed alike in every table
phieu estimate --wave $wave --report --spec >"$dir/report.json"
phieu estimate --wave $wave --report --verify-in-r "$dir/bundle" >"$dir/out"
cmp -s <(phieu estimate "$dir/report.json" | jq -S .) <(jq -S 'del(.official, .response)' "$dir/out") || fail 'the specification shown is not the one that ran'
jq -e '(.warnings | map(.code) | (index("W03") and index("W04") and index("W05")))
	and ([.estimates[].stat] | unique == ["alpha", "distribution", "drivers", "kish", "mean", "ratio", "unit_pairs", "unit_score"])
	and ([.estimates[].cells[] | select(.n_psu > 0 and .n_psu < 10)] == [])
	and ([.estimates[].cells[] | select(.by.group and .n_psu > 0 and .n_psu < 20)] == [])
	and ([.estimates[0].cells[] | select(.value != null)] | length > 9)' \
	"$dir/out" >/dev/null || fail "report: $(head -c 3000 "$dir/out")"
# a unit's field is open in all tables of units or in none, and so are pairs
jq -e '[.estimates[].cells[] | select(.by.unit and (.by.group | not))
	| {u: (.by.unit + " " + (.of | split("/")[0] | rtrimstr(".satisfied"))), open: (.value != null)}] | group_by(.u)
	| map(select((map(.open) | unique | length) > 1)) == []' \
	"$dir/out" >/dev/null || fail 'a unit is closed in some tables only'
jq -e '([.estimates[0].cells[] | select(.value == null and .of == "field.all") | .by.unit] | unique) as $shut
	| [.estimates[] | select(.stat == "unit_pairs") | .cells[] | select(.value != null)
	| select(IN(.by.unit_a; $shut[]) or IN(.by.unit_b; $shut[]))] == []' \
	"$dir/out" >/dev/null || fail 'a pair tells a closed unit'
# no sum has a single closed cell: groups of a kind over its units
jq -e '[.estimates[] | select(.stat == "mean" and (.cells[0].by | has("unit") and has("group")))
	| .cells[] | select(.of == "field.all")] | group_by(.by.unit_kind + .by.group)
	| map(select(length > 1 and ([.[] | select(.value == null)] | length) == 1)) == []' \
	"$dir/out" >/dev/null || fail 'a group gives its only closed unit away'
for f in data.csv spec.json result.json verify.R; do [ -s "$dir/bundle/$f" ] || fail "no $f of a wave"; done
# official points are those of the snapshot, closed where the estimate is, and
# near it: the same decisions, weights and missing answers aside
phieu score --wave $wave --json >"$dir/score"
jq -e --slurpfile s "$dir/score" '
	([$s[0].units[] | .code as $u | .cells[] | {key: ($u + "/" + (if .code == "" then "all" else .code end)), value: .points}] | from_entries) as $p
	| ([.estimates[] | select(.stat == "unit_score") | .cells[] | {key: (.by.unit + "/" + (.of | ltrimstr("field."))), value: .value}] | from_entries) as $e
	| (.official.cells | length) > 100
	and ([.official.cells[] | select(.points != null and .points != $p[.unit + "/" + .of])] == [])
	and ([.official.cells[] | select((.points == null) != ($e[.unit + "/" + .of] == null))] == [])
	and ([.official.cells[] | select(.points != null and .of == "all")
		| 100 * (.points | tonumber) / (.maximum | tonumber) - $e[.unit + "/all"] | . * .] | add / length < 9)' \
	"$dir/out" >/dev/null || fail "official points: $(jq -c '.official.cells[0:3]' "$dir/out")"
# outcomes of sheets: groups add up to the whole, and to what was planned
jq -e '.response[-1] as $all | .response[:-1]
	| (map(.I) | add) == $all.I and (map(.planned) | add) == $all.planned and $all.planned == 1193
	and ([.[] | .I + .P + .R + .NC + .O + .NE + .UH - .planned | select(. != 0)] == [])
	and ($all.RR1 - $all.I / 1193 | . * . < 1e-20)' "$dir/out" >/dev/null || fail "response: $(jq -c .response "$dir/out")"
phieu estimate --wave $wave --report --csv >"$dir/out" 2>"$dir/err"
has 'simulated' err
has '^unit,of,points,exact,maximum' out
has '^CT-01,hdnd-tinh,25,' out

# an earlier year beside it: the same numbers, and changes
before=lai-chau-2019
jq '.wave.code = "'$before'" | .wave.from = "2019-12-15" | .wave.to = "2020-02-28"' \
	collector/plans/$wave.json >"$dir/before.json"
phieu plan load "$dir/before.json" --reason 'đợt trước' >/dev/null
key=$(phieu key agent add --wave $before --code BD-19 --name 'Bưu điện' | grep -o 'pa_[A-Z0-9]*' | head -n 1)
phieu simulate --wave $before --seed 9 --n 400 --out "$dir/before.ndjson" 2>/dev/null
PHIEU_AGENT_KEY=$key "$bin/phieu-upload" "$dir/before.ndjson" --to "$(jq -r .collector "$dir/ready")" --outbox "$dir/outbox" >/dev/null 2>&1
phieu freeze --wave $before --reason 'đợt trước' >/dev/null
phieu estimate --wave $wave --report >"$dir/one"
phieu estimate --wave $wave --against $before --report >"$dir/out"
numbers='[.estimates[] | select(.stat == "mean") | .cells[] | [.of, .by, .n, (.value, .se | if . then . * 1e8 | round else . end), .df]]'
cmp -s <(jq -S "$numbers" "$dir/one") <(jq -S "$numbers" "$dir/out") || fail 'another year changes this one'
jq -e '[.estimates[] | select(.stat == "change")] as $c
	| ($c | length) == 4
	and ([$c[].cells[] | select(.n_psu > 0 and .n_psu < 10)] == [])
	and ([$c[].cells[] | select(.by.group and .n_psu > 0 and .n_psu < 20)] == [])
	and ([$c[].cells[] | select(.value != null) | .value - .value2 + .value1 | . * . | select(. > 1e-18)] == [])
	and ([$c[].cells[] | select(.value != null) | .se * .se - .se1 * .se1 - .se2 * .se2 | . * . | select(. > 1e-16)] == [])
	and ([$c[].cells[] | select(.value == null) | .value1, .value2, .se1, .n1, .n2] | unique == [null])
	and ([$c[0].cells[] | select(.value != null)] | length > 20)' "$dir/out" >/dev/null || fail 'changes'
# what is closed in the year asked for is closed in the change
jq -e '([.estimates[0].cells[] | select(.value == null) | .by.unit + .of]) as $shut
	| [.estimates[] | select(.stat == "change") | .cells[] | select(.by.unit and .value != null) | select(IN(.by.unit + .of; $shut[]))] == []' \
	"$dir/out" >/dev/null || fail 'a change tells a closed unit'

# the page for people: one file, nothing from elsewhere, no script, the same
# bytes twice; ids once; numbers as in Vietnam; nothing that is closed
report() { phieu estimate --wave $wave --against $before --report "$@"; }
report --html --plot "$dir/plots" >"$dir/page.html"
report --html | cmp -s - "$dir/page.html" || fail 'the page differs from itself'
python3 - "$dir/page.html" "$dir/out" <<'PY' || fail 'the page'
import html.parser, json, re, sys
class Page(html.parser.HTMLParser):
    void = {"meta", "path", "rect", "use", "br"}
    def __init__(self):
        super().__init__()
        self.open, self.ids, self.refs, self.bad, self.text = [], [], [], [], ""
    def handle_starttag(self, tag, attrs):
        if tag not in self.void:
            self.open.append(tag)
        for k, v in attrs:
            if k == "id":
                self.ids.append(v)
            elif k in ("href", "xlink:href"):
                self.refs.append(v)
            elif k == "src" or k.startswith("on"):
                self.bad.append((tag, k, v))
        if tag in ("script", "link", "iframe", "object", "img"):
            self.bad.append(tag)
    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in self.void:
            self.open.pop()
    def handle_endtag(self, tag):
        if tag in self.void:
            return
        if not self.open or self.open.pop() != tag:
            self.bad.append("</%s>" % tag)
    def handle_data(self, data):
        self.text += " " + data
page = Page()
source = open(sys.argv[1], encoding="utf-8").read()
page.feed(source)
result = json.load(open(sys.argv[2], encoding="utf-8"))
rows = re.findall(r"<tr><td>.*?</tr>", source)
say = []
if page.open or page.bad: say.append(("tags", page.open[:3], page.bad[:3]))
if len(set(page.ids)) != len(page.ids): say.append("an id comes twice")
lost = [r for r in page.refs if r[:1] != "#" or r[1:] not in page.ids]
if lost: say.append(("references", lost[:3]))
for word in ("Mẫu thử", "MÔ PHỎNG", "1.193", "Khối sở", "Cách tính", "Thay đổi", "Alpha"):
    if word not in page.text: say.append(word)
if re.search(r"nan|inf|NaN|null", re.sub(r"<svg.*?</svg>|<style.*?</style>", "", source, flags=re.S).replace("Thanh tra", "")):
    say.append("a number that is none")
cells = [c for e in result["estimates"] if e["stat"] == "unit_score" for c in e["cells"] if c["of"] == "field.all"]
shut = sum(c["value"] is None for c in cells)
dashed = sum(r.count("<td>–</td>") >= 6 for r in rows)
if dashed < shut: say.append(("closed", shut, dashed))
for c in cells:
    if c["value"] is not None and ("<td>%.1f</td>" % c["value"]).replace(".", ",") not in source:
        say.append(c["by"])
print(say) if say else None
sys.exit(bool(say))
PY
[ "$(ls "$dir"/plots/*.svg | wc -l)" = "$(ls "$dir"/plots/*.csv | wc -l)" ] || fail 'a picture without its numbers'
for f in units-so units-huyen change-so change-huyen quadrant answers-CT-01-1; do
	[ -s "$dir/plots/$f.svg" ] || fail "no picture $f"
done
same "$(grep -c . "$dir/plots/units-huyen.csv")" 9 'districts beside their picture'
report --plot "$dir/no/such" >/dev/null 2>"$dir/err" && fail 'pictures nowhere'
phieu estimate "$dir/report.json" --html 2>"$dir/err" && fail '--html without --report'
phieu estimate --wave $wave --report --html >"$dir/page.html"
grep -q 'Thay đổi giữa hai đợt' "$dir/page.html" && fail 'a change from nothing'
ask 0 '{"wave":"'$wave'","against":"'$before'","estimates":[{"stat":"mean","of":"field.all","by":"wave"},{"stat":"total","by":["wave","form"]}]}'
same "$(jq -c '[.estimates[0].cells[].by.wave]' "$dir/out")" '["'$before'","'$wave'"]' 'two waves'
ask 2 '{"wave":"'$wave'","against":"'$wave'","estimates":[{"stat":"total"}]}'
ask 2 '{"data":"apistrat.csv","against":"'$wave'","estimates":[{"stat":"total"}]}'
ask 1 '{"wave":"'$wave'","against":"nowhere","estimates":[{"stat":"total"}]}'
ask 1 '{"wave":"'$wave'","estimates":[{"stat":"total","by":"field.all"}]}'
phieu estimate --wave $wave --against $wave --report 2>"$dir/err" && fail 'a year against itself'
phieu estimate a --against $wave 2>"$dir/err" && fail '--against without --wave'
phieu estimate --wave nowhere --report 2>"$dir/err" && fail 'a report of nothing'
phieu estimate --wave $wave 2>"$dir/err" && fail '--wave without --report'
phieu estimate a --report 2>"$dir/err" && fail '--report without --wave'
ask 1 '{"wave":"nowhere","estimates":[{"stat":"total"}]}'
ask 1 '{"wave":"'$wave'","estimates":[{"stat":"mean","of":"Q1"}]}'
has 'not a number' err
