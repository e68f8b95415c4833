-- Services take up the new plan when this commits.
-- $1 code of the wave
SELECT pg_notify('phieu_plan', $1);
