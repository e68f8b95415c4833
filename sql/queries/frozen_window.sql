-- Which respondents copy_frozen_window.sql reads.  $1 after, $2 up to
SELECT set_config('phieu.after', $1, true), set_config('phieu.last', $2, true);
