#!/bin/bash
# The folder of `phieu estimate --verify-in-r`: what is in it, that phieu makes
# the same result from it, and, where R and its package survey are installed,
# that R agrees and that it notices a number that was changed.
# once: its time goes to R
set -euo pipefail
cd "$(dirname "$0")/../.."
bin=${PHIEU_BIN:-$PWD/build/debug}
dir=$(mktemp -d /tmp/phieu-verify.XXXXXX)
trap 'rm -rf "$dir"' EXIT
fail() { echo "verify_r.sh: $1"; exit 1; }
has_survey() { Rscript -e 'quit(status = !nzchar(system.file(package = "survey")))' >/dev/null 2>&1; }
has_r=yes
has_survey || has_r=no
[ $has_r = yes ] || echo 'verify_r.sh: R with survey is not installed: only the files are checked'
n=0
# name, specification, numbers that R compares at least: a bundle, checked
bundle() {
	printf '%s' "$2" >"$dir/$1.json"
	"$bin/phieu" estimate "$dir/$1.json" --verify-in-r "$dir/$1" >"$dir/out" ||
		fail "$1: phieu ends with $?"
	for f in data.csv spec.json result.json verify.R; do
		[ -s "$dir/$1/$f" ] || fail "$1: no $f"
		[ "$(stat -c %a "$dir/$1/$f")" = 600 ] || fail "$1: others may read $f"
	done
	cmp -s "$dir/out" "$dir/$1/result.json" || fail "$1: result.json is not what was printed"
	"$bin/phieu" estimate "$dir/$1/spec.json" | cmp -s - "$dir/$1/result.json" ||
		fail "$1: its own specification gives another result"
	! grep -q '@DESIGN@' "$dir/$1/verify.R" || fail "$1: no design in verify.R"
	bundles+=("$1 $3")
}
bundles=()
# What R said of the bundle: all that it was to compare agrees
agrees() {
	local got
	[ "$(cat "$dir/$1.code")" = 0 ] || fail "$1: $(tail -n 30 "$dir/$1.out")"
	got=$(sed -n 's/^N=\([0-9]*\) compared.* 0 differ.*/\1/p' "$dir/$1.out")
	[ "${got:-0}" -ge "$2" ] || fail "$1: R compared ${got:-nothing}, not $2: $(tail -n 5 "$dir/$1.out")"
	n=$((n + got))
}

cp tests/data/oracle/apistrat.csv tests/data/oracle/prov_w1.csv "$dir"
api='"data":"apistrat.csv","design":{"strata":"stype","weights":"pw","fpc":"fpc"}'
bundle api '{'"$api"',"where":{"api00":{"min":400}},"estimates":[
	{"stat":"mean","of":["api00","avg.ed"],"by":"stype","deff":true},
	{"stat":"total","of":"enroll","deff":true},
	{"stat":"total","by":"stype"},
	{"stat":"ratio","of":["api00","api99"],"by":["comp.imp"]},
	{"stat":"proportion","of":"stype","is":"E","by":"comp.imp"},
	{"stat":"proportion","of":"comp.imp","is":"Yes","ci":{"method":"logit"}},
	{"stat":"quantile","of":"api00","p":[0.25,0.5],"by":"stype"},
	{"stat":"quantile","of":"api00","p":[0.5],"ci":{"level":0.9,"method":"logit"}},
	{"stat":"quantile","of":"api00","p":[0.9],"rule":"school"},
	{"stat":"regression","y":"api00","x":["ell","meals"],"factors":["stype"],"where":{"meals":{"max":90}}},
	{"stat":"ttest","of":"api00","group":"comp.imp"},
	{"stat":"chisq","rows":"stype","cols":"comp.imp"},
	{"stat":"distribution","of":"stype","by":"comp.imp","deff":true},
	{"stat":"alpha","of":["api00","api99","ell"],"by":"stype"},
	{"stat":"drivers","y":"api00","x":["ell","meals","avg.ed"]},
	{"stat":"change","of":"api00","by":"stype","between":"comp.imp","values":["No","Yes"],"independent":true},
	{"stat":"kish"}]}' 250
