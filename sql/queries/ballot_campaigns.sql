-- Campaigns of a wave.  $1 wave, $2 areas or NULL (not looked at: counts in
-- steps, and nothing of a home)
SELECT c.grp AS "group", c.name, c.status, c.letters, c.ballots, c.valid,
    c.invalid, c.left_out, c.fingerprint, c.holder, c.root, c.version
FROM ballot.campaigns($1::integer) AS c
WHERE $2::text IS NULL OR $2::text IS NOT NULL;
