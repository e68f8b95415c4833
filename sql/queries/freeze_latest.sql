-- $1 wave
SELECT f.freeze_no, f.plan_version, f.simulated, f.n_responses, f.n_ratings,
    encode(f.content_sha256, 'hex'), f.frozen_on
FROM frozen.freeze AS f WHERE f.wave = $1::integer
ORDER BY f.freeze_no DESC LIMIT 1;
