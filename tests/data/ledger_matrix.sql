-- Every status x every act x every role, with a reason and without, through
-- the function that moves sheets: a move is made exactly where
-- field.sheet_rule has a row for it.  Asked by tests/dbtest_ledger.c of a
-- wave with a sheet CT01-00001-2; leaves nothing behind.
DO $$
DECLARE
    st text;
    ac text;
    ro text;
    why text;
    r record;
    want text;
    got text;
    n integer := 0;
    taken integer := 0;
    gone constant text[] := ARRAY['refused', 'not-met', 'moved', 'lost',
        'cancelled', 'replaced', 'void'];
BEGIN
    FOR st IN SELECT status FROM field.sheet_rule WHERE of = 'sheet'
            AND status <> '-'
        UNION SELECT next FROM field.sheet_rule WHERE of = 'sheet' LOOP
    FOR ac IN SELECT DISTINCT act FROM field.sheet_rule LOOP
    FOREACH ro IN ARRAY ARRAY['system', 'owner', 'agent', 'post-supervisor',
        'analyst', 'administrator', 'unit', 'appraiser', 'secretariat',
        'council', 'supervisor', 'auditor'] LOOP
    FOREACH why IN ARRAY ARRAY['', 'vì'] LOOP
        n := n + 1;
        SELECT * INTO r FROM field.sheet_rule
        WHERE of = 'sheet' AND status = st AND act = ac;
        want := CASE WHEN r.act IS NULL THEN 'state'
            WHEN NOT (ro = ANY (r.roles)
                OR (ro = 'owner' AND r.roles <> '{system}')) THEN 'role'
            WHEN r.reason AND why = '' THEN 'reason'
            ELSE 'now ' || r.next END;
        BEGIN
            UPDATE field.sheet SET state = CASE WHEN st = 'void'
                THEN 'planned' WHEN st = ANY (gone) THEN 'issued' ELSE st END,
                disposition = CASE WHEN st = ANY (gone) THEN st END
            WHERE sheet = 'CT01-00001-2';
            PERFORM field.ledger_move(s.wave, 1, ac, ro, why,
                ARRAY[s.sheet], NULL, NULL, NULL)
            FROM (SELECT wave, sheet FROM field.sheet
                WHERE sheet = 'CT01-00001-2') AS s;
            SELECT 'now ' || status INTO got FROM field.sheet
            WHERE sheet = 'CT01-00001-2';
            RAISE EXCEPTION '%', got USING ERRCODE = 'ZZ001';
        EXCEPTION
            WHEN SQLSTATE 'ZZ001' THEN
                got := SQLERRM;
                taken := taken + 1;
            WHEN insufficient_privilege THEN got := 'role';
            WHEN invalid_parameter_value THEN got := 'reason';
            WHEN object_not_in_prerequisite_state THEN got := 'state';
        END;
        IF got <> want THEN
            RAISE EXCEPTION '% % by % "%": %, not %', st, ac, ro, why, got,
                want;
        END IF;
    END LOOP;
    END LOOP;
    END LOOP;
    END LOOP;
    IF n < 17 * 25 * 12 * 2 OR taken < 160 THEN
        RAISE EXCEPTION 'only % cells, % taken', n, taken;
    END IF;
END
$$;
