# shellcheck shell=bash
# A round whose survey points come from a wave's release put there by hand, three
# units (one with a hostile name), and people of every role.  For tests of pages.
round_world() { # bin dir
	local bin=$1 dir=$2 tomorrow codes wave=lai-chau-2020
	tomorrow=$(TZ=Asia/Ho_Chi_Minh date -d tomorrow +%F)
	"$bin/phieu" plan load collector/plans/$wave.json --reason thử >/dev/null
	codes=$(jq -c '[.units[] | select(.kind != null) | .code][:3]' collector/plans/$wave.json)
	# the unit that leads field 2 is the first of them
	jq --argjson c "$codes" --arg w $wave '.round.wave = $w | .round.opinion_days = 5
		| .index.units = [{"code":$c[0],"name":"Sở Tư pháp","kind":"so"},
			{"code":$c[1],"name":"Sở <script>alert(\"x\")</script> & '"'"'Tài chính'"'"' \u202eRTL\u202c", "kind":"so"},
			{"code":$c[2],"name":"Ủy ban nhân dân huyện có tên rất dài để xem trang có vỡ không khi tên dài như thế này trên điện thoại","kind":"huyen"}]
		| .offices |= map(del(.unit)) | (.offices[] | select(.code == "so-tu-phap")).unit = $c[0]
		| (.index.criteria[] | select(.code == "8") | .children[0]) |= (.source = "external" | del(.grain))' \
		docs/examples/round-ha-nam-2023.json >"$dir/round.json"
	"$bin/phieu" round load "$dir/round.json" --reason thử >"$dir/out" 2>&1 || { cat "$dir/out"; return 1; }
	for step in self-assess appraise council publish; do
		"$bin/phieu" round step ha-nam-2023 $step --until "$tomorrow" --reason thử
	done
	psql -qXAt -v ON_ERROR_STOP=1 "$PHIEU_DATABASE_URL" >/dev/null <<-SQL
		INSERT INTO frozen.freeze (wave, freeze_no, plan_version, simulated, n_responses, n_ratings,
			content_sha256, reason, frozen_by, frozen_on)
		SELECT wave, 1, 1, true, 0, 0, sha256(''), 'thử', 'thử', current_date FROM plan.wave;
		INSERT INTO publish.snapshot (wave, snapshot, freeze_no, method, content, sha256, made_by)
		SELECT wave, 1, 1, 'm', '{}', sha256('{}'), 'thử' FROM plan.wave;
		INSERT INTO publish.release (wave, release, snapshot, kind, reason, released_by)
		SELECT wave, 1, 1, 'trial', 'thử', 'thử' FROM plan.wave;
		INSERT INTO publish.component (wave, release, unit, criterion, points, points_exact, maximum, standard_error)
		SELECT u.wave, 1, u.unit, c.c, c.p, c.x, c.m, 0.25 FROM plan.unit AS u,
			(VALUES ('9.1', '11.33', '34/3', '15'), ('9.2', '8.25', '33/4', '10')) AS c (c, p, x, m)
		WHERE u.code = ANY (SELECT jsonb_array_elements_text('$codes'));
	SQL
	echo 'sông Nậm Na mùa nước lớn' >"$dir/password"
	person() { # login role [--wave W --unit U]
		"$bin/phieu" user add "$1" --name "Người $1" --password-file "$dir/password" >/dev/null
		"$bin/phieu" user role "$1" --give "${@:2}" >/dev/null
	}
	person u1 unit --wave $wave --unit "$(jq -r '.[0]' <<<"$codes")"
	person u1b unit --wave $wave --unit "$(jq -r '.[0]' <<<"$codes")"
	person u2 unit --wave $wave --unit "$(jq -r '.[1]' <<<"$codes")"
	person u3 unit --wave $wave --unit "$(jq -r '.[2]' <<<"$codes")"
	for office in so-noi-vu vp-ubnd so-tu-phap so-tai-chinh so-tttt so-khcn; do
		person "a-$office" appraiser --unit $office
	done
	person thu-ky secretariat
	person hoi-dong council
	person phan-tich analyst
	person kiem-toan auditor
	person quan-tri administrator
	psql -qXAt "$PHIEU_DATABASE_URL" -c 'UPDATE people.account SET must_change = false' >/dev/null
}
# The documents beside the round: inspections, targets, rules of commendation.
round_area_docs() { # bin dir
	local bin=$1 dir=$2 kind
	jq --argjson q "[$((($(date -u +%-m) + 2) / 3))]" --slurpfile r "$dir/round.json" '
		.plan.round = "ha-nam-2023" | .outline = .outline[:2] | .teams = .teams[:1]
		| .inspections = ($r[0].index.units | to_entries | map({"number": (.key + 1), "unit": .value.code, "quarters": $q}))' \
		docs/examples/inspect-thanh-hoa-2023.json >"$dir/inspect.json"
	jq '.plan.round = "ha-nam-2023" | .targets = [(.targets[] | select(.measure.kind == "typed"))][:2]
		| .targets[].lead = "so-noi-vu"' docs/examples/targets-hau-giang-2021.json >"$dir/target.json"
	jq --slurpfile r "$dir/round.json" '.reward.round = "ha-nam-2023" | .exclude.deduction = false
		| .blocks = [{"code": "k1", "name": "Khối mẫu", "units": [$r[0].index.units[].code]}]
		| .units[1].minimum = "1"' docs/examples/reward-hau-giang-2021.json >"$dir/reward.json"
	for kind in 'inspect plan' target reward; do
		# shellcheck disable=SC2086
		"$bin/phieu" $kind load "$dir/${kind%% *}.json" --reason thử >"$dir/out" 2>&1 || { cat "$dir/out"; return 1; }
	done
}
