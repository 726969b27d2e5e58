-- The log: entries that business transactions write, and the tree that the integrator builds
-- from them. Everything here is insert-only but what the comments beside a table except.

SET LOCAL lock_timeout = '5s';
SET LOCAL statement_timeout = '60s';
SET LOCAL ROLE entaku_audit_owner;

-- squawk-ignore ban-create-domain-with-constraint
CREATE DOMAIN audit.id16 AS bytea CHECK (octet_length(VALUE) = 16);
-- squawk-ignore ban-create-domain-with-constraint
CREATE DOMAIN audit.hash32 AS bytea CHECK (octet_length(VALUE) = 32);

-- The council whose rows this transaction sees; every function sets it for its own transaction.
CREATE FUNCTION audit.here() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT NULLIF(current_setting('entaku.council', true), '')::uuid $$;

CREATE FUNCTION audit.enter(p_council uuid) RETURNS void LANGUAGE sql
AS $$ SELECT set_config('entaku.council', p_council::text, true) $$;

CREATE FUNCTION audit.refuse() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$ BEGIN RAISE EXCEPTION 'insert-only: %', TG_TABLE_NAME USING ERRCODE = '42501'; END $$;

-- A promised entry must be on the disk whatever the session's setting is.
CREATE FUNCTION audit.flush() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$ BEGIN PERFORM set_config('synchronous_commit', 'on', true); RETURN NEW; END $$;

---------------------------------------------------------------- tables

CREATE TABLE audit.log (
  log_id     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  council_id uuid NOT NULL,
  name       text NOT NULL CHECK (name IN ('id', 'ops')),
  origin     text NOT NULL UNIQUE,
  vkeys      text[] NOT NULL CHECK (cardinality(vkeys) > 0),
  UNIQUE (council_id, name)
);

CREATE TABLE audit.entry (
  -- CACHE 1: numbers handed out in advance would put a later entry before an earlier one.
  id         bigint GENERATED ALWAYS AS IDENTITY (CACHE 1) PRIMARY KEY,
  council_id uuid NOT NULL,
  log_id     bigint NOT NULL REFERENCES audit.log,
  at         timestamptz NOT NULL DEFAULT clock_timestamp(),
  xid        xid8 NOT NULL DEFAULT pg_current_xact_id(),
  kind       text NOT NULL CHECK (octet_length(kind) BETWEEN 1 AND 32),
  leaf       bytea NOT NULL CHECK (octet_length(leaf) BETWEEN 1 AND 65535),
  -- Computed here, so that bytes and hash cannot be stored apart.
  leaf_hash  bytea NOT NULL GENERATED ALWAYS AS (sha256('\x00'::bytea || leaf)) STORED
);
CREATE INDEX entry_horizon ON audit.entry (log_id, xid, id);

-- What the commitments of a leaf of `ops` open to, and its key K_entry wrapped under `key_id`.
-- Erasable (DELETE), never changed. `objects` open object/0, object/1, …; `bound`: the 32-byte ids of x,
-- which are what a ticket is for; `to_dids`: the sorted 16-byte ids of the devices it is delivered to.
CREATE TABLE audit.fact (
  entry_id   bigint PRIMARY KEY,
  council_id uuid NOT NULL,
  key_id     audit.id16 NOT NULL,
  key_ct     bytea NOT NULL,
  did        audit.id16,
  wid        audit.id16,
  aid        audit.id16,
  case_id    audit.id16,
  gate       bigint,
  objects    bytea[] NOT NULL,
  bound      bytea NOT NULL CHECK (octet_length(bound) % 32 = 0),
  to_dids    bytea NOT NULL CHECK (octet_length(to_dids) % 16 = 0),
  basis      audit.hash32,
  purpose    text,
  result     text NOT NULL,          -- '' = done, else the reason code of the refusal
  request    bytea,                  -- the signed request as it came
  nonce      audit.id16
);
CREATE UNIQUE INDEX fact_nonce ON audit.fact (did, nonce) WHERE nonce IS NOT NULL; -- counts once
CREATE INDEX fact_case ON audit.fact (council_id, case_id, entry_id);
CREATE INDEX fact_wid ON audit.fact (council_id, wid, entry_id);

