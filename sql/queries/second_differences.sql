-- Opens the answers that differ; stands in the log.  $1 wave, $2 by whom,
-- $3 role, $4 areas or NULL, $5 sheet or NULL for all that is not settled
SELECT d.sheet, d.version, d.draw, d.first_agent, d.second_agent, d.field,
    d.unit, d.question, d.kind, d.one AS first, d.two AS second,
    d.one_words AS first_words, d.two_words AS second_words, d.take,
    d.value, d.reason, d.resolved_by, d.resolved_on
FROM field.second_differences($1::integer, $2, $3, $4::text[], $5) AS d;
