-- Where and when an agent works.  $1 wave, $2 by whom, $3 role, $4 areas or
-- NULL, $5 agent, $6 first day, $7 last day, $8 units, $9 reason
SELECT NULL::integer, NULL::integer, NULL::integer,
    field.quality_assign($1::integer, $2, $3, $4::text[], $5, $6, $7, $8,
        $9)::text;
