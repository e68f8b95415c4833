-- $1 lane, $2 how many of the newest; oldest of them first
SELECT e.seq, e.at, e.kind, e.actor, e.content
FROM (SELECT * FROM audit.entry WHERE lane = $1::smallint
    ORDER BY seq DESC LIMIT $2::bigint) AS e
ORDER BY e.seq;
