-- Statements of storage itself. SQL of the slices is in their own queries.sql.

-- name: database_exists
SELECT EXISTS (SELECT FROM pg_database WHERE datname = 'entaku');

-- name: create_logins
DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'entaku') THEN
    CREATE ROLE entaku LOGIN CREATEROLE;
  END IF;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'entaku_node') THEN
    CREATE ROLE entaku_node LOGIN;
  END IF;
END $$;

-- name: create_database
CREATE DATABASE entaku OWNER entaku TEMPLATE template0 ENCODING 'UTF8';

-- name: lock_migrations
-- One migrating program per database; the lock ends with the session.
SELECT pg_advisory_lock(hashtextextended('entaku/migrate', 0));

-- name: create_history
CREATE TABLE IF NOT EXISTS public.entaku_migration (
  version    int PRIMARY KEY CHECK (version > 0),
  name       text NOT NULL,
  digest     bytea NOT NULL CHECK (octet_length(digest) = 32),
  applied_at timestamptz NOT NULL DEFAULT now()
);

-- name: read_history
SELECT version, name, digest FROM public.entaku_migration ORDER BY version;

-- name: record_migration
INSERT INTO public.entaku_migration (version, name, digest) VALUES ($1, $2, $3);

-- name: reset_role
RESET ROLE;

-- name: login
-- The login, not the role that acts. Whoever may create roles may have made the owners, or may
-- enter them (PostgreSQL 15).
SELECT rolname::text AS name, rolsuper AS super,
       rolsuper OR rolcreaterole
       OR has_database_privilege(rolname, current_database(), 'CREATE')
       OR EXISTS (SELECT FROM pg_namespace
                   WHERE nspname IN ('audit', 'room') AND pg_has_role(rolname, nspowner, 'MEMBER'))
       AS owns
FROM pg_roles WHERE rolname = session_user;

-- name: admit_login
-- Nothing where it is a member of all: who grants at the same time would be refused.
SELECT format('GRANT entaku_app, entaku_integrator, entaku_auditor TO %I', $1::text)
WHERE NOT (pg_has_role($1::text, 'entaku_app', 'MEMBER')
           AND pg_has_role($1::text, 'entaku_integrator', 'MEMBER')
           AND pg_has_role($1::text, 'entaku_auditor', 'MEMBER'));
