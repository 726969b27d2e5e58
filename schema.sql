-- The whole database in one file, to read. Written by `make schema` from migrations/, which are
-- what is applied; a test compares the two.

-- Name: audit; Type: SCHEMA; Schema: -; Owner: entaku_audit_owner

CREATE SCHEMA audit;

ALTER SCHEMA audit OWNER TO entaku_audit_owner;

-- Name: room; Type: SCHEMA; Schema: -; Owner: entaku_room_owner

CREATE SCHEMA room;

ALTER SCHEMA room OWNER TO entaku_room_owner;

-- Name: hash32; Type: DOMAIN; Schema: audit; Owner: entaku_audit_owner

CREATE DOMAIN audit.hash32 AS bytea
	CONSTRAINT hash32_check CHECK ((octet_length(VALUE) = 32));

ALTER DOMAIN audit.hash32 OWNER TO entaku_audit_owner;

-- Name: id16; Type: DOMAIN; Schema: audit; Owner: entaku_audit_owner

CREATE DOMAIN audit.id16 AS bytea
	CONSTRAINT id16_check CHECK ((octet_length(VALUE) = 16));

ALTER DOMAIN audit.id16 OWNER TO entaku_audit_owner;

-- Name: append(uuid, text, text, bytea); Type: FUNCTION; Schema: audit; Owner: entaku_audit_owner

CREATE FUNCTION audit.append(p_council uuid, p_log text, p_kind text, p_leaf bytea) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
DECLARE
  v_id bigint;
BEGIN
  PERFORM audit.enter(p_council);
  INSERT INTO audit.entry (council_id, log_id, kind, leaf)
    SELECT p_council, l.log_id, p_kind, p_leaf FROM audit.log l WHERE l.council_id = p_council AND l.name = p_log
    RETURNING id INTO STRICT v_id;
  RETURN v_id;
END $$;

ALTER FUNCTION audit.append(p_council uuid, p_log text, p_kind text, p_leaf bytea) OWNER TO entaku_audit_owner;

-- Name: beat(uuid, bytea); Type: FUNCTION; Schema: audit; Owner: entaku_audit_owner

CREATE FUNCTION audit.beat(p_council uuid, p_leaf bytea) RETURNS bigint
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$ SELECT audit.append(p_council, 'id', 'beat', p_leaf) $$;

ALTER FUNCTION audit.beat(p_council uuid, p_leaf bytea) OWNER TO entaku_audit_owner;

-- Name: enter(uuid); Type: FUNCTION; Schema: audit; Owner: entaku_audit_owner

CREATE FUNCTION audit.enter(p_council uuid) RETURNS void
    LANGUAGE sql
    AS $$ SELECT set_config('entaku.council', p_council::text, true) $$;

ALTER FUNCTION audit.enter(p_council uuid) OWNER TO entaku_audit_owner;

-- Name: find_leaf(uuid, text, bytea); Type: FUNCTION; Schema: audit; Owner: entaku_audit_owner

CREATE FUNCTION audit.find_leaf(p_council uuid, p_log text, p_hash bytea) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
BEGIN
  PERFORM audit.enter(p_council);
  RETURN (SELECT f.idx FROM audit.log l JOIN audit.leaf f ON f.log_id = l.log_id
           WHERE l.council_id = p_council AND l.name = p_log AND f.leaf_hash = p_hash ORDER BY f.idx LIMIT 1);
END $$;

ALTER FUNCTION audit.find_leaf(p_council uuid, p_log text, p_hash bytea) OWNER TO entaku_audit_owner;

-- Name: flush(); Type: FUNCTION; Schema: audit; Owner: entaku_audit_owner

CREATE FUNCTION audit.flush() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$ BEGIN PERFORM set_config('synchronous_commit', 'on', true); RETURN NEW; END $$;

ALTER FUNCTION audit.flush() OWNER TO entaku_audit_owner;

-- Name: here(); Type: FUNCTION; Schema: audit; Owner: entaku_audit_owner

CREATE FUNCTION audit.here() RETURNS uuid
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$ SELECT NULLIF(current_setting('entaku.council', true), '')::uuid $$;

ALTER FUNCTION audit.here() OWNER TO entaku_audit_owner;

-- Name: fact; Type: TABLE; Schema: audit; Owner: entaku_audit_owner

CREATE TABLE audit.fact (
    entry_id bigint NOT NULL,
    council_id uuid NOT NULL,
    key_id audit.id16 NOT NULL,
    key_ct bytea NOT NULL,
    did audit.id16,
    wid audit.id16,
    aid audit.id16,
    case_id audit.id16,
    gate bigint,
    objects bytea[] NOT NULL,
    bound bytea NOT NULL,
    to_dids bytea NOT NULL,
    basis audit.hash32,
    purpose text,
    result text NOT NULL,
    request bytea,
    nonce audit.id16,
    CONSTRAINT fact_bound_check CHECK (((octet_length(bound) % 32) = 0)),
    CONSTRAINT fact_to_dids_check CHECK (((octet_length(to_dids) % 16) = 0))
);

ALTER TABLE ONLY audit.fact FORCE ROW LEVEL SECURITY;

ALTER TABLE audit.fact OWNER TO entaku_audit_owner;

-- Name: is_question(audit.fact, bytea, bytea, timestamp with time zone, timestamp with time zone, bigint); Type: FUNCTION; Schema: audit; Owner: entaku_audit_owner

CREATE FUNCTION audit.is_question(p_fact audit.fact, p_case bytea, p_wid bytea, p_since timestamp with time zone, p_until timestamp with time zone, p_after bigint) RETURNS boolean
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $_$
DECLARE
  v_said text[] := ARRAY(SELECT convert_from(o.item, 'UTF8') FROM unnest(p_fact.objects) WITH ORDINALITY o (item, place) ORDER BY o.place);
  v_subject bytea;
  v_first CONSTANT timestamptz := '0001-01-01T00:00:00Z'; -- the client's library sends it as -infinity
BEGIN
  IF p_fact.purpose IN ('audit.case-timeline', 'audit.person-timeline') THEN
    v_subject := CASE WHEN v_said[1] ~ '^[0-9a-f]{32}$' THEN decode(v_said[1], 'hex') END;
    v_said := v_said[2:];
  ELSIF p_fact.purpose IS NULL OR p_fact.purpose NOT IN ('audit.denied', 'audit.openings') THEN
    RETURN false;
  END IF;
  RETURN CASE p_fact.purpose
      WHEN 'audit.case-timeline' THEN p_wid IS NULL AND p_case IS NOT NULL AND p_case = coalesce(v_subject, p_case)
      WHEN 'audit.person-timeline' THEN p_case IS NULL AND v_subject IS NOT NULL AND p_wid IS NOT DISTINCT FROM v_subject
      ELSE p_case IS NULL AND p_wid IS NULL
    END
    AND CASE WHEN p_since = '-infinity' THEN v_first ELSE p_since END
        IS NOT DISTINCT FROM nullif(v_said[1], '')::timestamptz
    AND CASE WHEN p_until = '-infinity' THEN v_first ELSE p_until END
        IS NOT DISTINCT FROM nullif(v_said[2], '')::timestamptz
    AND p_after >= coalesce(nullif(v_said[3], '')::bigint, -1);
EXCEPTION
  WHEN data_exception THEN
    RETURN false; -- no question of ours
END $_$;

ALTER FUNCTION audit.is_question(p_fact audit.fact, p_case bytea, p_wid bytea, p_since timestamp with time zone, p_until timestamp with time zone, p_after bigint) OWNER TO entaku_audit_owner;

-- Name: keep_key(uuid, bytea, bytea); Type: FUNCTION; Schema: audit; Owner: entaku_audit_owner

CREATE FUNCTION audit.keep_key(p_council uuid, p_key_id bytea, p_wrapped bytea) RETURNS bytea
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
BEGIN
  PERFORM audit.enter(p_council);
  INSERT INTO audit.case_key VALUES (p_council, p_key_id, p_wrapped) ON CONFLICT DO NOTHING;
  RETURN (SELECT k.wrapped FROM audit.case_key k WHERE k.council_id = p_council AND k.key_id = p_key_id);
END $$;

ALTER FUNCTION audit.keep_key(p_council uuid, p_key_id bytea, p_wrapped bytea) OWNER TO entaku_audit_owner;

-- Name: leaves(uuid, text, bigint, integer); Type: FUNCTION; Schema: audit; Owner: entaku_audit_owner

CREATE FUNCTION audit.leaves(p_council uuid, p_log text, p_from bigint, p_limit integer) RETURNS TABLE(idx bigint, leaf bytea)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
#variable_conflict use_column
BEGIN
  PERFORM audit.enter(p_council);
  RETURN QUERY
    SELECT f.idx, e.leaf FROM audit.log l JOIN audit.leaf f ON f.log_id = l.log_id JOIN audit.entry e ON e.id = f.entry_id
     WHERE l.council_id = p_council AND l.name = p_log AND f.idx >= p_from ORDER BY f.idx LIMIT p_limit;
END $$;

ALTER FUNCTION audit.leaves(p_council uuid, p_log text, p_from bigint, p_limit integer) OWNER TO entaku_audit_owner;

-- Name: newest_checkpoint(uuid, text); Type: FUNCTION; Schema: audit; Owner: entaku_audit_owner

CREATE FUNCTION audit.newest_checkpoint(p_council uuid, p_log text) RETURNS TABLE(size bigint, root bytea, note bytea, at timestamp with time zone)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
#variable_conflict use_column
BEGIN
  PERFORM audit.enter(p_council);
  RETURN QUERY
    SELECT c.size, t.root::bytea, c.note, c.at FROM audit.log l JOIN audit.checkpoint c ON c.log_id = l.log_id
      JOIN audit.tree t ON t.log_id = c.log_id AND t.size = c.size
     WHERE l.council_id = p_council AND l.name = p_log ORDER BY c.size DESC LIMIT 1;
END $$;

ALTER FUNCTION audit.newest_checkpoint(p_council uuid, p_log text) OWNER TO entaku_audit_owner;

-- Name: note(uuid, text, bytea, bytea, bytea, bytea, bytea, bytea, bytea, bigint, bytea[], bytea, bytea, bytea, text, text, bytea, bytea); Type: FUNCTION; Schema: audit; Owner: entaku_audit_owner

CREATE FUNCTION audit.note(p_council uuid, p_kind text, p_leaf bytea, p_key_id bytea, p_key_ct bytea, p_did bytea, p_wid bytea, p_aid bytea, p_case bytea, p_gate bigint, p_objects bytea[], p_bound bytea, p_to bytea, p_basis bytea, p_purpose text, p_result text, p_request bytea, p_nonce bytea) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
DECLARE
  v_id bigint := audit.append(p_council, 'ops', p_kind, p_leaf);
BEGIN
  INSERT INTO audit.fact (entry_id, council_id, key_id, key_ct, did, wid, aid, case_id, gate, objects, bound, to_dids, basis, purpose, result, request, nonce)
    VALUES (v_id, p_council, p_key_id, p_key_ct, p_did, p_wid, p_aid, p_case, p_gate, p_objects, p_bound, p_to, p_basis, p_purpose, p_result, p_request, p_nonce);
  RETURN v_id;
END $$;

ALTER FUNCTION audit.note(p_council uuid, p_kind text, p_leaf bytea, p_key_id bytea, p_key_ct bytea, p_did bytea, p_wid bytea, p_aid bytea, p_case bytea, p_gate bigint, p_objects bytea[], p_bound bytea, p_to bytea, p_basis bytea, p_purpose text, p_result text, p_request bytea, p_nonce bytea) OWNER TO entaku_audit_owner;

-- Name: open_logs(uuid, text, text[], text, text[]); Type: FUNCTION; Schema: audit; Owner: entaku_audit_owner

CREATE FUNCTION audit.open_logs(p_council uuid, p_id_origin text, p_id_vkeys text[], p_ops_origin text, p_ops_vkeys text[]) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
BEGIN
  PERFORM audit.enter(p_council);
  INSERT INTO audit.log (council_id, name, origin, vkeys)
    VALUES (p_council, 'id', p_id_origin, p_id_vkeys), (p_council, 'ops', p_ops_origin, p_ops_vkeys);
END $$;

ALTER FUNCTION audit.open_logs(p_council uuid, p_id_origin text, p_id_vkeys text[], p_ops_origin text, p_ops_vkeys text[]) OWNER TO entaku_audit_owner;

-- Name: query(uuid, bigint, bytea, bytea, bytea, bytea, timestamp with time zone, timestamp with time zone, bigint, integer); Type: FUNCTION; Schema: audit; Owner: entaku_audit_owner

CREATE FUNCTION audit.query(p_council uuid, p_entry bigint, p_did bytea, p_case bytea, p_wid bytea, p_aid bytea, p_since timestamp with time zone, p_until timestamp with time zone, p_after bigint, p_limit integer) RETURNS TABLE(idx bigint, entry_id bigint, at timestamp with time zone, kind text, leaf bytea, key_id bytea, wrapped bytea, key_ct bytea, did bytea, wid bytea, aid bytea, case_id bytea, objects bytea[], to_dids bytea, basis bytea, purpose text, result text, request bytea)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
#variable_conflict use_column
DECLARE
  v_fact audit.fact;
BEGIN
  PERFORM audit.enter(p_council);
  v_fact := audit.require_ticket(p_council, p_entry, p_did);
  IF (SELECT e.kind FROM audit.entry e WHERE e.id = p_entry) <> 'audit.query'
     OR p_aid IS NOT NULL OR NOT audit.is_question(v_fact, p_case, p_wid, p_since, p_until, p_after)
  THEN
    RAISE EXCEPTION 'no ticket' USING ERRCODE = '42501';
  END IF;
  RETURN QUERY
    SELECT l.idx, e.id, e.at, e.kind, e.leaf, f.key_id::bytea, k.wrapped, f.key_ct, f.did::bytea, f.wid::bytea,
           f.aid::bytea, f.case_id::bytea, f.objects, f.to_dids, f.basis::bytea, f.purpose, f.result, f.request
      FROM audit.log g JOIN audit.leaf l ON l.log_id = g.log_id JOIN audit.entry e ON e.id = l.entry_id
      LEFT JOIN audit.fact f ON f.entry_id = e.id
      LEFT JOIN audit.case_key k ON k.council_id = f.council_id AND k.key_id = f.key_id
     WHERE g.council_id = p_council AND g.name = 'ops' AND l.idx > p_after
       AND (p_case IS NULL OR f.case_id = p_case) AND (p_wid IS NULL OR f.wid = p_wid)
       AND (p_since IS NULL OR e.at >= p_since) AND (p_until IS NULL OR e.at < p_until)
       AND (v_fact.purpose <> 'audit.denied' OR f.result <> '')
     ORDER BY l.idx LIMIT p_limit;
