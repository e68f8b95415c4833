-- Settings of a connection that writes: its few statements find their rows
-- by key whatever the statistics of a table that was empty yesterday say, and
-- are never planned anew.
SELECT set_config('plan_cache_mode', 'force_generic_plan', false),
    set_config('enable_seqscan', 'off', false),
    set_config('enable_bitmapscan', 'off', false),
    set_config('enable_hashjoin', 'off', false),
    set_config('enable_mergejoin', 'off', false),
    set_config('jit', 'off', false);
