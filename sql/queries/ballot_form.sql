-- What the token of a letter opens.  $1 its hash
SELECT f.wave_code, f.group_code, f.home_code, f.home_name, f.state, f.used,
    f.public_key, f.fingerprint, f.holder, f.size
FROM ballot.form($1::bytea) AS f;
