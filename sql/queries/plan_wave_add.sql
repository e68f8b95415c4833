-- A wave by its code, unless it is there.
-- $1 code, $2 name, $3 first day, $4 last day, $5 trial
INSERT INTO plan.wave (code, name, opens, closes, trial)
VALUES ($1, $2, $3::date, $4::date, $5::boolean)
ON CONFLICT (code) DO NOTHING;
