-- Nonresponse by question.  $1 wave, $2 who asks.
SELECT form, slot, sheets, asked, blank, dont_know, unreadable
FROM field.quality_questions($1::integer, $2);
