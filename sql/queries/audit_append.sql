-- $1 lane, $2 kind, $3 actor, $4 content
SELECT audit.append($1::smallint, $2, $3, $4);
