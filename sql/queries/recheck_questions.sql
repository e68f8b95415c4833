-- Agreement question by question, worked out by the program.  $1 rows (JSON)
SELECT r.form, r.question, r.n, r.same, r.agree, r.kappa, r.low, r.high
FROM jsonb_to_recordset($1::jsonb) AS r (form text, question text, n bigint,
    same bigint, agree text, kappa text, low text, high text);
