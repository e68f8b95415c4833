-- Sets a threshold of flags.  $1 wave, $2 by whom, $3 role, $4 rule, $5 value,
-- $6 form or NULL, $7 reason
SELECT NULL::integer, NULL::integer, NULL::integer,
    field.quality_rule($1::integer, $2, $3, $4, $5, $6, $7)::text;
