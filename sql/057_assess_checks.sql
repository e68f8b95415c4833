-- What a round's document says of a criterion is held wherever points are
-- put: whoever appraises or rules is bound to the same steps as a unit, and a
-- criterion measured by the wave has the wave's maximum.

-- A criterion of the newest document; NULL: none such.
CREATE FUNCTION assess.criterion(p_round integer, p_code text)
RETURNS jsonb
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT jsonb_path_query_first(content::jsonb,
        'lax $.index.criteria.** ? (@.code == $code)',
        jsonb_build_object('code', p_code))
    FROM assess.version WHERE round = p_round ORDER BY version DESC LIMIT 1
$$;
COMMENT ON FUNCTION assess.criterion(integer, text) IS
    'a criterion as the newest document has it';

CREATE OR REPLACE FUNCTION assess.need_typed(p_round integer, p_node integer,
    p_points numeric) RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    n assess.node;
    grain numeric;
BEGIN
    SELECT * INTO n FROM assess.node WHERE round = p_round AND node = p_node
        AND in_force;
    IF NOT FOUND OR NOT n.leaf OR n.source <> 'assessed' THEN
        RAISE EXCEPTION 'tiêu chí này không ai chấm điểm bằng tay (nobody types points for this criterion)'
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    IF p_points < 0 OR p_points > n.maximum THEN
        RAISE EXCEPTION 'điểm phải từ 0 đến (points are from 0 to) %', trim_scale(n.maximum)
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    grain := (assess.criterion(p_round, n.code) ->> 'grain')::numeric;
    IF p_points % grain <> 0 THEN
        RAISE EXCEPTION 'điểm phải là bội của % (points go in steps of %)', grain, grain
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
END
$$;
COMMENT ON FUNCTION assess.need_typed(integer, integer, numeric) IS
    'refuses (22023) points that nobody types, beyond the maximum or between steps';

-- Points of the wave are taken as they are: on another maximum they would be
-- a share of something else, and nobody would see it.
CREATE FUNCTION assess.version_fits_wave() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    bad text;
BEGIN
    SELECT string_agg(format('%s: %s / %s', c ->> 'code', c ->> 'maximum',
        w ->> 'maximum'), ', ' ORDER BY c ->> 'code') INTO bad
    FROM assess.round AS r
    JOIN LATERAL (SELECT content::jsonb AS plan FROM plan.version
        WHERE wave = r.wave ORDER BY version DESC LIMIT 1) AS p ON true
    CROSS JOIN LATERAL (SELECT DISTINCT c FROM jsonb_path_query(
        NEW.content::jsonb, 'lax $.index.criteria.** ? ((@.source == "survey"
            || @.source == "satisfaction") && !exists(@.convert))') AS x (c))
        AS c
    CROSS JOIN LATERAL jsonb_path_query_first(p.plan,
        'lax $.criteria.** ? (@.code == $code)',
        jsonb_build_object('code', c ->> 'code')) AS w
    WHERE r.round = NEW.round
        AND (c ->> 'maximum')::numeric <> (w ->> 'maximum')::numeric;
    IF bad IS NOT NULL THEN
        RAISE EXCEPTION 'điểm tối đa khác với đợt điều tra (the maximum differs from the wave''s): %', bad
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION assess.version_fits_wave() IS
    'refuses (23514) a document whose survey criteria have other maxima than the wave''s';
CREATE TRIGGER version_fits_wave AFTER INSERT ON assess.version
    FOR EACH ROW EXECUTE FUNCTION assess.version_fits_wave();

REVOKE ALL ON FUNCTION assess.criterion(integer, text),
    assess.version_fits_wave() FROM PUBLIC;
