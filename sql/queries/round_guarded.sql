-- Does a survey value of the round stand for a small group?  $1 round.
SELECT EXISTS (
    SELECT FROM assess.round AS r
    JOIN publish.component AS c ON c.wave = r.wave
    WHERE r.round = $1::integer AND c.guarded
);
