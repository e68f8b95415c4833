-- A list of commendation.  $1 round, $2 who.
SELECT assess.reward_make($1::integer, $2);
