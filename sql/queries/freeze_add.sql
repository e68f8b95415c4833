-- $1 wave, $2 freeze, $3 plan version, $4 simulated, $5 responses,
-- $6 ratings, $7 content hash (hex), $8 reason, $9 by whom; closes the wave
WITH f AS (
    INSERT INTO frozen.freeze (wave, freeze_no, plan_version, simulated,
        n_responses, n_ratings, content_sha256, reason, frozen_by, frozen_on)
    VALUES ($1::integer, $2::integer, $3::integer, $4::boolean, $5::bigint,
        $6::bigint, decode($7, 'hex'), $8, $9,
        (now() AT TIME ZONE 'UTC' + interval '7 hours')::date)
    RETURNING wave, frozen_on)
UPDATE plan.wave AS w SET state = 'frozen',
    simulated = w.simulated OR $4::boolean
FROM f WHERE w.wave = f.wave
RETURNING f.frozen_on;