END $$;

ALTER FUNCTION audit.query(p_council uuid, p_entry bigint, p_did bytea, p_case bytea, p_wid bytea, p_aid bytea, p_since timestamp with time zone, p_until timestamp with time zone, p_after bigint, p_limit integer) OWNER TO entaku_audit_owner;

-- Name: refuse(); Type: FUNCTION; Schema: audit; Owner: entaku_audit_owner

CREATE FUNCTION audit.refuse() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$ BEGIN RAISE EXCEPTION 'insert-only: %', TG_TABLE_NAME USING ERRCODE = '42501'; END $$;

ALTER FUNCTION audit.refuse() OWNER TO entaku_audit_owner;

-- Name: require_ticket(uuid, bigint, bytea); Type: FUNCTION; Schema: audit; Owner: entaku_audit_owner

CREATE FUNCTION audit.require_ticket(p_council uuid, p_entry bigint, p_did bytea) RETURNS audit.fact
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

ALTER FUNCTION audit.require_ticket(p_council uuid, p_entry bigint, p_did bytea) OWNER TO entaku_audit_owner;

-- Name: tile_bytes(uuid, text, bigint, bigint, bigint); Type: FUNCTION; Schema: audit; Owner: entaku_audit_owner

CREATE FUNCTION audit.tile_bytes(p_council uuid, p_log text, p_level bigint, p_n bigint, p_width bigint) RETURNS bytea
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

ALTER FUNCTION audit.tile_bytes(p_council uuid, p_log text, p_level bigint, p_n bigint, p_width bigint) OWNER TO entaku_audit_owner;

-- Name: admit(uuid, bigint, timestamp with time zone, bytea, text, bytea, bytea, bytea, bytea, bytea[], bytea[], bytea, bytea, text, bytea, bytea[], timestamp with time zone[], bytea[]); Type: FUNCTION; Schema: room; Owner: entaku_room_owner

CREATE FUNCTION room.admit(p_council uuid, p_id_rev bigint, p_now timestamp with time zone, p_sid bytea, p_typ text, p_prev bytea, p_payload bytea, p_case bytea, p_leaf bytea, p_pk bytea[], p_sig bytea[], p_ekh bytea, p_ek bytea, p_name text, p_salt bytea, p_touch bytea[], p_until timestamp with time zone[], p_done bytea[]) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
DECLARE
  v_entry bigint;
BEGIN
  PERFORM audit.enter(p_council);
  PERFORM room.move_council(p_council, p_id_rev, 1);
  v_entry := room.put_statement(p_council, p_id_rev + 1, p_now, p_sid, p_typ, p_prev, p_payload, p_case, p_leaf);
  INSERT INTO room.statement_sig (sid, pk, council_id, sig) SELECT p_sid, u.pk, p_council, u.sig FROM unnest(p_pk, p_sig) AS u(pk, sig);
  IF p_ek IS NOT NULL THEN
    INSERT INTO room.ek (council_id, ekh, ek) VALUES (p_council, p_ekh, p_ek) ON CONFLICT DO NOTHING;
  END IF;
  IF p_name IS NOT NULL THEN
    INSERT INTO room.name (sid, council_id, name, salt) VALUES (p_sid, p_council, p_name, p_salt);
  END IF;
  PERFORM FROM room.room r WHERE r.council_id = p_council AND r.case_id = ANY (p_touch) ORDER BY r.case_id FOR UPDATE;
  UPDATE room.room r SET gate = r.gate + 1, gate_until = coalesce(t.until, r.gate_until)
    FROM unnest(p_touch, p_until) AS t(case_id, until) WHERE r.council_id = p_council AND r.case_id = t.case_id;
  DELETE FROM room.pending p WHERE p.council_id = p_council AND p.key = ANY (p_done);
  RETURN v_entry;
END $$;

ALTER FUNCTION room.admit(p_council uuid, p_id_rev bigint, p_now timestamp with time zone, p_sid bytea, p_typ text, p_prev bytea, p_payload bytea, p_case bytea, p_leaf bytea, p_pk bytea[], p_sig bytea[], p_ekh bytea, p_ek bytea, p_name text, p_salt bytea, p_touch bytea[], p_until timestamp with time zone[], p_done bytea[]) OWNER TO entaku_room_owner;

-- Name: challenge(uuid, bytea, timestamp with time zone, timestamp with time zone); Type: FUNCTION; Schema: room; Owner: entaku_room_owner

CREATE FUNCTION room.challenge(p_council uuid, p_nonce bytea, p_until timestamp with time zone, p_now timestamp with time zone) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
BEGIN
  PERFORM audit.enter(p_council);
  DELETE FROM room.challenge c WHERE c.council_id = p_council AND c.until <= p_now;
  INSERT INTO room.challenge (council_id, nonce, until) VALUES (p_council, p_nonce, p_until);
END $$;

ALTER FUNCTION room.challenge(p_council uuid, p_nonce bytea, p_until timestamp with time zone, p_now timestamp with time zone) OWNER TO entaku_room_owner;

-- Name: commit(uuid, bytea, text, bytea, bigint, bigint, bigint, bigint, bigint, timestamp with time zone, integer, integer, bigint, timestamp with time zone, bytea[], bytea[], text[], text[], bytea[], bigint[], bigint[], bytea[], integer[], bytea[], bytea[], bytea[], bytea[], text[], bytea[], bytea[], bytea[], bytea[], bytea[], bytea[], bytea[], bytea[], integer[], bytea[], bytea[], text[], bytea[], bytea[], bytea[], bytea[], bytea[], bytea[]); Type: FUNCTION; Schema: room; Owner: entaku_room_owner

CREATE FUNCTION room.commit(p_council uuid, p_case bytea, p_code text, p_fh bytea, p_id_rev bigint, p_idn bigint, p_gate bigint, p_n bigint, p_rev bigint, p_now timestamp with time zone, p_gate_by integer, p_rev_by integer, p_next_n bigint, p_gate_until timestamp with time zone, r_id bytea[], r_sg bytea[], r_form text[], r_kind text[], r_did bytea[], r_ctr bigint[], r_n bigint[], r_slot bytea[], r_entry integer[], r_bare bytea[], r_ct bytea[], b_hash bytea[], b_bytes bytea[], e_kind text[], e_did bytea[], e_wid bytea[], e_aid bytea[], e_leaf bytea[], e_key_ct bytea[], e_bound bytea[], e_to bytea[], e_basis bytea[], e_upto integer[], o_value bytea[], s_sid bytea[], s_typ text[], s_prev bytea[], s_payload bytea[], s_leaf bytea[], g_sid bytea[], g_pk bytea[], g_sig bytea[]) RETURNS TABLE(seq bigint, fh bytea, entry_id bigint)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
#variable_conflict use_column
DECLARE
  v_room room.room;
  v_gate bigint := p_gate + p_gate_by;   -- entries carry the gate after this batch, or nobody could fetch its pushes
  v_entries bigint[] := '{}';
  v_rows integer := cardinality(r_id);
  v_fhs bytea[] := '{}';
  v_fh bytea;
  k integer;
BEGIN
  PERFORM audit.enter(p_council);
  IF cardinality(s_sid) > 0 THEN
    PERFORM room.move_council(p_council, p_id_rev, cardinality(s_sid));
    FOR k IN 1 .. cardinality(s_sid) LOOP
      PERFORM room.put_statement(p_council, p_id_rev + k, p_now, s_sid[k], s_typ[k], s_prev[k], s_payload[k], p_case, s_leaf[k]);
    END LOOP;
    INSERT INTO room.statement_sig (sid, pk, council_id, sig) SELECT u.sid, u.pk, p_council, u.sig FROM unnest(g_sid, g_pk, g_sig) AS u(sid, pk, sig);
    DELETE FROM room.pending p WHERE p.council_id = p_council AND p.key = ANY (s_sid);
  END IF;
  IF p_code IS NOT NULL THEN
    INSERT INTO room.room (case_id, council_id, code, fh) VALUES (p_case, p_council, p_code, p_fh);
    DELETE FROM room.pending p WHERE p.council_id = p_council AND p.key = p_case;
  END IF;
  FOR k IN 1 .. cardinality(e_kind) LOOP
    v_entries := v_entries || audit.note(p_council, e_kind[k], e_leaf[k], p_case, e_key_ct[k], e_did[k], e_wid[k], e_aid[k], p_case, v_gate,
                                         o_value[coalesce(e_upto[k - 1], 0) + 1 : e_upto[k]], e_bound[k], e_to[k], e_basis[k], NULL, '', NULL, NULL);
  END LOOP;
  INSERT INTO room.body (case_id, id, council_id, bare, ct)
    SELECT p_case, u.id, p_council, u.bare, u.ct FROM unnest(r_id, r_bare, r_ct) AS u(id, bare, ct);
  IF cardinality(b_hash) > 0 THEN
    INSERT INTO room.blob (case_id, h, council_id, bytes) SELECT p_case, u.h, p_council, u.bytes FROM unnest(b_hash, b_bytes) AS u(h, bytes);
  END IF;

  -- The row lock starts here. Each statement below sees what was committed before it, so what is
  -- compared under the lock cannot be older than the room's last row.
  SELECT * INTO v_room FROM room.room r
    WHERE r.case_id = p_case AND r.council_id = p_council AND r.gate = p_gate AND r.n = p_n AND (p_rev IS NULL OR r.rev = p_rev)
      AND p_now < r.gate_until FOR UPDATE;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'room moved' USING ERRCODE = '40001';
  END IF;
  IF p_id_rev + cardinality(s_sid) IS DISTINCT FROM (SELECT c.rev FROM room.council c WHERE c.council_id = p_council) THEN
    RAISE EXCEPTION 'statements moved' USING ERRCODE = '40001';
  END IF;
  IF p_idn IS DISTINCT FROM (SELECT coalesce(max(c.size), 0) FROM audit.checkpoint c
                              WHERE c.log_id = (SELECT l.log_id FROM audit.log l WHERE l.council_id = p_council AND l.name = 'id')) THEN
    RAISE EXCEPTION 'checkpoint moved' USING ERRCODE = '40001';
  END IF;

  v_fh := v_room.fh;
  FOR k IN 1 .. v_rows LOOP   -- protocol 5.2a: 'DSSEv1 9 shk1/feed 128 ' ‖ L(fh) ‖ L(u32 i) ‖ L(id) ‖ L(sg) ‖ L(u64 idn)
    v_fh := sha256('\x44535345763120392073686b312f666565642031323820'::bytea || '\x00000020'::bytea || v_fh
      || '\x00000004'::bytea || int4send((v_room.seq + k)::integer) || '\x00000020'::bytea || r_id[k]
      || '\x00000020'::bytea || r_sg[k] || '\x00000008'::bytea || int8send(p_idn));
    v_fhs := v_fhs || v_fh;
  END LOOP;
  INSERT INTO room.feed (case_id, seq, council_id, id, sg, idn, fh, at, form, kind, did, ctr, n, slot, entry_id)
    SELECT p_case, v_room.seq + u.i, p_council, u.id, u.sg, p_idn, v_fhs[u.i], p_now, u.form, u.kind,
           u.did, u.ctr, u.n, u.slot, v_entries[u.entry]
      FROM unnest(r_id, r_sg, r_form, r_kind, r_did, r_ctr, r_n, r_slot, r_entry) WITH ORDINALITY AS u(id, sg, form, kind, did, ctr, n, slot, entry, i);
  UPDATE room.room r SET seq = v_room.seq + v_rows, fh = v_fh, gate = v_gate, rev = v_room.rev + p_rev_by,
      n = coalesce(p_next_n, v_room.n), gate_until = coalesce(p_gate_until, v_room.gate_until)
    WHERE r.case_id = p_case;
  RETURN QUERY SELECT v_room.seq + u.i, u.fh, v_entries[u.entry] FROM unnest(v_fhs, r_entry) WITH ORDINALITY AS u(fh, entry, i);
END $$;

ALTER FUNCTION room.commit(p_council uuid, p_case bytea, p_code text, p_fh bytea, p_id_rev bigint, p_idn bigint, p_gate bigint, p_n bigint, p_rev bigint, p_now timestamp with time zone, p_gate_by integer, p_rev_by integer, p_next_n bigint, p_gate_until timestamp with time zone, r_id bytea[], r_sg bytea[], r_form text[], r_kind text[], r_did bytea[], r_ctr bigint[], r_n bigint[], r_slot bytea[], r_entry integer[], r_bare bytea[], r_ct bytea[], b_hash bytea[], b_bytes bytea[], e_kind text[], e_did bytea[], e_wid bytea[], e_aid bytea[], e_leaf bytea[], e_key_ct bytea[], e_bound bytea[], e_to bytea[], e_basis bytea[], e_upto integer[], o_value bytea[], s_sid bytea[], s_typ text[], s_prev bytea[], s_payload bytea[], s_leaf bytea[], g_sid bytea[], g_pk bytea[], g_sig bytea[]) OWNER TO entaku_room_owner;

-- Name: committed(uuid, bytea, bytea[]); Type: FUNCTION; Schema: room; Owner: entaku_room_owner

