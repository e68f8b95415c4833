-- $1 login, $2 number of its key, $3 MD5(login:phieu:password) in hex.
INSERT INTO field.device_login (login, key, ha1)
VALUES ($1, $2::integer, $3)
RETURNING login;
