-- phieu-upload sends the sheets of a table as lines, under the instanceIDs that
-- the same table has when it comes as a file.  A file mended there and handed
-- in here afterwards has to meet the mended sheets: version 8 of RFC 9562 is
-- given by our reader of tables alone (collector/import.c).
CREATE OR REPLACE FUNCTION field.import_known(p_key integer, p_sheets text[],
    p_keyings smallint[])
RETURNS TABLE (n bigint, instance text, replaces text, open boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    SELECT s.n, r.instance, r.replaces, r.counted AND r.state IN (1, 2)
    FROM field.agent_key AS me
    CROSS JOIN unnest(p_sheets, p_keyings) WITH ORDINALITY
        AS s (sheet, keying, n)
    CROSS JOIN LATERAL (
        SELECT c.* FROM field.response AS c
        WHERE c.wave = me.wave AND c.sheet = s.sheet AND c.counted
        UNION ALL
        SELECT o.* FROM field.response AS o
        WHERE o.wave = me.wave AND o.sheet = s.sheet AND NOT o.counted
    ) AS r
    JOIN field.agent_key AS k ON k.key = r.key AND k.agent = me.agent
    WHERE me.key = p_key AND r.keying = s.keying
        AND (r.way = 4 OR r.instance ~ ('^uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-'
            '[89ab][0-9a-f]{3}-[0-9a-f]{12}$'))
    ORDER BY s.n, r.received_at DESC, r.instance
$$;
