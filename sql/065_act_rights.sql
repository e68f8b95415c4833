-- What the service writes in a round, it writes for a person: his login is in
-- every act, and the database looks once more whether he has the role for it.
-- Every act ends in assess.note, which is where it is looked at.  By the owner
-- (the command line on the server) the name of the system's user stands.

-- bound: 'unit' to the unit the role was given for, 'office' to the office of
-- that code or the one that is that unit; NULL: not bound.
CREATE TABLE assess.act_right (
    kind text COLLATE "C" NOT NULL,
    role text COLLATE "C" NOT NULL,
    bound text CHECK (bound IN ('unit', 'office')),
    PRIMARY KEY (kind, role)
);
COMMENT ON TABLE assess.act_right IS
    'Which roles may do which acts through the service';
COMMENT ON COLUMN assess.act_right.kind IS
    'Kind of the entry in the log, without "assess."; % stands for any end';
COMMENT ON COLUMN assess.act_right.role IS 'Role, as in people.account_role';
COMMENT ON COLUMN assess.act_right.bound IS
    'unit or office: to what it was given for; NULL: not bound';
INSERT INTO assess.act_right (kind, role, bound)
SELECT k, r, b FROM (VALUES
    (ARRAY['self', 'explain', 'submit', 'evidence', 'evidence.removed',
        'evidence.refused', 'opinion'], 'unit', 'unit'),
    (ARRAY['reopen', 'visit', 'member', 'external', 'step', 'task',
        'compute'], 'secretariat', NULL),
    (ARRAY['reopen', 'visit', 'member', 'external', 'step', 'task',
        'compute'], 'analyst', NULL),
    (ARRAY['appraise', 'request', 'answer'], 'appraiser', 'office'),
    (ARRAY['appraise', 'request', 'answer', 'meeting', 'rule', 'deduct',
        'deduct-cancel', 'publish'], 'secretariat', NULL),
    (ARRAY['request', 'answer'], 'unit', 'unit'),
    (ARRAY['answer', 'meeting', 'rule', 'deduct', 'deduct-cancel',
        'publish'], 'council', NULL),
    (ARRAY['inspect%', 'finding%', 'measure%', 'improve%'], 'secretariat',
        NULL),
    (ARRAY['inspect%', 'finding%', 'measure%', 'improve%'], 'analyst', NULL),
    (ARRAY['finding-answer', 'improve-report'], 'unit', 'unit'),
    (ARRAY['improve-report'], 'appraiser', 'office')) AS x (kinds, r, b),
    unnest(x.kinds) AS k;

-- Is what an entry speaks of bound to `p_own`, the unit that a role was given
-- for?  What it does not name is not looked at.
CREATE FUNCTION assess.is_own(p_round integer, p_bound text, p_own text,
    p_what jsonb) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT CASE
        WHEN p_bound IS NULL THEN true
        WHEN coalesce(p_own, '') = '' THEN false
        WHEN p_bound = 'unit' THEN p_what ->> 'unit' IS NULL
            OR EXISTS (SELECT FROM assess.unit AS u
                WHERE u.round = p_round AND u.code = p_own
                    AND p_what ->> 'unit' = CASE
                        jsonb_typeof(p_what -> 'unit') WHEN 'number'
                        THEN u.unit::text ELSE u.code END)
        ELSE EXISTS (SELECT FROM assess.office AS o
            LEFT JOIN assess.unit AS u
                ON u.round = o.round AND u.unit = o.unit
            WHERE o.round = p_round AND p_own IN (o.office, u.code)
                AND CASE WHEN p_what ->> 'office' IS NOT NULL
                    THEN p_what ->> 'office' = o.office
                    WHEN jsonb_typeof(p_what -> 'node') = 'number'
                    THEN assess.office_role(p_round, o.office,
                        (p_what ->> 'node')::integer) = 'lead'
                    ELSE true END)
        END
$$;
COMMENT ON FUNCTION assess.is_own(integer, text, text, jsonb) IS
    'is what an entry of the log speaks of somebody''s own';

-- A kind without a row is for those who have to do with rounds, bound where it
-- names a unit or an office.
CREATE FUNCTION assess.has_right(p_round integer, p_kind text, p_by text,
    p_what jsonb) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT EXISTS (SELECT FROM people.account AS a
        JOIN people.account_role AS g USING (account)
        JOIN assess.round AS r ON r.round = p_round
        JOIN (SELECT role, bound FROM assess.act_right
            WHERE p_kind LIKE kind
            UNION ALL
            SELECT d.role, d.bound FROM (VALUES ('unit', 'unit'),
                ('appraiser', 'office'), ('secretariat', NULL),
                ('analyst', NULL), ('council', NULL)) AS d (role, bound)
            WHERE NOT EXISTS (SELECT FROM assess.act_right
                WHERE p_kind LIKE kind)) AS k ON k.role = g.role
        WHERE a.login = p_by AND a.disabled_at IS NULL
            AND (g.wave IS NULL OR g.wave = r.wave)
            AND assess.is_own(p_round, k.bound, g.unit, p_what))
$$;
COMMENT ON FUNCTION assess.has_right(integer, text, text, jsonb) IS
    'has the account of this login a role for an act';

CREATE OR REPLACE FUNCTION assess.note(p_round integer, p_kind text,
    p_by text, p_what jsonb) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF session_user = 'phieu_server'
        AND NOT assess.has_right(p_round, p_kind, p_by, p_what) THEN
        RAISE EXCEPTION 'tài khoản này không có quyền làm việc này (the account has no right to this act)'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    PERFORM audit.append(0::smallint, 'assess.' || p_kind, p_by,
        (jsonb_build_object('round', p_round) || p_what)::text);
END
$$;
COMMENT ON FUNCTION assess.note(integer, text, text, jsonb) IS
    'puts an act of a round into the log, when he who does it may';

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA assess FROM PUBLIC;
GRANT SELECT ON assess.act_right TO phieu_server, phieu_auditor,
    phieu_backup;
