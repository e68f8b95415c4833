-- What the fixed COPY statements read.  $1 wave, $2 freeze
SELECT set_config('phieu.wave', $1, true), set_config('phieu.freeze', $2, true);
