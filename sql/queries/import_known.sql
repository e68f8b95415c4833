-- $1 an agent's key (its number), $2 sheet numbers, $3 keyings.
SELECT n, instance, replaces, open
FROM field.import_known($1::integer, $2::text[], $3::smallint[]);
