-- $1 code, $2 name, $3 office.
INSERT INTO field.agent (code, name, office) VALUES ($1, $2, $3)
RETURNING agent;
