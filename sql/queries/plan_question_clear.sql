-- Questions of the forms in the plan are written anew, options with them.
-- $1 wave, $2 {"forms":[…]}
WITH form AS (
    SELECT f.form
    FROM jsonb_to_recordset($2::jsonb -> 'forms') AS item (code text,
        version text)
    JOIN plan.form f ON f.wave = $1::integer AND f.code = item.code
        AND f.version = item.version
), gone AS (
    DELETE FROM plan.option
    WHERE wave = $1::integer AND form IN (SELECT form FROM form)
)
DELETE FROM plan.question
WHERE wave = $1::integer AND form IN (SELECT form FROM form);