CREATE FUNCTION room.committed(p_council uuid, p_case bytea, p_ids bytea[]) RETURNS TABLE(id bytea, did bytea, seq bigint, fh bytea, idn bigint, at timestamp with time zone, ops_leaf bytea, id_leaf bytea)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
#variable_conflict use_column
BEGIN
  PERFORM audit.enter(p_council);
  RETURN QUERY
    SELECT f.id::bytea, f.did::bytea, f.seq, f.fh::bytea, f.idn, f.at, e.leaf_hash, i.leaf_hash
      FROM room.feed f JOIN audit.entry e ON e.id = f.entry_id
      LEFT JOIN room.statement s ON s.sid = f.id LEFT JOIN audit.entry i ON i.id = s.entry_id
     WHERE f.council_id = p_council AND f.case_id = p_case AND f.id = ANY (p_ids) ORDER BY f.seq;
END $$;

ALTER FUNCTION room.committed(p_council uuid, p_case bytea, p_ids bytea[]) OWNER TO entaku_room_owner;

-- Name: forget_live(uuid, text, timestamp with time zone); Type: FUNCTION; Schema: room; Owner: entaku_room_owner

CREATE FUNCTION room.forget_live(p_council uuid, p_node text, p_before timestamp with time zone) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
BEGIN
  PERFORM audit.enter(p_council);
  DELETE FROM room.live l WHERE l.council_id = p_council AND (l.node = p_node OR l.seen < p_before);
END $$;

ALTER FUNCTION room.forget_live(p_council uuid, p_node text, p_before timestamp with time zone) OWNER TO entaku_room_owner;

-- Name: listen(uuid, bytea, bytea, bytea, bytea, bytea, text, timestamp with time zone); Type: FUNCTION; Schema: room; Owner: entaku_room_owner

CREATE FUNCTION room.listen(p_council uuid, p_sub bytea, p_case bytea, p_sit bytea, p_did bytea, p_wid bytea, p_node text, p_now timestamp with time zone) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
BEGIN
  PERFORM audit.enter(p_council);
  INSERT INTO room.live (sub_id, council_id, case_id, sit, did, wid, node, seen)
    VALUES (p_sub, p_council, p_case, p_sit, p_did, p_wid, p_node, p_now)
    ON CONFLICT (sub_id) DO UPDATE SET seen = p_now;
END $$;

ALTER FUNCTION room.listen(p_council uuid, p_sub bytea, p_case bytea, p_sit bytea, p_did bytea, p_wid bytea, p_node text, p_now timestamp with time zone) OWNER TO entaku_room_owner;

-- Name: listeners(uuid, bytea); Type: FUNCTION; Schema: room; Owner: entaku_room_owner

CREATE FUNCTION room.listeners(p_council uuid, p_case bytea) RETURNS TABLE(sub_id bytea, sit bytea, did bytea, wid bytea, node text, seen timestamp with time zone)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
#variable_conflict use_column
BEGIN
  PERFORM audit.enter(p_council);
  RETURN QUERY
    SELECT l.sub_id::bytea, l.sit::bytea, l.did::bytea, l.wid::bytea, l.node, l.seen FROM room.live l
     WHERE l.council_id = p_council AND l.case_id = p_case ORDER BY l.sub_id;
END $$;

ALTER FUNCTION room.listeners(p_council uuid, p_case bytea) OWNER TO entaku_room_owner;

-- Name: move_council(uuid, bigint, integer); Type: FUNCTION; Schema: room; Owner: entaku_room_owner

CREATE FUNCTION room.move_council(p_council uuid, p_rev bigint, p_by integer) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
BEGIN
  UPDATE room.council c SET rev = c.rev + p_by WHERE c.council_id = p_council AND c.rev = p_rev;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'statements moved' USING ERRCODE = '40001';
  END IF;
END $$;

ALTER FUNCTION room.move_council(p_council uuid, p_rev bigint, p_by integer) OWNER TO entaku_room_owner;

-- Name: move_gate(uuid, bytea, bigint, timestamp with time zone); Type: FUNCTION; Schema: room; Owner: entaku_room_owner

CREATE FUNCTION room.move_gate(p_council uuid, p_case bytea, p_gate bigint, p_until timestamp with time zone) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
BEGIN
  PERFORM audit.enter(p_council);
  UPDATE room.room r SET gate = r.gate + 1, gate_until = p_until WHERE r.council_id = p_council AND r.case_id = p_case AND r.gate = p_gate;
  RETURN FOUND;
END $$;

ALTER FUNCTION room.move_gate(p_council uuid, p_case bytea, p_gate bigint, p_until timestamp with time zone) OWNER TO entaku_room_owner;

-- Name: names(uuid, bytea[]); Type: FUNCTION; Schema: room; Owner: entaku_room_owner

CREATE FUNCTION room.names(p_council uuid, p_sids bytea[]) RETURNS TABLE(sid bytea, name text, salt bytea)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
#variable_conflict use_column
BEGIN
  PERFORM audit.enter(p_council);
  RETURN QUERY SELECT m.sid::bytea, m.name, m.salt::bytea FROM room.name m WHERE m.council_id = p_council AND m.sid = ANY (p_sids) ORDER BY m.sid;
END $$;

ALTER FUNCTION room.names(p_council uuid, p_sids bytea[]) OWNER TO entaku_room_owner;

-- Name: pend(uuid, bytea, text, bytea, bytea[], bytea[], bytea, bytea, timestamp with time zone, timestamp with time zone, text); Type: FUNCTION; Schema: room; Owner: entaku_room_owner

CREATE FUNCTION room.pend(p_council uuid, p_key bytea, p_typ text, p_payload bytea, p_pk bytea[], p_sig bytea[], p_mac bytea, p_beside bytea, p_until timestamp with time zone, p_now timestamp with time zone, p_answers text) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
BEGIN
  PERFORM audit.enter(p_council);
  DELETE FROM room.pending p WHERE p.council_id = p_council AND (p.until <= p_now OR p.key = p_key AND p.typ = p_answers);
  INSERT INTO room.pending (council_id, key, typ, payload, pk, sig, mac, beside, until)
    VALUES (p_council, p_key, p_typ, p_payload, p_pk, p_sig, p_mac, p_beside, p_until);
END $$;

ALTER FUNCTION room.pend(p_council uuid, p_key bytea, p_typ text, p_payload bytea, p_pk bytea[], p_sig bytea[], p_mac bytea, p_beside bytea, p_until timestamp with time zone, p_now timestamp with time zone, p_answers text) OWNER TO entaku_room_owner;

-- Name: put_statement(uuid, bigint, timestamp with time zone, bytea, text, bytea, bytea, bytea, bytea); Type: FUNCTION; Schema: room; Owner: entaku_room_owner

CREATE FUNCTION room.put_statement(p_council uuid, p_rev bigint, p_now timestamp with time zone, p_sid bytea, p_typ text, p_prev bytea, p_payload bytea, p_case bytea, p_leaf bytea) RETURNS bigint
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
DECLARE
  v_entry bigint := audit.append(p_council, 'id', p_typ, p_leaf);
BEGIN
  INSERT INTO room.statement (sid, council_id, rev, typ, prev, payload, case_id, at, entry_id)
    VALUES (p_sid, p_council, p_rev, p_typ, p_prev, p_payload, p_case, p_now, v_entry);
  RETURN v_entry;
END $$;

ALTER FUNCTION room.put_statement(p_council uuid, p_rev bigint, p_now timestamp with time zone, p_sid bytea, p_typ text, p_prev bytea, p_payload bytea, p_case bytea, p_leaf bytea) OWNER TO entaku_room_owner;

-- Name: read(uuid, bigint, bytea, timestamp with time zone); Type: FUNCTION; Schema: room; Owner: entaku_room_owner

CREATE FUNCTION room.read(p_council uuid, p_entry bigint, p_did bytea, p_now timestamp with time zone) RETURNS TABLE(id bytea, bare bytea, ct bytea)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
#variable_conflict use_column
DECLARE
  v_fact audit.fact;
  v_ids bytea[];
BEGIN
  PERFORM audit.enter(p_council);
  v_fact := audit.require_ticket(p_council, p_entry, p_did);
  PERFORM FROM room.room r WHERE r.case_id = v_fact.case_id AND r.gate = v_fact.gate AND greatest(p_now, clock_timestamp()) < r.gate_until;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'room moved' USING ERRCODE = '40001';
  END IF;
  v_ids := ARRAY(SELECT substr(v_fact.bound, o, 32) FROM generate_series(1, octet_length(v_fact.bound), 32) o);
  RETURN QUERY
    SELECT b.id::bytea, b.bare, b.ct FROM room.body b WHERE b.case_id = v_fact.case_id AND b.id = ANY (v_ids)
    UNION ALL
    SELECT b.h::bytea, ''::bytea, b.bytes FROM room.blob b WHERE b.case_id = v_fact.case_id AND b.h = ANY (v_ids);
END $$;

ALTER FUNCTION room.read(p_council uuid, p_entry bigint, p_did bytea, p_now timestamp with time zone) OWNER TO entaku_room_owner;

-- Name: reserve(uuid, text, text, text[], text, text[]); Type: FUNCTION; Schema: room; Owner: entaku_room_owner

CREATE FUNCTION room.reserve(p_council uuid, p_slug text, p_id_origin text, p_id_vkeys text[], p_ops_origin text, p_ops_vkeys text[]) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
BEGIN
  PERFORM audit.enter(p_council);
  INSERT INTO room.council (council_id, slug) VALUES (p_council, p_slug);
  PERFORM audit.open_logs(p_council, p_id_origin, p_id_vkeys, p_ops_origin, p_ops_vkeys);
END $$;

ALTER FUNCTION room.reserve(p_council uuid, p_slug text, p_id_origin text, p_id_vkeys text[], p_ops_origin text, p_ops_vkeys text[]) OWNER TO entaku_room_owner;

-- Name: rooms(uuid); Type: FUNCTION; Schema: room; Owner: entaku_room_owner

CREATE FUNCTION room.rooms(p_council uuid) RETURNS TABLE(case_id bytea, code text, gate bigint, gate_until timestamp with time zone, n bigint, seq bigint)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
#variable_conflict use_column
BEGIN
  PERFORM audit.enter(p_council);
  RETURN QUERY SELECT r.case_id::bytea, r.code, r.gate, r.gate_until, r.n, r.seq FROM room.room r WHERE r.council_id = p_council ORDER BY r.code;
END $$;

ALTER FUNCTION room.rooms(p_council uuid) OWNER TO entaku_room_owner;

-- Name: rows(uuid, bytea, bigint, integer); Type: FUNCTION; Schema: room; Owner: entaku_room_owner

CREATE FUNCTION room.rows(p_council uuid, p_case bytea, p_after bigint, p_limit integer) RETURNS TABLE(seq bigint, id bytea, sg bytea, idn bigint, fh bytea, at timestamp with time zone, form text, kind text, did bytea, n bigint, entry_id bigint, bare bytea)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
#variable_conflict use_column
BEGIN
  PERFORM audit.enter(p_council);
  RETURN QUERY
    SELECT f.seq, f.id::bytea, f.sg::bytea, f.idn, f.fh::bytea, f.at, f.form, f.kind, f.did::bytea, f.n, f.entry_id, b.bare
      FROM room.feed f JOIN room.body b ON b.case_id = f.case_id AND b.id = f.id
     WHERE f.council_id = p_council AND f.case_id = p_case AND f.seq > p_after ORDER BY f.seq LIMIT p_limit;
END $$;

ALTER FUNCTION room.rows(p_council uuid, p_case bytea, p_after bigint, p_limit integer) OWNER TO entaku_room_owner;

-- Name: sealing_keys(uuid, bytea[]); Type: FUNCTION; Schema: room; Owner: entaku_room_owner

CREATE FUNCTION room.sealing_keys(p_council uuid, p_ekhs bytea[]) RETURNS TABLE(ekh bytea, ek bytea)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
#variable_conflict use_column
BEGIN
  PERFORM audit.enter(p_council);
  RETURN QUERY SELECT k.ekh::bytea, k.ek FROM room.ek k WHERE k.council_id = p_council AND k.ekh = ANY (p_ekhs) ORDER BY k.ekh;
END $$;

ALTER FUNCTION room.sealing_keys(p_council uuid, p_ekhs bytea[]) OWNER TO entaku_room_owner;

-- Name: snapshot(uuid, bytea); Type: FUNCTION; Schema: room; Owner: entaku_room_owner

CREATE FUNCTION room.snapshot(p_council uuid, p_case bytea) RETURNS TABLE(code text, gate bigint, gate_until timestamp with time zone, rev bigint, n bigint, seq bigint, fh bytea, id_rev bigint, idn bigint)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
#variable_conflict use_column
BEGIN
  PERFORM audit.enter(p_council);
  RETURN QUERY
    SELECT r.code, r.gate, r.gate_until, r.rev, r.n, r.seq, r.fh::bytea, c.rev,
           (SELECT coalesce(max(k.size), 0) FROM audit.checkpoint k JOIN audit.log l ON l.log_id = k.log_id
             WHERE l.council_id = p_council AND l.name = 'id')
      FROM room.room r JOIN room.council c ON c.council_id = r.council_id
     WHERE r.council_id = p_council AND r.case_id = p_case;
END $$;

ALTER FUNCTION room.snapshot(p_council uuid, p_case bytea) OWNER TO entaku_room_owner;

-- Name: statements(uuid, bigint, integer); Type: FUNCTION; Schema: room; Owner: entaku_room_owner

CREATE FUNCTION room.statements(p_council uuid, p_after bigint, p_limit integer) RETURNS TABLE(rev bigint, sid bytea, typ text, payload bytea, case_id bytea, at timestamp with time zone, leaf bytea, pk bytea[], sig bytea[])
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
#variable_conflict use_column
BEGIN
  PERFORM audit.enter(p_council);
  RETURN QUERY
    SELECT s.rev, s.sid::bytea, s.typ, s.payload, s.case_id::bytea, s.at, e.leaf,
           ARRAY(SELECT g.pk::bytea FROM room.statement_sig g WHERE g.sid = s.sid ORDER BY g.pk),
           ARRAY(SELECT g.sig FROM room.statement_sig g WHERE g.sid = s.sid ORDER BY g.pk)
      FROM room.statement s JOIN audit.entry e ON e.id = s.entry_id
     WHERE s.council_id = p_council AND s.rev > p_after ORDER BY s.rev LIMIT p_limit;
END $$;

