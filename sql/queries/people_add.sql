-- $1 login, $2 name, $3 Argon2id text
INSERT INTO people.account (login, name, password_hash)
VALUES ($1, $2, $3)
RETURNING account;
