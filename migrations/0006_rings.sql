-- Two rings around the tables: triggers that no session setting switches off, and row security that
-- keeps councils apart by mistake. The second is no defence against a stolen application role.

SET LOCAL lock_timeout = '5s';
SET LOCAL statement_timeout = '60s';

DO $$
DECLARE
  t record;
  updated constant text[] := '{audit.cursor, room.council, room.room, room.pending, room.live, room.challenge}';
  erasable constant text[] := '{audit.fact, audit.case_key, room.name}';
  by_log constant text[] := '{audit.leaf, audit.tile, audit.tree, audit.checkpoint, audit.cursor}';
  listed constant text[] := '{audit.log, room.council}';
  mine text;
  refused text;
BEGIN
  FOR t IN SELECT c.oid::regclass::text AS name, c.relowner::regrole::text AS owner FROM pg_class c
            WHERE c.relkind = 'r' AND c.relnamespace IN ('audit'::regnamespace, 'room'::regnamespace) ORDER BY 1 LOOP
    EXECUTE format('SET LOCAL ROLE %I', t.owner);
    mine := CASE WHEN t.name = ANY (by_log)
      THEN 'log_id IN (SELECT l.log_id FROM audit.log l WHERE l.council_id = audit.here())'
      ELSE 'council_id = audit.here()' END;
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', t.name);
    EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', t.name);
    EXECUTE format('CREATE POLICY here ON %s USING (%s) WITH CHECK (%s)', t.name, mine, mine);
    IF t.name = ANY (listed) THEN   -- which councils and logs exist is no secret
      EXECUTE format('CREATE POLICY listed ON %s FOR SELECT USING (true)', t.name);
    END IF;
    CONTINUE WHEN t.name = ANY (updated);
    refused := CASE WHEN t.name = ANY (erasable) THEN 'UPDATE' ELSE 'UPDATE OR DELETE' END;
    EXECUTE format('CREATE TRIGGER no_change BEFORE %s ON %s FOR EACH ROW EXECUTE FUNCTION audit.refuse()', refused, t.name);
    EXECUTE format('CREATE TRIGGER no_truncate BEFORE TRUNCATE ON %s FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse()', t.name);
    EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER no_change', t.name);
    EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER no_truncate', t.name);
  END LOOP;
END $$;

SET LOCAL ROLE entaku_audit_owner;
CREATE TRIGGER flush BEFORE INSERT ON audit.entry FOR EACH ROW EXECUTE FUNCTION audit.flush();
ALTER TABLE audit.entry ENABLE ALWAYS TRIGGER flush;
