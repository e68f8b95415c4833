-- Fewest behind a figure: of units' results, of sub-groups.  $1 wave
SELECT coalesce((v.content::jsonb #>> '{decisions,D12,min_unit}')::integer, 10),
    coalesce((v.content::jsonb #>> '{decisions,D12,min_sub}')::integer, 20)
FROM plan.version AS v
WHERE v.wave = $1::integer
ORDER BY v.version DESC
LIMIT 1;
