-- Roles and schemas. Nobody logs in as one of these; a login is a member and says SET ROLE
-- (storage/pool.py). Roles belong to the cluster, not to the database, hence the guard.

SET LOCAL lock_timeout = '5s';
SET LOCAL statement_timeout = '60s';

DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['entaku_audit_owner', 'entaku_room_owner', 'entaku_app', 'entaku_integrator', 'entaku_auditor'] LOOP
    BEGIN
      EXECUTE format('CREATE ROLE %I NOLOGIN', name);
    EXCEPTION WHEN duplicate_object OR unique_violation THEN
      RAISE DEBUG 'role % is there', name;
    END;
    EXECUTE format('GRANT %I TO CURRENT_USER', name);
  END LOOP;
END $$;

CREATE SCHEMA audit AUTHORIZATION entaku_audit_owner;
CREATE SCHEMA room AUTHORIZATION entaku_room_owner;
GRANT USAGE ON SCHEMA audit TO entaku_room_owner, entaku_app, entaku_integrator, entaku_auditor;
GRANT USAGE ON SCHEMA room TO entaku_app;

-- What a new function may do is said beside it, so nobody gets it by default.
ALTER DEFAULT PRIVILEGES FOR ROLE entaku_audit_owner REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
ALTER DEFAULT PRIVILEGES FOR ROLE entaku_room_owner REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
