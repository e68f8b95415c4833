-- Payment basis.  $1 wave, $2 by whom, $3 role, $4 areas or NULL, $5 office,
-- $6 freeze or NULL
SELECT level, office, agent, name, form, issued, collected, valid, rechecked,
    rate_issued, rate_collected, rate_valid, rate_rechecked, amount, freeze_no
FROM field.payment_list($1::integer, $2, $3, $4::text[], $5, $6::integer);
