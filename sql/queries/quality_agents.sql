-- Agents and their flags.  $1 wave, $2 by whom, $3 role, $4 areas or NULL,
-- $5 office, $6 what Q06 found
SELECT office, agent, name, received, valid, queried, invalid, q01, q02, q03,
    q04, q05, q06, flagged, open
FROM field.quality_agents($1::integer, $2, $3, $4::text[], $5, $6::jsonb);
