-- Rates with what analysis made of them, as rows to show.  $1 a JSON array
SELECT x.code, x.name, x.sheets, x.fields, x.differ, x.unresolved, x.judged,
    x.errors, x.share, x.low, x.high, x.wilson_low, x.wilson_high, x.verdict
FROM jsonb_to_recordset($1::jsonb) AS x (code text, name text, sheets bigint,
    fields bigint, differ bigint, unresolved bigint, judged bigint,
    errors bigint, share text, low text, high text, wilson_low text,
    wilson_high text, verdict text);
