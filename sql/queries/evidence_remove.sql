-- Takes a file of evidence away.  $1 number, $2 who.
SELECT assess.evidence_remove($1::bigint, $2);
