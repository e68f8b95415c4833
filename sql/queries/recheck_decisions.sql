-- Decisions.  $1 wave, $2 areas or NULL
SELECT d.decision, d.status, d.number, d.decided_on, d.decided_by, d.agent,
    d.sheets, d.reason, d.undone_number, d.undone_on, d.undone_by,
    d.undone_reason
FROM field.recheck_decisions($1::integer, $2::text[]) AS d;
