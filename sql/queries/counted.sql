-- $1 wave: responses counted so far per group and home.
SELECT grp, home, n FROM field.counted($1::integer);
