-- Figures worked out by the program, as a list.  $1 rows (JSON)
SELECT r.side, r.code, r.name, r.drawn, r.confirmed, r.differs, r.not_found,
    r.refused, r.waiting, r.share, r.low, r.high, r.sheets, r.asked, r.same,
    r.agree, r.kappa
FROM jsonb_to_recordset($1::jsonb) AS r (side text, code text, name text,
    drawn bigint, confirmed bigint, differs bigint, not_found bigint,
    refused bigint, waiting bigint, share text, low text, high text,
    sheets bigint, asked bigint, same bigint, agree text, kappa text);