-- Wrapping keys of the entries of one case (key_id = case id) or of none; erasable (DELETE).
CREATE TABLE audit.case_key (
  council_id uuid,
  key_id     audit.id16,
  wrapped    bytea NOT NULL,
  PRIMARY KEY (council_id, key_id)
);

-- No foreign key to entry: old entries may be pruned one day, their hashes stay.
CREATE TABLE audit.leaf (
  log_id    bigint,
  idx       bigint,
  entry_id  bigint NOT NULL UNIQUE,
  leaf_hash audit.hash32 NOT NULL,
  PRIMARY KEY (log_id, idx)
);
CREATE INDEX leaf_by_hash ON audit.leaf (log_id, leaf_hash);

-- Full tiles only; the right edge is rebuilt from leaves and roots.
CREATE TABLE audit.tile (
  log_id bigint,
  level  bigint,
  n      bigint,
  data   bytea NOT NULL CHECK (octet_length(data) = 8192),
  root   audit.hash32 NOT NULL,
  PRIMARY KEY (log_id, level, n)
);

-- Committed before it is signed: a signature must never be over what a crash could take back.
CREATE TABLE audit.tree (
  log_id bigint,
  size   bigint CHECK (size > 0),
  root   audit.hash32 NOT NULL,
  at     timestamptz NOT NULL,
  PRIMARY KEY (log_id, size)
);

CREATE TABLE audit.checkpoint (
  log_id bigint,
  size   bigint,
  note   bytea NOT NULL,
  at     timestamptz NOT NULL,
  PRIMARY KEY (log_id, size),
  FOREIGN KEY (log_id, size) REFERENCES audit.tree
);

-- A hint for the search of new entries; the only table here that is updated.
CREATE TABLE audit.cursor (
  log_id    bigint PRIMARY KEY,
  xmin_done xid8 NOT NULL,
  sysid     bigint NOT NULL
);

---------------------------------------------------------------- writing

CREATE FUNCTION audit.append(p_council uuid, p_log text, p_kind text, p_leaf bytea) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_id bigint;
BEGIN
  PERFORM audit.enter(p_council);
  INSERT INTO audit.entry (council_id, log_id, kind, leaf)
    SELECT p_council, l.log_id, p_kind, p_leaf FROM audit.log l WHERE l.council_id = p_council AND l.name = p_log
    RETURNING id INTO STRICT v_id;
  RETURN v_id;
END $$;

-- An entry of `ops`: by itself for what changes nothing (login, read, refusal, query), and called by
-- room.commit for what does.
CREATE FUNCTION audit.note(
  p_council uuid, p_kind text, p_leaf bytea, p_key_id bytea, p_key_ct bytea, p_did bytea, p_wid bytea, p_aid bytea, p_case bytea,
  p_gate bigint, p_objects bytea[], p_bound bytea, p_to bytea, p_basis bytea, p_purpose text, p_result text, p_request bytea, p_nonce bytea
) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_id bigint := audit.append(p_council, 'ops', p_kind, p_leaf);
BEGIN
  INSERT INTO audit.fact (entry_id, council_id, key_id, key_ct, did, wid, aid, case_id, gate, objects, bound, to_dids, basis, purpose, result, request, nonce)
    VALUES (v_id, p_council, p_key_id, p_key_ct, p_did, p_wid, p_aid, p_case, p_gate, p_objects, p_bound, p_to, p_basis, p_purpose, p_result, p_request, p_nonce);
  RETURN v_id;
END $$;

-- A leaf of `id` that carries only the time (protocol, 5.2a).
CREATE FUNCTION audit.beat(p_council uuid, p_leaf bytea) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$ SELECT audit.append(p_council, 'id', 'beat', p_leaf) $$;

-- Keeps a wrapping key and answers the one that counts, which is the first.
CREATE FUNCTION audit.keep_key(p_council uuid, p_key_id bytea, p_wrapped bytea) RETURNS bytea
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM audit.enter(p_council);
  INSERT INTO audit.case_key VALUES (p_council, p_key_id, p_wrapped) ON CONFLICT DO NOTHING;
  RETURN (SELECT k.wrapped FROM audit.case_key k WHERE k.council_id = p_council AND k.key_id = p_key_id);