# persons as clusters, a lonely rule, derived columns, a subset, scores
bundle persons '{"data":"prov_w1.csv","subset":{"unit":["S01","S02","S03","H01"]},
	"derive":[{"name":"sat","is":{"I24":{"min":4}}}],
	"design":{"strata":"stratum_c","clusters":"person_id","weights":"w_nr","fpc":"N_c","lonely":"adjust"},
	"estimates":[
	{"stat":"mean","of":["R","sat"],"by":["unit","group"],"deff":true},
	{"stat":"ratio","of":["sat_n","ans_n"],"by":["unit"]},
	{"stat":"unit_score","of":["R"],"unit":"unit","group":"group","missing":"rescale","shares":{"G01":0.25,"G02":0.2,"G03":0.25,"G04":0.3}},
	{"stat":"unit_pairs","of":["R"],"unit":"unit","group":"group","missing":"rescale","shares":{"G01":0.25,"G02":0.2,"G03":0.25,"G04":0.3}},
	{"stat":"change","of":"R","by":"unit","between":"sex","values":["F","M"]},
	{"stat":"unit_score","of":["R"],"unit":"unit","group":"group","cov":true,"shares":{"G01":0.25,"G02":0.2,"G03":0.25,"G04":0.3}},
	{"stat":"regression","y":"sat","x":["dossiers"],"factors":["sex"],"family":"logit"}]}' 100
# a lonely rule that looks at the domain's strata: every cell the long way
bundle average '{"data":"prov_w1.csv","subset":{"unit":["S01","S02"]},
	"design":{"strata":"stratum_c","clusters":"person_id","weights":"w_nr","lonely":"average"},
	"estimates":[{"stat":"mean","of":"R","by":["unit","group"],"deff":true},{"stat":"ratio","of":["sat_n","ans_n"],"by":"unit"}]}' 40
# names are data, not program; a column of text NA is not missing
printf 'a"b\\c,"x;q(9)"\n1,"NA"\n2,p\n4,"NA"\n' >"$dir/odd.csv"
bundle odd '{"data":"odd.csv","estimates":[{"stat":"mean","of":"a\"b\\c","by":"x;q(9)"}]}' 6

# all of them in one R; last a wrong number, which ends it
if [ $has_r = yes ]; then
	cp -r "$dir/odd" "$dir/wrong"
	jq '.estimates[0].cells[0].value += 1e-6' "$dir/odd/result.json" >"$dir/wrong/result.json"
	folders=()
	for b in "${bundles[@]}" wrong; do folders+=("$dir/${b% *}"); done
	! Rscript tests/support/verify_all.R "${folders[@]}" >"$dir/r.out" 2>&1 || fail 'a wrong number passes'
	for b in "${bundles[@]}"; do agrees "${b% *}" "${b#* }"; done
	grep -q ' 1 differ' "$dir/r.out" || fail "wrong number: $(cat "$dir/r.out")"
	grep -q 'not repeated in R: 17 kish' "$dir/api.out" || fail 'what R leaves out has no name'
fi
# what R cannot repeat is named, and the folder must be makable
printf '%s' '{'"$api"',"replicates":{"method":"jkn"},"estimates":[{"stat":"mean","of":"api00"}]}' >"$dir/rep.json"
"$bin/phieu" estimate "$dir/rep.json" --verify-in-r "$dir/rep" >/dev/null
grep -q '^never <- "replicates"' "$dir/rep/verify.R" || fail 'replicates are not named'
! "$bin/phieu" estimate "$dir/api.json" --verify-in-r "$dir/no/such" >/dev/null 2>"$dir/err" || fail 'a folder nowhere'
grep -q 'no/such' "$dir/err" || fail "nowhere: $(cat "$dir/err")"
echo "verify_r.sh: N=$n compared with R"
