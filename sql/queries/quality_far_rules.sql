-- Thresholds of Q06: fewest sheets, p, effect.  $1 wave
SELECT field.flag_value($1::integer, 'q06-sheets', '')::integer,
    field.flag_value($1::integer, 'q06-p', '')::text,
    field.flag_value($1::integer, 'q06-effect', '')::text;
