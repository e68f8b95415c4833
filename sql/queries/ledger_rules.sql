-- The one table of what may follow what, in its order.
SELECT r.of, r.status, r.act, r.next, array_to_string(r.roles, ', ') AS roles,
    r.reason
FROM field.sheet_rule AS r ORDER BY r.place;