ALTER FUNCTION room.statements(p_council uuid, p_after bigint, p_limit integer) OWNER TO entaku_room_owner;

-- Name: take_challenge(uuid, bytea, timestamp with time zone); Type: FUNCTION; Schema: room; Owner: entaku_room_owner

CREATE FUNCTION room.take_challenge(p_council uuid, p_nonce bytea, p_now timestamp with time zone) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
DECLARE
  v_until timestamptz;
BEGIN
  PERFORM audit.enter(p_council);
  DELETE FROM room.challenge c WHERE c.council_id = p_council AND c.nonce = p_nonce RETURNING c.until INTO v_until;
  RETURN coalesce(p_now < v_until, false);
END $$;

ALTER FUNCTION room.take_challenge(p_council uuid, p_nonce bytea, p_now timestamp with time zone) OWNER TO entaku_room_owner;

-- Name: unlisten(uuid, bytea[]); Type: FUNCTION; Schema: room; Owner: entaku_room_owner

CREATE FUNCTION room.unlisten(p_council uuid, p_subs bytea[]) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
BEGIN
  PERFORM audit.enter(p_council);
  DELETE FROM room.live l WHERE l.council_id = p_council AND l.sub_id = ANY (p_subs);
END $$;

ALTER FUNCTION room.unlisten(p_council uuid, p_subs bytea[]) OWNER TO entaku_room_owner;

-- Name: waiting(uuid, timestamp with time zone); Type: FUNCTION; Schema: room; Owner: entaku_room_owner

CREATE FUNCTION room.waiting(p_council uuid, p_now timestamp with time zone) RETURNS TABLE(key bytea, typ text, payload bytea, pk bytea[], sig bytea[], mac bytea, beside bytea, until timestamp with time zone)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
#variable_conflict use_column
BEGIN
  PERFORM audit.enter(p_council);
  RETURN QUERY
    SELECT p.key, p.typ, p.payload, p.pk, p.sig, p.mac, p.beside, p.until FROM room.pending p
     WHERE p.council_id = p_council AND p_now < p.until ORDER BY p.key;
END $$;

ALTER FUNCTION room.waiting(p_council uuid, p_now timestamp with time zone) OWNER TO entaku_room_owner;

-- Name: case_key; Type: TABLE; Schema: audit; Owner: entaku_audit_owner

CREATE TABLE audit.case_key (
    council_id uuid NOT NULL,
    key_id audit.id16 NOT NULL,
    wrapped bytea NOT NULL
);

ALTER TABLE ONLY audit.case_key FORCE ROW LEVEL SECURITY;

ALTER TABLE audit.case_key OWNER TO entaku_audit_owner;

-- Name: checkpoint; Type: TABLE; Schema: audit; Owner: entaku_audit_owner

CREATE TABLE audit.checkpoint (
    log_id bigint NOT NULL,
    size bigint NOT NULL,
    note bytea NOT NULL,
    at timestamp with time zone NOT NULL
);

ALTER TABLE ONLY audit.checkpoint FORCE ROW LEVEL SECURITY;

ALTER TABLE audit.checkpoint OWNER TO entaku_audit_owner;

-- Name: cursor; Type: TABLE; Schema: audit; Owner: entaku_audit_owner

CREATE TABLE audit.cursor (
    log_id bigint NOT NULL,
    xmin_done xid8 NOT NULL,
    sysid bigint NOT NULL
);

ALTER TABLE ONLY audit.cursor FORCE ROW LEVEL SECURITY;

ALTER TABLE audit.cursor OWNER TO entaku_audit_owner;

-- Name: entry; Type: TABLE; Schema: audit; Owner: entaku_audit_owner

CREATE TABLE audit.entry (
    id bigint NOT NULL,
    council_id uuid NOT NULL,
    log_id bigint NOT NULL,
    at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    xid xid8 DEFAULT pg_current_xact_id() NOT NULL,
    kind text NOT NULL,
    leaf bytea NOT NULL,
    leaf_hash bytea GENERATED ALWAYS AS (sha256(('\x00'::bytea || leaf))) STORED NOT NULL,
    CONSTRAINT entry_kind_check CHECK (((octet_length(kind) >= 1) AND (octet_length(kind) <= 32))),
    CONSTRAINT entry_leaf_check CHECK (((octet_length(leaf) >= 1) AND (octet_length(leaf) <= 65535)))
);

ALTER TABLE ONLY audit.entry FORCE ROW LEVEL SECURITY;

ALTER TABLE audit.entry OWNER TO entaku_audit_owner;

-- Name: entry_id_seq; Type: SEQUENCE; Schema: audit; Owner: entaku_audit_owner

ALTER TABLE audit.entry ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME audit.entry_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

-- Name: leaf; Type: TABLE; Schema: audit; Owner: entaku_audit_owner

CREATE TABLE audit.leaf (
    log_id bigint NOT NULL,
    idx bigint NOT NULL,
    entry_id bigint NOT NULL,
    leaf_hash audit.hash32 NOT NULL
);

ALTER TABLE ONLY audit.leaf FORCE ROW LEVEL SECURITY;

ALTER TABLE audit.leaf OWNER TO entaku_audit_owner;

-- Name: log; Type: TABLE; Schema: audit; Owner: entaku_audit_owner

CREATE TABLE audit.log (
    log_id bigint NOT NULL,
    council_id uuid NOT NULL,
    name text NOT NULL,
    origin text NOT NULL,
    vkeys text[] NOT NULL,
    CONSTRAINT log_name_check CHECK ((name = ANY (ARRAY['id'::text, 'ops'::text]))),
    CONSTRAINT log_vkeys_check CHECK ((cardinality(vkeys) > 0))
);

ALTER TABLE ONLY audit.log FORCE ROW LEVEL SECURITY;

ALTER TABLE audit.log OWNER TO entaku_audit_owner;

-- Name: log_log_id_seq; Type: SEQUENCE; Schema: audit; Owner: entaku_audit_owner

ALTER TABLE audit.log ALTER COLUMN log_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME audit.log_log_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

-- Name: tile; Type: TABLE; Schema: audit; Owner: entaku_audit_owner

CREATE TABLE audit.tile (
    log_id bigint NOT NULL,
    level bigint NOT NULL,
    n bigint NOT NULL,
    data bytea NOT NULL,
    root audit.hash32 NOT NULL,
    CONSTRAINT tile_data_check CHECK ((octet_length(data) = 8192))
);

ALTER TABLE ONLY audit.tile FORCE ROW LEVEL SECURITY;

ALTER TABLE audit.tile OWNER TO entaku_audit_owner;

-- Name: tree; Type: TABLE; Schema: audit; Owner: entaku_audit_owner

CREATE TABLE audit.tree (
    log_id bigint NOT NULL,
    size bigint NOT NULL,
    root audit.hash32 NOT NULL,
    at timestamp with time zone NOT NULL,
    CONSTRAINT tree_size_check CHECK ((size > 0))
);

ALTER TABLE ONLY audit.tree FORCE ROW LEVEL SECURITY;

ALTER TABLE audit.tree OWNER TO entaku_audit_owner;

-- Name: entaku_migration; Type: TABLE; Schema: public; Owner: entaku

CREATE TABLE public.entaku_migration (
    version integer NOT NULL,
    name text NOT NULL,
    digest bytea NOT NULL,
    applied_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT entaku_migration_digest_check CHECK ((octet_length(digest) = 32)),
    CONSTRAINT entaku_migration_version_check CHECK ((version > 0))
);

ALTER TABLE public.entaku_migration OWNER TO entaku;

-- Name: blob; Type: TABLE; Schema: room; Owner: entaku_room_owner

CREATE TABLE room.blob (
    case_id audit.id16 NOT NULL,
    h audit.hash32 NOT NULL,
    council_id uuid NOT NULL,
    bytes bytea NOT NULL
);

ALTER TABLE ONLY room.blob FORCE ROW LEVEL SECURITY;

ALTER TABLE room.blob OWNER TO entaku_room_owner;

-- Name: body; Type: TABLE; Schema: room; Owner: entaku_room_owner

CREATE TABLE room.body (
    case_id audit.id16 NOT NULL,
    id audit.hash32 NOT NULL,
    council_id uuid NOT NULL,
    bare bytea NOT NULL,
    ct bytea
);

ALTER TABLE ONLY room.body FORCE ROW LEVEL SECURITY;

ALTER TABLE room.body OWNER TO entaku_room_owner;

-- Name: challenge; Type: TABLE; Schema: room; Owner: entaku_room_owner

CREATE UNLOGGED TABLE room.challenge (
    council_id uuid NOT NULL,
    nonce audit.hash32 NOT NULL,
    until timestamp with time zone NOT NULL
);

ALTER TABLE ONLY room.challenge FORCE ROW LEVEL SECURITY;

ALTER TABLE room.challenge OWNER TO entaku_room_owner;

-- Name: council; Type: TABLE; Schema: room; Owner: entaku_room_owner

CREATE TABLE room.council (
    council_id uuid NOT NULL,
    slug text NOT NULL,
    rev bigint DEFAULT 0 NOT NULL,
    CONSTRAINT council_slug_check CHECK ((slug ~ '^[a-z0-9][a-z0-9-]{0,62}$'::text))
);

ALTER TABLE ONLY room.council FORCE ROW LEVEL SECURITY;

ALTER TABLE room.council OWNER TO entaku_room_owner;

-- Name: ek; Type: TABLE; Schema: room; Owner: entaku_room_owner

CREATE TABLE room.ek (
    council_id uuid NOT NULL,
    ekh audit.hash32 NOT NULL,
    ek bytea NOT NULL,
    CONSTRAINT ek_check CHECK (((octet_length(ek) = 1216) AND (sha256(ek) = (ekh)::bytea)))
);

ALTER TABLE ONLY room.ek FORCE ROW LEVEL SECURITY;

ALTER TABLE room.ek OWNER TO entaku_room_owner;

-- Name: feed; Type: TABLE; Schema: room; Owner: entaku_room_owner

CREATE TABLE room.feed (
    case_id audit.id16 NOT NULL,
    seq bigint NOT NULL,
    council_id uuid NOT NULL,
    id audit.hash32 NOT NULL,
    sg audit.hash32 NOT NULL,
    idn bigint NOT NULL,
    fh audit.hash32 NOT NULL,
    at timestamp with time zone NOT NULL,
    form text NOT NULL,
    kind text NOT NULL,
    did audit.id16,
    ctr bigint,
    n bigint NOT NULL,
    slot audit.hash32,
    entry_id bigint NOT NULL,
    CONSTRAINT feed_check CHECK (((form = 'env'::text) = ((did IS NOT NULL) AND (ctr IS NOT NULL)))),
    CONSTRAINT feed_form_check CHECK ((form = ANY (ARRAY['env'::text, 'stm'::text])))
);

ALTER TABLE ONLY room.feed FORCE ROW LEVEL SECURITY;

ALTER TABLE room.feed OWNER TO entaku_room_owner;

-- Name: live; Type: TABLE; Schema: room; Owner: entaku_room_owner

CREATE UNLOGGED TABLE room.live (
    sub_id audit.id16 NOT NULL,
    council_id uuid NOT NULL,
    case_id audit.id16 NOT NULL,
    sit audit.id16,
    did audit.id16 NOT NULL,
    wid audit.id16 NOT NULL,
    node text NOT NULL,
    seen timestamp with time zone NOT NULL
);

ALTER TABLE ONLY room.live FORCE ROW LEVEL SECURITY;

ALTER TABLE room.live OWNER TO entaku_room_owner;

-- Name: name; Type: TABLE; Schema: room; Owner: entaku_room_owner

CREATE TABLE room.name (
    sid audit.hash32 NOT NULL,
    council_id uuid NOT NULL,
    name text NOT NULL,
    salt audit.hash32 NOT NULL
);

ALTER TABLE ONLY room.name FORCE ROW LEVEL SECURITY;

ALTER TABLE room.name OWNER TO entaku_room_owner;

-- Name: pending; Type: TABLE; Schema: room; Owner: entaku_room_owner

CREATE TABLE room.pending (
    council_id uuid NOT NULL,
    key bytea NOT NULL,
    typ text NOT NULL,
    payload bytea NOT NULL,
    pk bytea[] NOT NULL,
    sig bytea[] NOT NULL,
    mac bytea,
    beside bytea,
    until timestamp with time zone NOT NULL,
    CONSTRAINT pending_check CHECK (((cardinality(sig) = cardinality(pk)) AND (cardinality(sig) <= 16))),
    CONSTRAINT pending_key_check CHECK ((octet_length(key) = ANY (ARRAY[16, 32])))
);

ALTER TABLE ONLY room.pending FORCE ROW LEVEL SECURITY;

ALTER TABLE room.pending OWNER TO entaku_room_owner;

-- Name: room; Type: TABLE; Schema: room; Owner: entaku_room_owner

CREATE TABLE room.room (
    case_id audit.id16 NOT NULL,
    council_id uuid NOT NULL,
    code text NOT NULL,
    gate bigint DEFAULT 1 NOT NULL,
    gate_until timestamp with time zone DEFAULT '9999-12-31 00:00:00+00'::timestamp with time zone NOT NULL,
    rev bigint DEFAULT 0 NOT NULL,
    n bigint DEFAULT '-1'::integer NOT NULL,
    seq bigint DEFAULT 0 NOT NULL,
    fh audit.hash32 NOT NULL,
    CONSTRAINT room_gate_until_check CHECK (isfinite(gate_until))
);

ALTER TABLE ONLY room.room FORCE ROW LEVEL SECURITY;

ALTER TABLE room.room OWNER TO entaku_room_owner;

-- Name: statement; Type: TABLE; Schema: room; Owner: entaku_room_owner

CREATE TABLE room.statement (
    sid audit.hash32 NOT NULL,
    council_id uuid NOT NULL,
    rev bigint NOT NULL,
    typ text NOT NULL,
    prev audit.hash32,
    payload bytea NOT NULL,
    case_id audit.id16,
    at timestamp with time zone NOT NULL,
    entry_id bigint NOT NULL
);

ALTER TABLE ONLY room.statement FORCE ROW LEVEL SECURITY;

