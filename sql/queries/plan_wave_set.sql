-- What the newest plan says of the wave.
-- $1 wave, $2 name, $3 first day, $4 last day, $5 trial
UPDATE plan.wave
SET name = $2, opens = $3::date, closes = $4::date, trial = $5::boolean
WHERE wave = $1::integer;