END $$;

CREATE FUNCTION audit.open_logs(p_council uuid, p_id_origin text, p_id_vkeys text[], p_ops_origin text, p_ops_vkeys text[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM audit.enter(p_council);
  INSERT INTO audit.log (council_id, name, origin, vkeys)
    VALUES (p_council, 'id', p_id_origin, p_id_vkeys), (p_council, 'ops', p_ops_origin, p_ops_vkeys);
END $$;

---------------------------------------------------------------- tickets

-- A ticket is an entry of this council that another transaction committed within the last 30 s, that was
-- no refusal and that names this device. Reading in the transaction that logs (which is 'in progress')
-- would leave no trace after ROLLBACK.
CREATE FUNCTION audit.require_ticket(p_council uuid, p_entry bigint, p_did bytea) RETURNS audit.fact
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_entry audit.entry;
  v_fact audit.fact;
BEGIN
  SELECT * INTO v_entry FROM audit.entry e WHERE e.id = p_entry;
  SELECT * INTO v_fact FROM audit.fact f WHERE f.entry_id = p_entry;
  IF v_entry.id IS NULL OR v_fact.council_id IS DISTINCT FROM p_council
     OR pg_xact_status(v_entry.xid) IS DISTINCT FROM 'committed'
     OR v_entry.at < clock_timestamp() - interval '30 s'
     OR v_fact.result <> ''
     OR NOT EXISTS (SELECT FROM generate_series(1, octet_length(v_fact.to_dids), 16) o WHERE substr(v_fact.to_dids, o, 16) = p_did)
  THEN
    RAISE EXCEPTION 'no ticket' USING ERRCODE = '42501';
  END IF;
  RETURN v_fact;
END $$;

---------------------------------------------------------------- reading

-- Leaves by index, for replication, bundles and export.
CREATE FUNCTION audit.leaves(p_council uuid, p_log text, p_from bigint, p_limit integer)
RETURNS TABLE (idx bigint, leaf bytea)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
BEGIN
  PERFORM audit.enter(p_council);
  RETURN QUERY
    SELECT f.idx, e.leaf FROM audit.log l JOIN audit.leaf f ON f.log_id = l.log_id JOIN audit.entry e ON e.id = f.entry_id
     WHERE l.council_id = p_council AND l.name = p_log AND f.idx >= p_from ORDER BY f.idx LIMIT p_limit;
END $$;

-- The newest signed checkpoint; no row when there is none.
CREATE FUNCTION audit.newest_checkpoint(p_council uuid, p_log text)
RETURNS TABLE (size bigint, root bytea, note bytea, at timestamptz)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
BEGIN
  PERFORM audit.enter(p_council);
  RETURN QUERY
    SELECT c.size, t.root::bytea, c.note, c.at FROM audit.log l JOIN audit.checkpoint c ON c.log_id = l.log_id
      JOIN audit.tree t ON t.log_id = c.log_id AND t.size = c.size
     WHERE l.council_id = p_council AND l.name = p_log ORDER BY c.size DESC LIMIT 1;
END $$;

-- Bytes of one tile, full or partial: leaf hashes at level 0, roots of the tiles below above it.
CREATE FUNCTION audit.tile_bytes(p_council uuid, p_log text, p_level bigint, p_n bigint, p_width bigint) RETURNS bytea
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_log bigint;
BEGIN
  PERFORM audit.enter(p_council);
  SELECT l.log_id INTO STRICT v_log FROM audit.log l WHERE l.council_id = p_council AND l.name = p_log;
  IF p_level = 0 THEN
    RETURN (SELECT string_agg(f.leaf_hash, '' ORDER BY f.idx) FROM audit.leaf f
             WHERE f.log_id = v_log AND f.idx >= p_n * 256 AND f.idx < p_n * 256 + p_width);
  END IF;
  RETURN (SELECT string_agg(t.root, '' ORDER BY t.n) FROM audit.tile t
           WHERE t.log_id = v_log AND t.level = p_level - 1 AND t.n >= p_n * 256 AND t.n < p_n * 256 + p_width);
END $$;

-- Index of a leaf in the tree; NULL while it is not integrated.
CREATE FUNCTION audit.find_leaf(p_council uuid, p_log text, p_hash bytea) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM audit.enter(p_council);
  RETURN (SELECT f.idx FROM audit.log l JOIN audit.leaf f ON f.log_id = l.log_id
           WHERE l.council_id = p_council AND l.name = p_log AND f.leaf_hash = p_hash ORDER BY f.idx LIMIT 1);
END $$;

-- The auditor's question, behind a ticket of kind audit.query: entries of `ops` with what opens them,
-- lowest index first; a NULL filter does not filter. `wrapped` and the facts are NULL once erased.
CREATE FUNCTION audit.query(
  p_council uuid, p_entry bigint, p_did bytea, p_case bytea, p_wid bytea, p_aid bytea,
  p_since timestamptz, p_until timestamptz, p_after bigint, p_limit integer
) RETURNS TABLE (
  idx bigint, entry_id bigint, at timestamptz, kind text, leaf bytea, key_id bytea, wrapped bytea, key_ct bytea, did bytea, wid bytea,
  aid bytea, case_id bytea, objects bytea[], to_dids bytea, basis bytea, purpose text, result text, request bytea
)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
BEGIN
  PERFORM audit.enter(p_council);
  PERFORM audit.require_ticket(p_council, p_entry, p_did);
  IF (SELECT e.kind FROM audit.entry e WHERE e.id = p_entry) <> 'audit.query' THEN
    RAISE EXCEPTION 'no ticket' USING ERRCODE = '42501';
  END IF;
  RETURN QUERY
    SELECT l.idx, e.id, e.at, e.kind, e.leaf, f.key_id::bytea, k.wrapped, f.key_ct, f.did::bytea, f.wid::bytea,
           f.aid::bytea, f.case_id::bytea, f.objects, f.to_dids, f.basis::bytea, f.purpose, f.result, f.request
      FROM audit.log g JOIN audit.leaf l ON l.log_id = g.log_id JOIN audit.entry e ON e.id = l.entry_id
      LEFT JOIN audit.fact f ON f.entry_id = e.id
      LEFT JOIN audit.case_key k ON k.council_id = f.council_id AND k.key_id = f.key_id
     WHERE g.council_id = p_council AND g.name = 'ops' AND l.idx > p_after
       AND (p_case IS NULL OR f.case_id = p_case) AND (p_wid IS NULL OR f.wid = p_wid) AND (p_aid IS NULL OR f.aid = p_aid)
       AND (p_since IS NULL OR e.at >= p_since) AND (p_until IS NULL OR e.at < p_until)
     ORDER BY l.idx LIMIT p_limit;
END $$;

---------------------------------------------------------------- who may do what

GRANT EXECUTE ON FUNCTION audit.here() TO entaku_room_owner, entaku_app, entaku_integrator, entaku_auditor;
GRANT EXECUTE ON FUNCTION audit.enter(uuid) TO entaku_room_owner, entaku_integrator;
GRANT EXECUTE ON FUNCTION audit.append, audit.open_logs, audit.require_ticket, audit.refuse TO entaku_room_owner;
GRANT EXECUTE ON FUNCTION audit.note TO entaku_room_owner, entaku_app, entaku_auditor;
GRANT EXECUTE ON FUNCTION audit.beat, audit.keep_key TO entaku_app;
GRANT EXECUTE ON FUNCTION audit.leaves, audit.newest_checkpoint, audit.tile_bytes, audit.find_leaf TO entaku_app, entaku_auditor;
GRANT EXECUTE ON FUNCTION audit.tile_bytes TO entaku_integrator;
GRANT EXECUTE ON FUNCTION audit.query TO entaku_auditor;
GRANT SELECT ON audit.log TO entaku_room_owner, entaku_app, entaku_integrator, entaku_auditor;
GRANT SELECT ON audit.checkpoint, audit.entry TO entaku_room_owner;
GRANT SELECT ON audit.entry TO entaku_integrator;
GRANT SELECT, INSERT ON audit.leaf, audit.tile, audit.tree, audit.checkpoint TO entaku_integrator;
GRANT SELECT, INSERT, UPDATE ON audit.cursor TO entaku_integrator;