ALTER TABLE room.statement OWNER TO entaku_room_owner;

-- Name: statement_sig; Type: TABLE; Schema: room; Owner: entaku_room_owner

CREATE TABLE room.statement_sig (
    sid audit.hash32 NOT NULL,
    pk audit.hash32 NOT NULL,
    council_id uuid NOT NULL,
    sig bytea NOT NULL,
    CONSTRAINT statement_sig_sig_check CHECK ((octet_length(sig) = 64))
);

ALTER TABLE ONLY room.statement_sig FORCE ROW LEVEL SECURITY;

ALTER TABLE room.statement_sig OWNER TO entaku_room_owner;

-- Name: case_key case_key_pkey; Type: CONSTRAINT; Schema: audit; Owner: entaku_audit_owner

ALTER TABLE ONLY audit.case_key
    ADD CONSTRAINT case_key_pkey PRIMARY KEY (council_id, key_id);

-- Name: checkpoint checkpoint_pkey; Type: CONSTRAINT; Schema: audit; Owner: entaku_audit_owner

ALTER TABLE ONLY audit.checkpoint
    ADD CONSTRAINT checkpoint_pkey PRIMARY KEY (log_id, size);

-- Name: cursor cursor_pkey; Type: CONSTRAINT; Schema: audit; Owner: entaku_audit_owner

ALTER TABLE ONLY audit.cursor
    ADD CONSTRAINT cursor_pkey PRIMARY KEY (log_id);

-- Name: entry entry_pkey; Type: CONSTRAINT; Schema: audit; Owner: entaku_audit_owner

ALTER TABLE ONLY audit.entry
    ADD CONSTRAINT entry_pkey PRIMARY KEY (id);

-- Name: fact fact_pkey; Type: CONSTRAINT; Schema: audit; Owner: entaku_audit_owner

ALTER TABLE ONLY audit.fact
    ADD CONSTRAINT fact_pkey PRIMARY KEY (entry_id);

-- Name: leaf leaf_entry_id_key; Type: CONSTRAINT; Schema: audit; Owner: entaku_audit_owner

ALTER TABLE ONLY audit.leaf
    ADD CONSTRAINT leaf_entry_id_key UNIQUE (entry_id);

-- Name: leaf leaf_pkey; Type: CONSTRAINT; Schema: audit; Owner: entaku_audit_owner

ALTER TABLE ONLY audit.leaf
    ADD CONSTRAINT leaf_pkey PRIMARY KEY (log_id, idx);

-- Name: log log_council_id_name_key; Type: CONSTRAINT; Schema: audit; Owner: entaku_audit_owner

ALTER TABLE ONLY audit.log
    ADD CONSTRAINT log_council_id_name_key UNIQUE (council_id, name);

-- Name: log log_origin_key; Type: CONSTRAINT; Schema: audit; Owner: entaku_audit_owner

ALTER TABLE ONLY audit.log
    ADD CONSTRAINT log_origin_key UNIQUE (origin);

-- Name: log log_pkey; Type: CONSTRAINT; Schema: audit; Owner: entaku_audit_owner

ALTER TABLE ONLY audit.log
    ADD CONSTRAINT log_pkey PRIMARY KEY (log_id);

-- Name: tile tile_pkey; Type: CONSTRAINT; Schema: audit; Owner: entaku_audit_owner

ALTER TABLE ONLY audit.tile
    ADD CONSTRAINT tile_pkey PRIMARY KEY (log_id, level, n);

-- Name: tree tree_pkey; Type: CONSTRAINT; Schema: audit; Owner: entaku_audit_owner

ALTER TABLE ONLY audit.tree
    ADD CONSTRAINT tree_pkey PRIMARY KEY (log_id, size);

-- Name: entaku_migration entaku_migration_pkey; Type: CONSTRAINT; Schema: public; Owner: entaku

ALTER TABLE ONLY public.entaku_migration
    ADD CONSTRAINT entaku_migration_pkey PRIMARY KEY (version);

-- Name: blob blob_pkey; Type: CONSTRAINT; Schema: room; Owner: entaku_room_owner

ALTER TABLE ONLY room.blob
    ADD CONSTRAINT blob_pkey PRIMARY KEY (case_id, h);

-- Name: body body_pkey; Type: CONSTRAINT; Schema: room; Owner: entaku_room_owner

ALTER TABLE ONLY room.body
    ADD CONSTRAINT body_pkey PRIMARY KEY (case_id, id);

-- Name: challenge challenge_pkey; Type: CONSTRAINT; Schema: room; Owner: entaku_room_owner

ALTER TABLE ONLY room.challenge
    ADD CONSTRAINT challenge_pkey PRIMARY KEY (council_id, nonce);

-- Name: council council_pkey; Type: CONSTRAINT; Schema: room; Owner: entaku_room_owner

ALTER TABLE ONLY room.council
    ADD CONSTRAINT council_pkey PRIMARY KEY (council_id);

-- Name: council council_slug_key; Type: CONSTRAINT; Schema: room; Owner: entaku_room_owner

ALTER TABLE ONLY room.council
    ADD CONSTRAINT council_slug_key UNIQUE (slug);

-- Name: ek ek_pkey; Type: CONSTRAINT; Schema: room; Owner: entaku_room_owner

ALTER TABLE ONLY room.ek
    ADD CONSTRAINT ek_pkey PRIMARY KEY (council_id, ekh);

-- Name: feed feed_ctr; Type: CONSTRAINT; Schema: room; Owner: entaku_room_owner

ALTER TABLE ONLY room.feed
    ADD CONSTRAINT feed_ctr UNIQUE (case_id, did, ctr);

-- Name: feed feed_id; Type: CONSTRAINT; Schema: room; Owner: entaku_room_owner

ALTER TABLE ONLY room.feed
    ADD CONSTRAINT feed_id UNIQUE (case_id, id);

-- Name: feed feed_pkey; Type: CONSTRAINT; Schema: room; Owner: entaku_room_owner

ALTER TABLE ONLY room.feed
    ADD CONSTRAINT feed_pkey PRIMARY KEY (case_id, seq);

-- Name: feed feed_slot; Type: CONSTRAINT; Schema: room; Owner: entaku_room_owner

ALTER TABLE ONLY room.feed
    ADD CONSTRAINT feed_slot UNIQUE (case_id, slot);

-- Name: live live_pkey; Type: CONSTRAINT; Schema: room; Owner: entaku_room_owner

ALTER TABLE ONLY room.live
    ADD CONSTRAINT live_pkey PRIMARY KEY (sub_id);

-- Name: name name_pkey; Type: CONSTRAINT; Schema: room; Owner: entaku_room_owner

ALTER TABLE ONLY room.name
    ADD CONSTRAINT name_pkey PRIMARY KEY (sid);

-- Name: pending pending_pkey; Type: CONSTRAINT; Schema: room; Owner: entaku_room_owner

ALTER TABLE ONLY room.pending
    ADD CONSTRAINT pending_pkey PRIMARY KEY (council_id, key);

-- Name: room room_council_id_code_key; Type: CONSTRAINT; Schema: room; Owner: entaku_room_owner

ALTER TABLE ONLY room.room
    ADD CONSTRAINT room_council_id_code_key UNIQUE (council_id, code);

-- Name: room room_pkey; Type: CONSTRAINT; Schema: room; Owner: entaku_room_owner

ALTER TABLE ONLY room.room
    ADD CONSTRAINT room_pkey PRIMARY KEY (case_id);

-- Name: statement statement_council_id_rev_key; Type: CONSTRAINT; Schema: room; Owner: entaku_room_owner

ALTER TABLE ONLY room.statement
    ADD CONSTRAINT statement_council_id_rev_key UNIQUE (council_id, rev);

-- Name: statement statement_pkey; Type: CONSTRAINT; Schema: room; Owner: entaku_room_owner

ALTER TABLE ONLY room.statement
    ADD CONSTRAINT statement_pkey PRIMARY KEY (sid);

-- Name: statement_sig statement_sig_pkey; Type: CONSTRAINT; Schema: room; Owner: entaku_room_owner

ALTER TABLE ONLY room.statement_sig
    ADD CONSTRAINT statement_sig_pkey PRIMARY KEY (sid, pk);

-- Name: entry_horizon; Type: INDEX; Schema: audit; Owner: entaku_audit_owner

CREATE INDEX entry_horizon ON audit.entry USING btree (log_id, xid, id);

-- Name: fact_case; Type: INDEX; Schema: audit; Owner: entaku_audit_owner

CREATE INDEX fact_case ON audit.fact USING btree (council_id, case_id, entry_id);

-- Name: fact_nonce; Type: INDEX; Schema: audit; Owner: entaku_audit_owner

CREATE UNIQUE INDEX fact_nonce ON audit.fact USING btree (did, nonce) WHERE (nonce IS NOT NULL);

-- Name: fact_wid; Type: INDEX; Schema: audit; Owner: entaku_audit_owner

CREATE INDEX fact_wid ON audit.fact USING btree (council_id, wid, entry_id);

-- Name: leaf_by_hash; Type: INDEX; Schema: audit; Owner: entaku_audit_owner

CREATE INDEX leaf_by_hash ON audit.leaf USING btree (log_id, leaf_hash);

-- Name: live_case; Type: INDEX; Schema: room; Owner: entaku_room_owner

CREATE INDEX live_case ON room.live USING btree (council_id, case_id);

-- Name: room_gate_until; Type: INDEX; Schema: room; Owner: entaku_room_owner

CREATE INDEX room_gate_until ON room.room USING btree (council_id, gate_until);

-- Name: statement_first_root; Type: INDEX; Schema: room; Owner: entaku_room_owner

CREATE UNIQUE INDEX statement_first_root ON room.statement USING btree (council_id) WHERE ((typ = 'root'::text) AND (prev IS NULL));

-- Name: statement_successor; Type: INDEX; Schema: room; Owner: entaku_room_owner

CREATE UNIQUE INDEX statement_successor ON room.statement USING btree (council_id, prev) WHERE (prev IS NOT NULL);

-- Name: entry flush; Type: TRIGGER; Schema: audit; Owner: entaku_audit_owner

CREATE TRIGGER flush BEFORE INSERT ON audit.entry FOR EACH ROW EXECUTE FUNCTION audit.flush();

ALTER TABLE audit.entry ENABLE ALWAYS TRIGGER flush;

-- Name: case_key no_change; Type: TRIGGER; Schema: audit; Owner: entaku_audit_owner

CREATE TRIGGER no_change BEFORE UPDATE ON audit.case_key FOR EACH ROW EXECUTE FUNCTION audit.refuse();

ALTER TABLE audit.case_key ENABLE ALWAYS TRIGGER no_change;

-- Name: checkpoint no_change; Type: TRIGGER; Schema: audit; Owner: entaku_audit_owner

CREATE TRIGGER no_change BEFORE DELETE OR UPDATE ON audit.checkpoint FOR EACH ROW EXECUTE FUNCTION audit.refuse();

ALTER TABLE audit.checkpoint ENABLE ALWAYS TRIGGER no_change;

-- Name: entry no_change; Type: TRIGGER; Schema: audit; Owner: entaku_audit_owner

CREATE TRIGGER no_change BEFORE DELETE OR UPDATE ON audit.entry FOR EACH ROW EXECUTE FUNCTION audit.refuse();

ALTER TABLE audit.entry ENABLE ALWAYS TRIGGER no_change;

-- Name: fact no_change; Type: TRIGGER; Schema: audit; Owner: entaku_audit_owner

CREATE TRIGGER no_change BEFORE UPDATE ON audit.fact FOR EACH ROW EXECUTE FUNCTION audit.refuse();

ALTER TABLE audit.fact ENABLE ALWAYS TRIGGER no_change;

-- Name: leaf no_change; Type: TRIGGER; Schema: audit; Owner: entaku_audit_owner

CREATE TRIGGER no_change BEFORE DELETE OR UPDATE ON audit.leaf FOR EACH ROW EXECUTE FUNCTION audit.refuse();

ALTER TABLE audit.leaf ENABLE ALWAYS TRIGGER no_change;

-- Name: log no_change; Type: TRIGGER; Schema: audit; Owner: entaku_audit_owner

CREATE TRIGGER no_change BEFORE DELETE OR UPDATE ON audit.log FOR EACH ROW EXECUTE FUNCTION audit.refuse();

ALTER TABLE audit.log ENABLE ALWAYS TRIGGER no_change;

-- Name: tile no_change; Type: TRIGGER; Schema: audit; Owner: entaku_audit_owner

CREATE TRIGGER no_change BEFORE DELETE OR UPDATE ON audit.tile FOR EACH ROW EXECUTE FUNCTION audit.refuse();

ALTER TABLE audit.tile ENABLE ALWAYS TRIGGER no_change;

-- Name: tree no_change; Type: TRIGGER; Schema: audit; Owner: entaku_audit_owner

CREATE TRIGGER no_change BEFORE DELETE OR UPDATE ON audit.tree FOR EACH ROW EXECUTE FUNCTION audit.refuse();

ALTER TABLE audit.tree ENABLE ALWAYS TRIGGER no_change;

-- Name: case_key no_truncate; Type: TRIGGER; Schema: audit; Owner: entaku_audit_owner

CREATE TRIGGER no_truncate BEFORE TRUNCATE ON audit.case_key FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse();

ALTER TABLE audit.case_key ENABLE ALWAYS TRIGGER no_truncate;

-- Name: checkpoint no_truncate; Type: TRIGGER; Schema: audit; Owner: entaku_audit_owner

CREATE TRIGGER no_truncate BEFORE TRUNCATE ON audit.checkpoint FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse();

ALTER TABLE audit.checkpoint ENABLE ALWAYS TRIGGER no_truncate;

-- Name: entry no_truncate; Type: TRIGGER; Schema: audit; Owner: entaku_audit_owner

CREATE TRIGGER no_truncate BEFORE TRUNCATE ON audit.entry FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse();

ALTER TABLE audit.entry ENABLE ALWAYS TRIGGER no_truncate;

-- Name: fact no_truncate; Type: TRIGGER; Schema: audit; Owner: entaku_audit_owner

