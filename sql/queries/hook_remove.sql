-- False: no such hook.  $1 hook, $2 who.
SELECT publish.hook_remove($1::integer, $2);
