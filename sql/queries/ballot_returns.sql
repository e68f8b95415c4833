-- Letters and ballots by home.  $1 wave, $2 areas or NULL, $3 group
SELECT r.unit, r.name, r.letters, r.ballots
FROM ballot.returns($1::integer, $3) AS r
WHERE $2::text[] IS NULL OR r.unit IN (SELECT u.code FROM plan.unit AS u
    WHERE u.wave = $1::integer AND u.unit = ANY (field.units_under(
        $1::integer, $2::text[])));