CREATE TRIGGER no_truncate BEFORE TRUNCATE ON audit.fact FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse();

ALTER TABLE audit.fact ENABLE ALWAYS TRIGGER no_truncate;

-- Name: leaf no_truncate; Type: TRIGGER; Schema: audit; Owner: entaku_audit_owner

CREATE TRIGGER no_truncate BEFORE TRUNCATE ON audit.leaf FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse();

ALTER TABLE audit.leaf ENABLE ALWAYS TRIGGER no_truncate;

-- Name: log no_truncate; Type: TRIGGER; Schema: audit; Owner: entaku_audit_owner

CREATE TRIGGER no_truncate BEFORE TRUNCATE ON audit.log FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse();

ALTER TABLE audit.log ENABLE ALWAYS TRIGGER no_truncate;

-- Name: tile no_truncate; Type: TRIGGER; Schema: audit; Owner: entaku_audit_owner

CREATE TRIGGER no_truncate BEFORE TRUNCATE ON audit.tile FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse();

ALTER TABLE audit.tile ENABLE ALWAYS TRIGGER no_truncate;

-- Name: tree no_truncate; Type: TRIGGER; Schema: audit; Owner: entaku_audit_owner

CREATE TRIGGER no_truncate BEFORE TRUNCATE ON audit.tree FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse();

ALTER TABLE audit.tree ENABLE ALWAYS TRIGGER no_truncate;

-- Name: blob no_change; Type: TRIGGER; Schema: room; Owner: entaku_room_owner

CREATE TRIGGER no_change BEFORE DELETE OR UPDATE ON room.blob FOR EACH ROW EXECUTE FUNCTION audit.refuse();

ALTER TABLE room.blob ENABLE ALWAYS TRIGGER no_change;

-- Name: body no_change; Type: TRIGGER; Schema: room; Owner: entaku_room_owner

CREATE TRIGGER no_change BEFORE DELETE OR UPDATE ON room.body FOR EACH ROW EXECUTE FUNCTION audit.refuse();

ALTER TABLE room.body ENABLE ALWAYS TRIGGER no_change;

-- Name: ek no_change; Type: TRIGGER; Schema: room; Owner: entaku_room_owner

CREATE TRIGGER no_change BEFORE DELETE OR UPDATE ON room.ek FOR EACH ROW EXECUTE FUNCTION audit.refuse();

ALTER TABLE room.ek ENABLE ALWAYS TRIGGER no_change;

-- Name: feed no_change; Type: TRIGGER; Schema: room; Owner: entaku_room_owner

CREATE TRIGGER no_change BEFORE DELETE OR UPDATE ON room.feed FOR EACH ROW EXECUTE FUNCTION audit.refuse();

ALTER TABLE room.feed ENABLE ALWAYS TRIGGER no_change;

-- Name: name no_change; Type: TRIGGER; Schema: room; Owner: entaku_room_owner

CREATE TRIGGER no_change BEFORE UPDATE ON room.name FOR EACH ROW EXECUTE FUNCTION audit.refuse();

ALTER TABLE room.name ENABLE ALWAYS TRIGGER no_change;

-- Name: statement no_change; Type: TRIGGER; Schema: room; Owner: entaku_room_owner

CREATE TRIGGER no_change BEFORE DELETE OR UPDATE ON room.statement FOR EACH ROW EXECUTE FUNCTION audit.refuse();

ALTER TABLE room.statement ENABLE ALWAYS TRIGGER no_change;

-- Name: statement_sig no_change; Type: TRIGGER; Schema: room; Owner: entaku_room_owner

CREATE TRIGGER no_change BEFORE DELETE OR UPDATE ON room.statement_sig FOR EACH ROW EXECUTE FUNCTION audit.refuse();

ALTER TABLE room.statement_sig ENABLE ALWAYS TRIGGER no_change;

-- Name: blob no_truncate; Type: TRIGGER; Schema: room; Owner: entaku_room_owner

CREATE TRIGGER no_truncate BEFORE TRUNCATE ON room.blob FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse();

ALTER TABLE room.blob ENABLE ALWAYS TRIGGER no_truncate;

-- Name: body no_truncate; Type: TRIGGER; Schema: room; Owner: entaku_room_owner

CREATE TRIGGER no_truncate BEFORE TRUNCATE ON room.body FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse();

ALTER TABLE room.body ENABLE ALWAYS TRIGGER no_truncate;

-- Name: ek no_truncate; Type: TRIGGER; Schema: room; Owner: entaku_room_owner

CREATE TRIGGER no_truncate BEFORE TRUNCATE ON room.ek FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse();

ALTER TABLE room.ek ENABLE ALWAYS TRIGGER no_truncate;

-- Name: feed no_truncate; Type: TRIGGER; Schema: room; Owner: entaku_room_owner

CREATE TRIGGER no_truncate BEFORE TRUNCATE ON room.feed FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse();

ALTER TABLE room.feed ENABLE ALWAYS TRIGGER no_truncate;

-- Name: name no_truncate; Type: TRIGGER; Schema: room; Owner: entaku_room_owner

CREATE TRIGGER no_truncate BEFORE TRUNCATE ON room.name FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse();

ALTER TABLE room.name ENABLE ALWAYS TRIGGER no_truncate;

-- Name: statement no_truncate; Type: TRIGGER; Schema: room; Owner: entaku_room_owner

CREATE TRIGGER no_truncate BEFORE TRUNCATE ON room.statement FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse();

ALTER TABLE room.statement ENABLE ALWAYS TRIGGER no_truncate;

-- Name: statement_sig no_truncate; Type: TRIGGER; Schema: room; Owner: entaku_room_owner

CREATE TRIGGER no_truncate BEFORE TRUNCATE ON room.statement_sig FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse();

ALTER TABLE room.statement_sig ENABLE ALWAYS TRIGGER no_truncate;

-- Name: checkpoint checkpoint_log_id_size_fkey; Type: FK CONSTRAINT; Schema: audit; Owner: entaku_audit_owner

ALTER TABLE ONLY audit.checkpoint
    ADD CONSTRAINT checkpoint_log_id_size_fkey FOREIGN KEY (log_id, size) REFERENCES audit.tree(log_id, size);

-- Name: entry entry_log_id_fkey; Type: FK CONSTRAINT; Schema: audit; Owner: entaku_audit_owner

ALTER TABLE ONLY audit.entry
    ADD CONSTRAINT entry_log_id_fkey FOREIGN KEY (log_id) REFERENCES audit.log(log_id);

-- Name: statement_sig statement_sig_sid_fkey; Type: FK CONSTRAINT; Schema: room; Owner: entaku_room_owner

ALTER TABLE ONLY room.statement_sig
    ADD CONSTRAINT statement_sig_sid_fkey FOREIGN KEY (sid) REFERENCES room.statement(sid);

-- Name: case_key; Type: ROW SECURITY; Schema: audit; Owner: entaku_audit_owner

ALTER TABLE audit.case_key ENABLE ROW LEVEL SECURITY;

-- Name: checkpoint; Type: ROW SECURITY; Schema: audit; Owner: entaku_audit_owner

ALTER TABLE audit.checkpoint ENABLE ROW LEVEL SECURITY;

-- Name: cursor; Type: ROW SECURITY; Schema: audit; Owner: entaku_audit_owner

ALTER TABLE audit.cursor ENABLE ROW LEVEL SECURITY;

-- Name: entry; Type: ROW SECURITY; Schema: audit; Owner: entaku_audit_owner

ALTER TABLE audit.entry ENABLE ROW LEVEL SECURITY;

-- Name: fact; Type: ROW SECURITY; Schema: audit; Owner: entaku_audit_owner

ALTER TABLE audit.fact ENABLE ROW LEVEL SECURITY;

-- Name: case_key here; Type: POLICY; Schema: audit; Owner: entaku_audit_owner

CREATE POLICY here ON audit.case_key USING ((council_id = audit.here())) WITH CHECK ((council_id = audit.here()));

-- Name: checkpoint here; Type: POLICY; Schema: audit; Owner: entaku_audit_owner

CREATE POLICY here ON audit.checkpoint USING ((log_id IN ( SELECT l.log_id
   FROM audit.log l
  WHERE (l.council_id = audit.here())))) WITH CHECK ((log_id IN ( SELECT l.log_id
   FROM audit.log l
  WHERE (l.council_id = audit.here()))));

-- Name: cursor here; Type: POLICY; Schema: audit; Owner: entaku_audit_owner

CREATE POLICY here ON audit.cursor USING ((log_id IN ( SELECT l.log_id
   FROM audit.log l
  WHERE (l.council_id = audit.here())))) WITH CHECK ((log_id IN ( SELECT l.log_id
   FROM audit.log l
  WHERE (l.council_id = audit.here()))));

-- Name: entry here; Type: POLICY; Schema: audit; Owner: entaku_audit_owner

CREATE POLICY here ON audit.entry USING ((council_id = audit.here())) WITH CHECK ((council_id = audit.here()));

-- Name: fact here; Type: POLICY; Schema: audit; Owner: entaku_audit_owner

CREATE POLICY here ON audit.fact USING ((council_id = audit.here())) WITH CHECK ((council_id = audit.here()));

-- Name: leaf here; Type: POLICY; Schema: audit; Owner: entaku_audit_owner

CREATE POLICY here ON audit.leaf USING ((log_id IN ( SELECT l.log_id
   FROM audit.log l
  WHERE (l.council_id = audit.here())))) WITH CHECK ((log_id IN ( SELECT l.log_id
   FROM audit.log l
  WHERE (l.council_id = audit.here()))));

-- Name: log here; Type: POLICY; Schema: audit; Owner: entaku_audit_owner

CREATE POLICY here ON audit.log USING ((council_id = audit.here())) WITH CHECK ((council_id = audit.here()));

-- Name: tile here; Type: POLICY; Schema: audit; Owner: entaku_audit_owner

CREATE POLICY here ON audit.tile USING ((log_id IN ( SELECT l.log_id
   FROM audit.log l
  WHERE (l.council_id = audit.here())))) WITH CHECK ((log_id IN ( SELECT l.log_id
   FROM audit.log l
  WHERE (l.council_id = audit.here()))));

-- Name: tree here; Type: POLICY; Schema: audit; Owner: entaku_audit_owner

CREATE POLICY here ON audit.tree USING ((log_id IN ( SELECT l.log_id
   FROM audit.log l
  WHERE (l.council_id = audit.here())))) WITH CHECK ((log_id IN ( SELECT l.log_id
   FROM audit.log l
  WHERE (l.council_id = audit.here()))));

-- Name: leaf; Type: ROW SECURITY; Schema: audit; Owner: entaku_audit_owner

ALTER TABLE audit.leaf ENABLE ROW LEVEL SECURITY;

-- Name: log listed; Type: POLICY; Schema: audit; Owner: entaku_audit_owner

CREATE POLICY listed ON audit.log FOR SELECT USING (true);

-- Name: log; Type: ROW SECURITY; Schema: audit; Owner: entaku_audit_owner

ALTER TABLE audit.log ENABLE ROW LEVEL SECURITY;

-- Name: tile; Type: ROW SECURITY; Schema: audit; Owner: entaku_audit_owner

ALTER TABLE audit.tile ENABLE ROW LEVEL SECURITY;

-- Name: tree; Type: ROW SECURITY; Schema: audit; Owner: entaku_audit_owner

ALTER TABLE audit.tree ENABLE ROW LEVEL SECURITY;

-- Name: blob; Type: ROW SECURITY; Schema: room; Owner: entaku_room_owner

ALTER TABLE room.blob ENABLE ROW LEVEL SECURITY;

-- Name: body; Type: ROW SECURITY; Schema: room; Owner: entaku_room_owner

ALTER TABLE room.body ENABLE ROW LEVEL SECURITY;

-- Name: challenge; Type: ROW SECURITY; Schema: room; Owner: entaku_room_owner

ALTER TABLE room.challenge ENABLE ROW LEVEL SECURITY;

-- Name: council; Type: ROW SECURITY; Schema: room; Owner: entaku_room_owner

ALTER TABLE room.council ENABLE ROW LEVEL SECURITY;

-- Name: ek; Type: ROW SECURITY; Schema: room; Owner: entaku_room_owner

ALTER TABLE room.ek ENABLE ROW LEVEL SECURITY;

-- Name: feed; Type: ROW SECURITY; Schema: room; Owner: entaku_room_owner

ALTER TABLE room.feed ENABLE ROW LEVEL SECURITY;

-- Name: blob here; Type: POLICY; Schema: room; Owner: entaku_room_owner

CREATE POLICY here ON room.blob USING ((council_id = audit.here())) WITH CHECK ((council_id = audit.here()));

-- Name: body here; Type: POLICY; Schema: room; Owner: entaku_room_owner

CREATE POLICY here ON room.body USING ((council_id = audit.here())) WITH CHECK ((council_id = audit.here()));

-- Name: challenge here; Type: POLICY; Schema: room; Owner: entaku_room_owner

CREATE POLICY here ON room.challenge USING ((council_id = audit.here())) WITH CHECK ((council_id = audit.here()));

-- Name: council here; Type: POLICY; Schema: room; Owner: entaku_room_owner

CREATE POLICY here ON room.council USING ((council_id = audit.here())) WITH CHECK ((council_id = audit.here()));

-- Name: ek here; Type: POLICY; Schema: room; Owner: entaku_room_owner

CREATE POLICY here ON room.ek USING ((council_id = audit.here())) WITH CHECK ((council_id = audit.here()));

-- Name: feed here; Type: POLICY; Schema: room; Owner: entaku_room_owner

CREATE POLICY here ON room.feed USING ((council_id = audit.here())) WITH CHECK ((council_id = audit.here()));

-- Name: live here; Type: POLICY; Schema: room; Owner: entaku_room_owner

CREATE POLICY here ON room.live USING ((council_id = audit.here())) WITH CHECK ((council_id = audit.here()));

-- Name: name here; Type: POLICY; Schema: room; Owner: entaku_room_owner

CREATE POLICY here ON room.name USING ((council_id = audit.here())) WITH CHECK ((council_id = audit.here()));

-- Name: pending here; Type: POLICY; Schema: room; Owner: entaku_room_owner

