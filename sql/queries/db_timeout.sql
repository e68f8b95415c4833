-- $1 milliseconds a statement may take, 0: any.
SELECT set_config('statement_timeout', $1, false);
