-- $1 login: the key that says what it may do.
SELECT key FROM field.device_login WHERE login = $1;
