-- $1 days that delivered events are kept.
SELECT publish.hook_forget($1::integer);