CREATE POLICY here ON room.pending USING ((council_id = audit.here())) WITH CHECK ((council_id = audit.here()));

-- Name: room here; Type: POLICY; Schema: room; Owner: entaku_room_owner

CREATE POLICY here ON room.room USING ((council_id = audit.here())) WITH CHECK ((council_id = audit.here()));

-- Name: statement here; Type: POLICY; Schema: room; Owner: entaku_room_owner

CREATE POLICY here ON room.statement USING ((council_id = audit.here())) WITH CHECK ((council_id = audit.here()));

-- Name: statement_sig here; Type: POLICY; Schema: room; Owner: entaku_room_owner

CREATE POLICY here ON room.statement_sig USING ((council_id = audit.here())) WITH CHECK ((council_id = audit.here()));

-- Name: council listed; Type: POLICY; Schema: room; Owner: entaku_room_owner

CREATE POLICY listed ON room.council FOR SELECT USING (true);

-- Name: live; Type: ROW SECURITY; Schema: room; Owner: entaku_room_owner

ALTER TABLE room.live ENABLE ROW LEVEL SECURITY;

-- Name: name; Type: ROW SECURITY; Schema: room; Owner: entaku_room_owner

ALTER TABLE room.name ENABLE ROW LEVEL SECURITY;

-- Name: pending; Type: ROW SECURITY; Schema: room; Owner: entaku_room_owner

ALTER TABLE room.pending ENABLE ROW LEVEL SECURITY;

-- Name: room; Type: ROW SECURITY; Schema: room; Owner: entaku_room_owner

ALTER TABLE room.room ENABLE ROW LEVEL SECURITY;

-- Name: statement; Type: ROW SECURITY; Schema: room; Owner: entaku_room_owner

ALTER TABLE room.statement ENABLE ROW LEVEL SECURITY;

-- Name: statement_sig; Type: ROW SECURITY; Schema: room; Owner: entaku_room_owner

ALTER TABLE room.statement_sig ENABLE ROW LEVEL SECURITY;

-- Name: SCHEMA audit; Type: ACL; Schema: -; Owner: entaku_audit_owner

GRANT USAGE ON SCHEMA audit TO entaku_room_owner;
GRANT USAGE ON SCHEMA audit TO entaku_app;
GRANT USAGE ON SCHEMA audit TO entaku_integrator;
GRANT USAGE ON SCHEMA audit TO entaku_auditor;

-- Name: SCHEMA room; Type: ACL; Schema: -; Owner: entaku_room_owner

GRANT USAGE ON SCHEMA room TO entaku_app;

-- Name: FUNCTION append(p_council uuid, p_log text, p_kind text, p_leaf bytea); Type: ACL; Schema: audit; Owner: entaku_audit_owner

REVOKE ALL ON FUNCTION audit.append(p_council uuid, p_log text, p_kind text, p_leaf bytea) FROM PUBLIC;
GRANT ALL ON FUNCTION audit.append(p_council uuid, p_log text, p_kind text, p_leaf bytea) TO entaku_room_owner;

-- Name: FUNCTION beat(p_council uuid, p_leaf bytea); Type: ACL; Schema: audit; Owner: entaku_audit_owner

REVOKE ALL ON FUNCTION audit.beat(p_council uuid, p_leaf bytea) FROM PUBLIC;
GRANT ALL ON FUNCTION audit.beat(p_council uuid, p_leaf bytea) TO entaku_app;

-- Name: FUNCTION enter(p_council uuid); Type: ACL; Schema: audit; Owner: entaku_audit_owner

