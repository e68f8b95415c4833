-- Versions of a sheet and what was done with each.  $1 wave, $2 by whom,
-- $3 role, $4 areas or NULL, $5 number or instanceID
SELECT h.item, h.event, h.done_on, h.done_by, h.role, h.act, h.was, h.now,
    h.code, h.reason, h.replaces, h.differs, h.version
FROM field.review_history($1::integer, $2, $3, $4::text[], $5) AS h;
