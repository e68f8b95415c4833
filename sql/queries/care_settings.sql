-- What durability rests on, and the version.
SELECT name, setting
FROM pg_catalog.pg_settings
WHERE name IN ('data_checksums', 'fsync', 'full_page_writes',
    'server_version', 'synchronous_commit')
ORDER BY name COLLATE "C";