REVOKE ALL ON FUNCTION audit.enter(p_council uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION audit.enter(p_council uuid) TO entaku_room_owner;
GRANT ALL ON FUNCTION audit.enter(p_council uuid) TO entaku_integrator;

-- Name: FUNCTION find_leaf(p_council uuid, p_log text, p_hash bytea); Type: ACL; Schema: audit; Owner: entaku_audit_owner

REVOKE ALL ON FUNCTION audit.find_leaf(p_council uuid, p_log text, p_hash bytea) FROM PUBLIC;
GRANT ALL ON FUNCTION audit.find_leaf(p_council uuid, p_log text, p_hash bytea) TO entaku_app;
GRANT ALL ON FUNCTION audit.find_leaf(p_council uuid, p_log text, p_hash bytea) TO entaku_auditor;

-- Name: FUNCTION flush(); Type: ACL; Schema: audit; Owner: entaku_audit_owner

REVOKE ALL ON FUNCTION audit.flush() FROM PUBLIC;

-- Name: FUNCTION here(); Type: ACL; Schema: audit; Owner: entaku_audit_owner

REVOKE ALL ON FUNCTION audit.here() FROM PUBLIC;
GRANT ALL ON FUNCTION audit.here() TO entaku_room_owner;
GRANT ALL ON FUNCTION audit.here() TO entaku_app;
GRANT ALL ON FUNCTION audit.here() TO entaku_integrator;
GRANT ALL ON FUNCTION audit.here() TO entaku_auditor;

-- Name: FUNCTION is_question(p_fact audit.fact, p_case bytea, p_wid bytea, p_since timestamp with time zone, p_until timestamp with time zone, p_after bigint); Type: ACL; Schema: audit; Owner: entaku_audit_owner

REVOKE ALL ON FUNCTION audit.is_question(p_fact audit.fact, p_case bytea, p_wid bytea, p_since timestamp with time zone, p_until timestamp with time zone, p_after bigint) FROM PUBLIC;

-- Name: FUNCTION keep_key(p_council uuid, p_key_id bytea, p_wrapped bytea); Type: ACL; Schema: audit; Owner: entaku_audit_owner

REVOKE ALL ON FUNCTION audit.keep_key(p_council uuid, p_key_id bytea, p_wrapped bytea) FROM PUBLIC;
GRANT ALL ON FUNCTION audit.keep_key(p_council uuid, p_key_id bytea, p_wrapped bytea) TO entaku_app;

-- Name: FUNCTION leaves(p_council uuid, p_log text, p_from bigint, p_limit integer); Type: ACL; Schema: audit; Owner: entaku_audit_owner

REVOKE ALL ON FUNCTION audit.leaves(p_council uuid, p_log text, p_from bigint, p_limit integer) FROM PUBLIC;
GRANT ALL ON FUNCTION audit.leaves(p_council uuid, p_log text, p_from bigint, p_limit integer) TO entaku_app;
GRANT ALL ON FUNCTION audit.leaves(p_council uuid, p_log text, p_from bigint, p_limit integer) TO entaku_auditor;

-- Name: FUNCTION newest_checkpoint(p_council uuid, p_log text); Type: ACL; Schema: audit; Owner: entaku_audit_owner

REVOKE ALL ON FUNCTION audit.newest_checkpoint(p_council uuid, p_log text) FROM PUBLIC;
GRANT ALL ON FUNCTION audit.newest_checkpoint(p_council uuid, p_log text) TO entaku_app;
GRANT ALL ON FUNCTION audit.newest_checkpoint(p_council uuid, p_log text) TO entaku_auditor;

-- Name: FUNCTION note(p_council uuid, p_kind text, p_leaf bytea, p_key_id bytea, p_key_ct bytea, p_did bytea, p_wid bytea, p_aid bytea, p_case bytea, p_gate bigint, p_objects bytea[], p_bound bytea, p_to bytea, p_basis bytea, p_purpose text, p_result text, p_request bytea, p_nonce bytea); Type: ACL; Schema: audit; Owner: entaku_audit_owner

REVOKE ALL ON FUNCTION audit.note(p_council uuid, p_kind text, p_leaf bytea, p_key_id bytea, p_key_ct bytea, p_did bytea, p_wid bytea, p_aid bytea, p_case bytea, p_gate bigint, p_objects bytea[], p_bound bytea, p_to bytea, p_basis bytea, p_purpose text, p_result text, p_request bytea, p_nonce bytea) FROM PUBLIC;
GRANT ALL ON FUNCTION audit.note(p_council uuid, p_kind text, p_leaf bytea, p_key_id bytea, p_key_ct bytea, p_did bytea, p_wid bytea, p_aid bytea, p_case bytea, p_gate bigint, p_objects bytea[], p_bound bytea, p_to bytea, p_basis bytea, p_purpose text, p_result text, p_request bytea, p_nonce bytea) TO entaku_room_owner;
GRANT ALL ON FUNCTION audit.note(p_council uuid, p_kind text, p_leaf bytea, p_key_id bytea, p_key_ct bytea, p_did bytea, p_wid bytea, p_aid bytea, p_case bytea, p_gate bigint, p_objects bytea[], p_bound bytea, p_to bytea, p_basis bytea, p_purpose text, p_result text, p_request bytea, p_nonce bytea) TO entaku_app;
GRANT ALL ON FUNCTION audit.note(p_council uuid, p_kind text, p_leaf bytea, p_key_id bytea, p_key_ct bytea, p_did bytea, p_wid bytea, p_aid bytea, p_case bytea, p_gate bigint, p_objects bytea[], p_bound bytea, p_to bytea, p_basis bytea, p_purpose text, p_result text, p_request bytea, p_nonce bytea) TO entaku_auditor;

-- Name: FUNCTION open_logs(p_council uuid, p_id_origin text, p_id_vkeys text[], p_ops_origin text, p_ops_vkeys text[]); Type: ACL; Schema: audit; Owner: entaku_audit_owner

REVOKE ALL ON FUNCTION audit.open_logs(p_council uuid, p_id_origin text, p_id_vkeys text[], p_ops_origin text, p_ops_vkeys text[]) FROM PUBLIC;
GRANT ALL ON FUNCTION audit.open_logs(p_council uuid, p_id_origin text, p_id_vkeys text[], p_ops_origin text, p_ops_vkeys text[]) TO entaku_room_owner;

-- Name: FUNCTION query(p_council uuid, p_entry bigint, p_did bytea, p_case bytea, p_wid bytea, p_aid bytea, p_since timestamp with time zone, p_until timestamp with time zone, p_after bigint, p_limit integer); Type: ACL; Schema: audit; Owner: entaku_audit_owner

REVOKE ALL ON FUNCTION audit.query(p_council uuid, p_entry bigint, p_did bytea, p_case bytea, p_wid bytea, p_aid bytea, p_since timestamp with time zone, p_until timestamp with time zone, p_after bigint, p_limit integer) FROM PUBLIC;
GRANT ALL ON FUNCTION audit.query(p_council uuid, p_entry bigint, p_did bytea, p_case bytea, p_wid bytea, p_aid bytea, p_since timestamp with time zone, p_until timestamp with time zone, p_after bigint, p_limit integer) TO entaku_auditor;

-- Name: FUNCTION refuse(); Type: ACL; Schema: audit; Owner: entaku_audit_owner

REVOKE ALL ON FUNCTION audit.refuse() FROM PUBLIC;
GRANT ALL ON FUNCTION audit.refuse() TO entaku_room_owner;

-- Name: FUNCTION require_ticket(p_council uuid, p_entry bigint, p_did bytea); Type: ACL; Schema: audit; Owner: entaku_audit_owner

REVOKE ALL ON FUNCTION audit.require_ticket(p_council uuid, p_entry bigint, p_did bytea) FROM PUBLIC;
GRANT ALL ON FUNCTION audit.require_ticket(p_council uuid, p_entry bigint, p_did bytea) TO entaku_room_owner;

-- Name: FUNCTION tile_bytes(p_council uuid, p_log text, p_level bigint, p_n bigint, p_width bigint); Type: ACL; Schema: audit; Owner: entaku_audit_owner

REVOKE ALL ON FUNCTION audit.tile_bytes(p_council uuid, p_log text, p_level bigint, p_n bigint, p_width bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION audit.tile_bytes(p_council uuid, p_log text, p_level bigint, p_n bigint, p_width bigint) TO entaku_app;
GRANT ALL ON FUNCTION audit.tile_bytes(p_council uuid, p_log text, p_level bigint, p_n bigint, p_width bigint) TO entaku_auditor;
GRANT ALL ON FUNCTION audit.tile_bytes(p_council uuid, p_log text, p_level bigint, p_n bigint, p_width bigint) TO entaku_integrator;

-- Name: FUNCTION admit(p_council uuid, p_id_rev bigint, p_now timestamp with time zone, p_sid bytea, p_typ text, p_prev bytea, p_payload bytea, p_case bytea, p_leaf bytea, p_pk bytea[], p_sig bytea[], p_ekh bytea, p_ek bytea, p_name text, p_salt bytea, p_touch bytea[], p_until timestamp with time zone[], p_done bytea[]); Type: ACL; Schema: room; Owner: entaku_room_owner

REVOKE ALL ON FUNCTION room.admit(p_council uuid, p_id_rev bigint, p_now timestamp with time zone, p_sid bytea, p_typ text, p_prev bytea, p_payload bytea, p_case bytea, p_leaf bytea, p_pk bytea[], p_sig bytea[], p_ekh bytea, p_ek bytea, p_name text, p_salt bytea, p_touch bytea[], p_until timestamp with time zone[], p_done bytea[]) FROM PUBLIC;
GRANT ALL ON FUNCTION room.admit(p_council uuid, p_id_rev bigint, p_now timestamp with time zone, p_sid bytea, p_typ text, p_prev bytea, p_payload bytea, p_case bytea, p_leaf bytea, p_pk bytea[], p_sig bytea[], p_ekh bytea, p_ek bytea, p_name text, p_salt bytea, p_touch bytea[], p_until timestamp with time zone[], p_done bytea[]) TO entaku_app;

-- Name: FUNCTION challenge(p_council uuid, p_nonce bytea, p_until timestamp with time zone, p_now timestamp with time zone); Type: ACL; Schema: room; Owner: entaku_room_owner

REVOKE ALL ON FUNCTION room.challenge(p_council uuid, p_nonce bytea, p_until timestamp with time zone, p_now timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION room.challenge(p_council uuid, p_nonce bytea, p_until timestamp with time zone, p_now timestamp with time zone) TO entaku_app;

-- Name: FUNCTION commit(p_council uuid, p_case bytea, p_code text, p_fh bytea, p_id_rev bigint, p_idn bigint, p_gate bigint, p_n bigint, p_rev bigint, p_now timestamp with time zone, p_gate_by integer, p_rev_by integer, p_next_n bigint, p_gate_until timestamp with time zone, r_id bytea[], r_sg bytea[], r_form text[], r_kind text[], r_did bytea[], r_ctr bigint[], r_n bigint[], r_slot bytea[], r_entry integer[], r_bare bytea[], r_ct bytea[], b_hash bytea[], b_bytes bytea[], e_kind text[], e_did bytea[], e_wid bytea[], e_aid bytea[], e_leaf bytea[], e_key_ct bytea[], e_bound bytea[], e_to bytea[], e_basis bytea[], e_upto integer[], o_value bytea[], s_sid bytea[], s_typ text[], s_prev bytea[], s_payload bytea[], s_leaf bytea[], g_sid bytea[], g_pk bytea[], g_sig bytea[]); Type: ACL; Schema: room; Owner: entaku_room_owner

REVOKE ALL ON FUNCTION room.commit(p_council uuid, p_case bytea, p_code text, p_fh bytea, p_id_rev bigint, p_idn bigint, p_gate bigint, p_n bigint, p_rev bigint, p_now timestamp with time zone, p_gate_by integer, p_rev_by integer, p_next_n bigint, p_gate_until timestamp with time zone, r_id bytea[], r_sg bytea[], r_form text[], r_kind text[], r_did bytea[], r_ctr bigint[], r_n bigint[], r_slot bytea[], r_entry integer[], r_bare bytea[], r_ct bytea[], b_hash bytea[], b_bytes bytea[], e_kind text[], e_did bytea[], e_wid bytea[], e_aid bytea[], e_leaf bytea[], e_key_ct bytea[], e_bound bytea[], e_to bytea[], e_basis bytea[], e_upto integer[], o_value bytea[], s_sid bytea[], s_typ text[], s_prev bytea[], s_payload bytea[], s_leaf bytea[], g_sid bytea[], g_pk bytea[], g_sig bytea[]) FROM PUBLIC;
GRANT ALL ON FUNCTION room.commit(p_council uuid, p_case bytea, p_code text, p_fh bytea, p_id_rev bigint, p_idn bigint, p_gate bigint, p_n bigint, p_rev bigint, p_now timestamp with time zone, p_gate_by integer, p_rev_by integer, p_next_n bigint, p_gate_until timestamp with time zone, r_id bytea[], r_sg bytea[], r_form text[], r_kind text[], r_did bytea[], r_ctr bigint[], r_n bigint[], r_slot bytea[], r_entry integer[], r_bare bytea[], r_ct bytea[], b_hash bytea[], b_bytes bytea[], e_kind text[], e_did bytea[], e_wid bytea[], e_aid bytea[], e_leaf bytea[], e_key_ct bytea[], e_bound bytea[], e_to bytea[], e_basis bytea[], e_upto integer[], o_value bytea[], s_sid bytea[], s_typ text[], s_prev bytea[], s_payload bytea[], s_leaf bytea[], g_sid bytea[], g_pk bytea[], g_sig bytea[]) TO entaku_app;

-- Name: FUNCTION committed(p_council uuid, p_case bytea, p_ids bytea[]); Type: ACL; Schema: room; Owner: entaku_room_owner

REVOKE ALL ON FUNCTION room.committed(p_council uuid, p_case bytea, p_ids bytea[]) FROM PUBLIC;
GRANT ALL ON FUNCTION room.committed(p_council uuid, p_case bytea, p_ids bytea[]) TO entaku_app;

-- Name: FUNCTION forget_live(p_council uuid, p_node text, p_before timestamp with time zone); Type: ACL; Schema: room; Owner: entaku_room_owner

REVOKE ALL ON FUNCTION room.forget_live(p_council uuid, p_node text, p_before timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION room.forget_live(p_council uuid, p_node text, p_before timestamp with time zone) TO entaku_app;

-- Name: FUNCTION listen(p_council uuid, p_sub bytea, p_case bytea, p_sit bytea, p_did bytea, p_wid bytea, p_node text, p_now timestamp with time zone); Type: ACL; Schema: room; Owner: entaku_room_owner

REVOKE ALL ON FUNCTION room.listen(p_council uuid, p_sub bytea, p_case bytea, p_sit bytea, p_did bytea, p_wid bytea, p_node text, p_now timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION room.listen(p_council uuid, p_sub bytea, p_case bytea, p_sit bytea, p_did bytea, p_wid bytea, p_node text, p_now timestamp with time zone) TO entaku_app;

-- Name: FUNCTION listeners(p_council uuid, p_case bytea); Type: ACL; Schema: room; Owner: entaku_room_owner

REVOKE ALL ON FUNCTION room.listeners(p_council uuid, p_case bytea) FROM PUBLIC;
GRANT ALL ON FUNCTION room.listeners(p_council uuid, p_case bytea) TO entaku_app;

-- Name: FUNCTION move_council(p_council uuid, p_rev bigint, p_by integer); Type: ACL; Schema: room; Owner: entaku_room_owner

REVOKE ALL ON FUNCTION room.move_council(p_council uuid, p_rev bigint, p_by integer) FROM PUBLIC;

-- Name: FUNCTION move_gate(p_council uuid, p_case bytea, p_gate bigint, p_until timestamp with time zone); Type: ACL; Schema: room; Owner: entaku_room_owner

REVOKE ALL ON FUNCTION room.move_gate(p_council uuid, p_case bytea, p_gate bigint, p_until timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION room.move_gate(p_council uuid, p_case bytea, p_gate bigint, p_until timestamp with time zone) TO entaku_app;

-- Name: FUNCTION names(p_council uuid, p_sids bytea[]); Type: ACL; Schema: room; Owner: entaku_room_owner

REVOKE ALL ON FUNCTION room.names(p_council uuid, p_sids bytea[]) FROM PUBLIC;
GRANT ALL ON FUNCTION room.names(p_council uuid, p_sids bytea[]) TO entaku_app;

-- Name: FUNCTION pend(p_council uuid, p_key bytea, p_typ text, p_payload bytea, p_pk bytea[], p_sig bytea[], p_mac bytea, p_beside bytea, p_until timestamp with time zone, p_now timestamp with time zone, p_answers text); Type: ACL; Schema: room; Owner: entaku_room_owner

REVOKE ALL ON FUNCTION room.pend(p_council uuid, p_key bytea, p_typ text, p_payload bytea, p_pk bytea[], p_sig bytea[], p_mac bytea, p_beside bytea, p_until timestamp with time zone, p_now timestamp with time zone, p_answers text) FROM PUBLIC;
GRANT ALL ON FUNCTION room.pend(p_council uuid, p_key bytea, p_typ text, p_payload bytea, p_pk bytea[], p_sig bytea[], p_mac bytea, p_beside bytea, p_until timestamp with time zone, p_now timestamp with time zone, p_answers text) TO entaku_app;

-- Name: FUNCTION put_statement(p_council uuid, p_rev bigint, p_now timestamp with time zone, p_sid bytea, p_typ text, p_prev bytea, p_payload bytea, p_case bytea, p_leaf bytea); Type: ACL; Schema: room; Owner: entaku_room_owner

REVOKE ALL ON FUNCTION room.put_statement(p_council uuid, p_rev bigint, p_now timestamp with time zone, p_sid bytea, p_typ text, p_prev bytea, p_payload bytea, p_case bytea, p_leaf bytea) FROM PUBLIC;

-- Name: FUNCTION read(p_council uuid, p_entry bigint, p_did bytea, p_now timestamp with time zone); Type: ACL; Schema: room; Owner: entaku_room_owner

REVOKE ALL ON FUNCTION room.read(p_council uuid, p_entry bigint, p_did bytea, p_now timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION room.read(p_council uuid, p_entry bigint, p_did bytea, p_now timestamp with time zone) TO entaku_app;

-- Name: FUNCTION reserve(p_council uuid, p_slug text, p_id_origin text, p_id_vkeys text[], p_ops_origin text, p_ops_vkeys text[]); Type: ACL; Schema: room; Owner: entaku_room_owner

REVOKE ALL ON FUNCTION room.reserve(p_council uuid, p_slug text, p_id_origin text, p_id_vkeys text[], p_ops_origin text, p_ops_vkeys text[]) FROM PUBLIC;
GRANT ALL ON FUNCTION room.reserve(p_council uuid, p_slug text, p_id_origin text, p_id_vkeys text[], p_ops_origin text, p_ops_vkeys text[]) TO entaku_app;

-- Name: FUNCTION rooms(p_council uuid); Type: ACL; Schema: room; Owner: entaku_room_owner

REVOKE ALL ON FUNCTION room.rooms(p_council uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION room.rooms(p_council uuid) TO entaku_app;

-- Name: FUNCTION rows(p_council uuid, p_case bytea, p_after bigint, p_limit integer); Type: ACL; Schema: room; Owner: entaku_room_owner

REVOKE ALL ON FUNCTION room.rows(p_council uuid, p_case bytea, p_after bigint, p_limit integer) FROM PUBLIC;
GRANT ALL ON FUNCTION room.rows(p_council uuid, p_case bytea, p_after bigint, p_limit integer) TO entaku_app;

-- Name: FUNCTION sealing_keys(p_council uuid, p_ekhs bytea[]); Type: ACL; Schema: room; Owner: entaku_room_owner

REVOKE ALL ON FUNCTION room.sealing_keys(p_council uuid, p_ekhs bytea[]) FROM PUBLIC;
GRANT ALL ON FUNCTION room.sealing_keys(p_council uuid, p_ekhs bytea[]) TO entaku_app;

-- Name: FUNCTION snapshot(p_council uuid, p_case bytea); Type: ACL; Schema: room; Owner: entaku_room_owner

REVOKE ALL ON FUNCTION room.snapshot(p_council uuid, p_case bytea) FROM PUBLIC;
GRANT ALL ON FUNCTION room.snapshot(p_council uuid, p_case bytea) TO entaku_app;

-- Name: FUNCTION statements(p_council uuid, p_after bigint, p_limit integer); Type: ACL; Schema: room; Owner: entaku_room_owner

REVOKE ALL ON FUNCTION room.statements(p_council uuid, p_after bigint, p_limit integer) FROM PUBLIC;
GRANT ALL ON FUNCTION room.statements(p_council uuid, p_after bigint, p_limit integer) TO entaku_app;

-- Name: FUNCTION take_challenge(p_council uuid, p_nonce bytea, p_now timestamp with time zone); Type: ACL; Schema: room; Owner: entaku_room_owner

REVOKE ALL ON FUNCTION room.take_challenge(p_council uuid, p_nonce bytea, p_now timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION room.take_challenge(p_council uuid, p_nonce bytea, p_now timestamp with time zone) TO entaku_app;

-- Name: FUNCTION unlisten(p_council uuid, p_subs bytea[]); Type: ACL; Schema: room; Owner: entaku_room_owner

REVOKE ALL ON FUNCTION room.unlisten(p_council uuid, p_subs bytea[]) FROM PUBLIC;
GRANT ALL ON FUNCTION room.unlisten(p_council uuid, p_subs bytea[]) TO entaku_app;

-- Name: FUNCTION waiting(p_council uuid, p_now timestamp with time zone); Type: ACL; Schema: room; Owner: entaku_room_owner

REVOKE ALL ON FUNCTION room.waiting(p_council uuid, p_now timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION room.waiting(p_council uuid, p_now timestamp with time zone) TO entaku_app;

-- Name: TABLE checkpoint; Type: ACL; Schema: audit; Owner: entaku_audit_owner

GRANT SELECT ON TABLE audit.checkpoint TO entaku_room_owner;
GRANT SELECT,INSERT ON TABLE audit.checkpoint TO entaku_integrator;

-- Name: TABLE cursor; Type: ACL; Schema: audit; Owner: entaku_audit_owner

GRANT SELECT,INSERT,UPDATE ON TABLE audit.cursor TO entaku_integrator;

-- Name: TABLE entry; Type: ACL; Schema: audit; Owner: entaku_audit_owner

GRANT SELECT ON TABLE audit.entry TO entaku_room_owner;
GRANT SELECT ON TABLE audit.entry TO entaku_integrator;

-- Name: TABLE leaf; Type: ACL; Schema: audit; Owner: entaku_audit_owner

GRANT SELECT,INSERT ON TABLE audit.leaf TO entaku_integrator;

-- Name: TABLE log; Type: ACL; Schema: audit; Owner: entaku_audit_owner

GRANT SELECT ON TABLE audit.log TO entaku_room_owner;
GRANT SELECT ON TABLE audit.log TO entaku_app;
GRANT SELECT ON TABLE audit.log TO entaku_integrator;
GRANT SELECT ON TABLE audit.log TO entaku_auditor;

-- Name: TABLE tile; Type: ACL; Schema: audit; Owner: entaku_audit_owner

GRANT SELECT,INSERT ON TABLE audit.tile TO entaku_integrator;

-- Name: TABLE tree; Type: ACL; Schema: audit; Owner: entaku_audit_owner

GRANT SELECT,INSERT ON TABLE audit.tree TO entaku_integrator;

-- Name: TABLE entaku_migration; Type: ACL; Schema: public; Owner: entaku

GRANT SELECT ON TABLE public.entaku_migration TO entaku_app;

-- Name: TABLE council; Type: ACL; Schema: room; Owner: entaku_room_owner

GRANT SELECT ON TABLE room.council TO entaku_app;

-- Name: DEFAULT PRIVILEGES FOR FUNCTIONS; Type: DEFAULT ACL; Schema: -; Owner: entaku_audit_owner

ALTER DEFAULT PRIVILEGES FOR ROLE entaku_audit_owner REVOKE ALL ON FUNCTIONS FROM PUBLIC;

-- Name: DEFAULT PRIVILEGES FOR FUNCTIONS; Type: DEFAULT ACL; Schema: -; Owner: entaku_room_owner

ALTER DEFAULT PRIVILEGES FOR ROLE entaku_room_owner REVOKE ALL ON FUNCTIONS FROM PUBLIC;
