-- The decision of a list.  $1 round, $2 who, $3 list, $4 decision, $5 day.
SELECT assess.reward_decide($1::integer, $3::integer, $4, $5::date, $2);
