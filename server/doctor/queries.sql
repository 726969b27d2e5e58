-- What the doctor asks of a database; it changes nothing.

-- name: server
SELECT current_setting('server_version_num')::int / 10000 AS major,
       current_setting('server_version') AS version,
       extract(epoch FROM clock_timestamp())::float8 AS now;

-- name: settings
SELECT name, setting FROM pg_settings
WHERE name IN ('fsync', 'full_page_writes', 'synchronous_commit', 'log_statement',
               'log_min_error_statement', 'log_min_duration_statement',
               'log_parameter_max_length', 'log_parameter_max_length_on_error');

-- name: was_migrated
SELECT to_regclass('public.entaku_migration') IS NOT NULL;
