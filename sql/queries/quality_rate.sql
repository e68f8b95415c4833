-- What a sheet is paid.  $1 wave, $2 by whom, $3 role, $4 form, $5 item,
-- $6 đồng, $7 reason
SELECT NULL::integer, NULL::integer, NULL::integer,
    field.pay_rate_set($1::integer, $2, $3, $4, $5, $6, $7)::text;
