-- Does anybody answer?
SELECT 1;
