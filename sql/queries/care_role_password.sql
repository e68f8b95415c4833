-- $1 role, $2 SCRAM verifier
SELECT meta.set_role_password($1, $2);
