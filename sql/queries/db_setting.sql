-- $1 the name of a setting of the server or connection.
SELECT current_setting($1);
