-- What was given up is tried once more.  $1 hook.
UPDATE publish.outbox AS o SET dead_at = NULL, next_at = now()
FROM publish.hook AS h
WHERE o.hook = $1::integer AND o.dead_at IS NOT NULL AND h.hook = o.hook
    AND h.removed_at IS NULL
RETURNING 1;
