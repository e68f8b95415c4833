-- An agent's own sheets over the line: what he has, and what became of them,
-- told in bulk, from a computer that was without a line for days.
--
-- What he tells has a number that his computer made (p_id), so that the same
-- told twice counts once.  What of it cannot be (the sheet is another's now, or
-- its status forbids it) is told back sheet by sheet and stops nothing else:
-- he is not there to mend a list of forty.

CREATE TABLE field.sheet_told (
    wave integer NOT NULL,
    agent integer NOT NULL REFERENCES field.agent,
    told uuid NOT NULL,
    event integer,
    PRIMARY KEY (wave, agent, told)
);
COMMENT ON TABLE field.sheet_told IS
    'What agents told of their sheets, so that the same twice counts once';
COMMENT ON COLUMN field.sheet_told.wave IS 'Wave';
COMMENT ON COLUMN field.sheet_told.agent IS 'Who told it';
COMMENT ON COLUMN field.sheet_told.told IS 'Random, made by his computer';
COMMENT ON COLUMN field.sheet_told.event IS
    'What came of it; NULL: no sheet could be moved';
GRANT SELECT ON field.sheet_told TO phieu_backup;

-- As they stand, with what came in meanwhile: reading takes no lock and writes
-- nothing, for the collector asks while it takes sheets.
CREATE FUNCTION field.agent_sheets_now(p_key integer)
RETURNS TABLE (sheet text, form integer, grp integer, home integer,
    status text, changed_on date)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    SELECT s.sheet, s.form, s.grp, coalesce(s.now_home, s.home),
        CASE WHEN s.status IN ('issued', 'left', 'collected') AND EXISTS (
            SELECT FROM field.response AS r
            JOIN field.agent_key AS k ON k.key = r.key
            WHERE r.wave = s.wave AND r.sheet = s.sheet AND r.keying = 1
                AND r.state IN (1, 2, 3, 5)
                AND (r.counted OR k.agent = s.agent))
            THEN 'keyed' ELSE s.status END, s.changed_on
    FROM field.agent_key AS me
    JOIN field.sheet AS s ON s.wave = me.wave AND s.agent = me.agent
    WHERE me.key = p_key AND me.revoked_at IS NULL AND me.expires_at > now()
    ORDER BY s.prefix, s.serial
$$;
COMMENT ON FUNCTION field.agent_sheets_now(integer) IS
    'the sheets that the key''s agent has or had, as they stand now';

-- outcome: done; already (it is so, by this or by an earlier act); refused,
-- with words.  Nobody learns of a number that is not his: it is as none.
CREATE FUNCTION field.agent_tell(p_key integer, p_id uuid, p_act text,
    p_sheets text[], p_reason text)
RETURNS TABLE (sheet text, outcome text, words text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    me record;
    good text[];
    ev integer;
    known boolean;
BEGIN
    SELECT k.wave, k.agent, a.code, w.ledger INTO me
    FROM field.agent_key AS k
    JOIN field.agent AS a USING (agent)
    JOIN plan.wave AS w USING (wave)
    WHERE k.key = p_key AND k.revoked_at IS NULL AND k.expires_at > now();
    IF NOT FOUND THEN
        RAISE EXCEPTION 'khóa không còn dùng được (no such key)'
            USING ERRCODE = '42501';
    ELSIF NOT EXISTS (SELECT FROM field.sheet_rule AS r WHERE r.of = 'sheet'
        AND r.act = p_act AND 'agent' = ANY (r.roles)) THEN
        RAISE EXCEPTION 'không có việc "%" (no such act)', p_act
            USING ERRCODE = '22023';
    ELSIF length(p_reason) > 2000 THEN
        RAISE EXCEPTION 'lý do quá dài (the reason is too long)'
            USING ERRCODE = '22023';
    END IF;
    -- whoever waits here holds up the collector: the agent's computer asks
    -- again by itself
    IF NOT pg_try_advisory_xact_lock(7004, me.wave) THEN
        RAISE EXCEPTION 'sổ phiếu đang bận (the ledger is busy)'
            USING ERRCODE = '55P03';
    END IF;
    SELECT t.event INTO ev FROM field.sheet_told AS t
    WHERE t.wave = me.wave AND t.agent = me.agent AND t.told = p_id;
    known := FOUND;
    IF NOT known THEN
        PERFORM field.ledger_take(me.wave, true);
        PERFORM field.ledger_sync(me.wave);
        good := ARRAY(SELECT s.sheet FROM field.sheet AS s
            WHERE s.wave = me.wave AND s.agent = me.agent
                AND s.sheet = ANY (p_sheets)
                AND field.ledger_why_not('sheet', s.status, p_act, 'agent',
                    p_reason) IS NULL
            ORDER BY s.sheet);
        IF good <> '{}' THEN
            ev := (SELECT x.event FROM field.ledger_act(me.wave, me.code,
                'agent', NULL, p_act, good, good, NULL, NULL, NULL, me.code,
                p_reason, NULL) AS x);
        END IF;
        INSERT INTO field.sheet_told VALUES (me.wave, me.agent, p_id, ev);
    END IF;
    RETURN QUERY
    SELECT x.sheet, CASE WHEN m.sheet IS NOT NULL AND known THEN 'already'
            WHEN m.sheet IS NOT NULL THEN 'done'
            WHEN s.sheet IS NULL THEN 'refused'
            WHEN EXISTS (SELECT FROM field.sheet_rule AS r
                WHERE r.of = 'sheet' AND r.act = p_act
                    AND 'agent' = ANY (r.roles) AND r.next = s.status)
                -- told late, after the sheet itself came in
                OR (p_act IN ('leave', 'collect') AND s.status IN
                    ('collected', 'keyed', 'second-keyed', 'checked',
                    'valid', 'invalid', 'locked'))
                THEN 'already' ELSE 'refused' END,
        CASE WHEN s.sheet IS NULL
            THEN 'không phải phiếu của bạn (not one of yours)'
            WHEN m.sheet IS NULL THEN field.ledger_why_not('sheet', s.status,
                p_act, 'agent', p_reason) END
    FROM unnest(p_sheets) WITH ORDINALITY AS x (sheet, n)
    LEFT JOIN field.sheet AS s ON s.wave = me.wave AND s.agent = me.agent
        AND s.sheet = x.sheet
    LEFT JOIN field.sheet_move AS m ON m.wave = me.wave AND m.event = ev
        AND m.sheet = s.sheet
    ORDER BY x.n;
END
$$;
COMMENT ON FUNCTION field.agent_tell(integer, uuid, text, text[], text) IS
    'what an agent tells of his own sheets; the same twice counts once';
REVOKE ALL ON FUNCTION field.agent_sheets_now(integer),
    field.agent_tell(integer, uuid, text, text[], text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION field.agent_sheets_now(integer),
    field.agent_tell(integer, uuid, text, text[], text) TO phieu_collector;
