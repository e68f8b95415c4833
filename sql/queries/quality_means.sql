-- What the test of Q06 needs.  $1 wave
SELECT form, home, agent, n, mean, variance FROM field.flag_means($1::integer);
