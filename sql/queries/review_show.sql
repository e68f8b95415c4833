-- The submissions of one sheet as they stand, and what may be done with each
-- in this role.  $1 wave, $2 by whom, $3 role, $4 areas or NULL, $5 number or
-- instanceID
SELECT l.sheet, l.instance, l.item, l.status, l.form, l."group", l.unit, l.agent,
    l.flags, l.faults, l.addressee, l.words, l.changed_on, l.replaces,
    (SELECT coalesce(string_agg(s.act, ' ' ORDER BY s.place), '')
        FROM field.sheet_rule AS s WHERE s.of = 'response'
            AND s.status = l.status AND ($3 = ANY (s.roles)
                OR ($3 = 'owner' AND s.roles <> '{system}'))) AS may,
    l.version
FROM field.review_list($1::integer, $2, $3, $4::text[], NULL, NULL, NULL,
    NULL, NULL, NULL, coalesce((SELECT r.sheet FROM field.response AS r
        WHERE r.wave = $1::integer AND r.instance = $5), $5), NULL, NULL)
    AS l
ORDER BY l.status = 'replaced', l.instance;
