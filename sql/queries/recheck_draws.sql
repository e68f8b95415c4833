-- Draws, no person.  $1 wave, $2 areas or NULL
SELECT d.draw, d.status, d.body, d.drawn_on, d.drawn_by, d.of, d.by,
    d.share, d.count, d.hide, d.seed, d.method, d.frame_n, d.frame_sha256,
    d.drawn, d.confirmed, d.differs, d.not_found, d.refused, d.waiting
FROM roster.recheck_draws($1::integer, $2::text[]) AS d;
