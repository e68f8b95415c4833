-- What stands against closing.  $1 wave, $2 areas or NULL
SELECT o.kind, o.sheet, o.status, o.grp AS "group", o.unit, o.agent,
    o.changed_on
FROM field.ledger_open($1::integer, $2::text[]) AS o;
