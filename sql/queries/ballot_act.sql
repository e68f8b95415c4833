-- Opens, closes, reopens or drops a campaign.  $1 wave, $2 by, $3 role,
-- $4 act, $5 group, $6 reason, $7 version seen
SELECT a.event, a.moved, a.paper, a.made
FROM ballot.act($1::integer, $2, $3, $4, $5, $6, $7::integer) AS a;
