-- Homes of a campaign.  $1 wave, $2 group
SELECT h.home, h.code, h.name, h.planned, h.letters
FROM ballot.homes($1::integer, $2) AS h;
