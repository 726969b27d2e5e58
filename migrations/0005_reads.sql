-- How anything is read. Ciphertext leaves by room.read alone, against a ticket.

SET LOCAL lock_timeout = '5s';
SET LOCAL statement_timeout = '60s';
SET LOCAL ROLE entaku_room_owner;

-- Ciphertext of the objects that a committed entry names, for a device that it names, while nothing has
-- changed since that could change the answer. 42501: no ticket; 40001: the gate moved, decide again.
CREATE FUNCTION room.read(p_council uuid, p_entry bigint, p_did bytea, p_now timestamptz)
RETURNS TABLE (id bytea, bare bytea, ct bytea)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
  v_fact audit.fact;
  v_ids bytea[];
BEGIN
  PERFORM audit.enter(p_council);
  v_fact := audit.require_ticket(p_council, p_entry, p_did);
  PERFORM FROM room.room r WHERE r.case_id = v_fact.case_id AND r.gate = v_fact.gate AND p_now < r.gate_until;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'room moved' USING ERRCODE = '40001';
  END IF;
  v_ids := ARRAY(SELECT substr(v_fact.bound, o, 32) FROM generate_series(1, octet_length(v_fact.bound), 32) o);
  RETURN QUERY
    SELECT b.id::bytea, b.bare, b.ct FROM room.body b WHERE b.case_id = v_fact.case_id AND b.id = ANY (v_ids)
    UNION ALL
    SELECT b.h::bytea, ''::bytea, b.bytes FROM room.blob b WHERE b.case_id = v_fact.case_id AND b.h = ANY (v_ids);
END $$;

-- Rows after `p_after`, without ciphertext.
CREATE FUNCTION room.rows(p_council uuid, p_case bytea, p_after bigint, p_limit integer)
RETURNS TABLE (seq bigint, id bytea, sg bytea, idn bigint, fh bytea, at timestamptz, form text, kind text, did bytea, n bigint,
               entry_id bigint, bare bytea)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
BEGIN
  PERFORM audit.enter(p_council);
  RETURN QUERY
    SELECT f.seq, f.id::bytea, f.sg::bytea, f.idn, f.fh::bytea, f.at, f.form, f.kind, f.did::bytea, f.n, f.entry_id, b.bare
      FROM room.feed f JOIN room.body b ON b.case_id = f.case_id AND b.id = f.id
     WHERE f.council_id = p_council AND f.case_id = p_case AND f.seq > p_after ORDER BY f.seq LIMIT p_limit;
END $$;

-- What a decision about one room stands on; no row when there is no such room.
CREATE FUNCTION room.snapshot(p_council uuid, p_case bytea)
RETURNS TABLE (code text, gate bigint, gate_until timestamptz, rev bigint, n bigint, seq bigint, fh bytea, id_rev bigint, idn bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
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

CREATE FUNCTION room.rooms(p_council uuid)
RETURNS TABLE (case_id bytea, code text, gate bigint, gate_until timestamptz, n bigint, seq bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
BEGIN
  PERFORM audit.enter(p_council);
  RETURN QUERY SELECT r.case_id::bytea, r.code, r.gate, r.gate_until, r.n, r.seq FROM room.room r WHERE r.council_id = p_council ORDER BY r.code;
END $$;

-- What was answered when these ids were committed: the same question gets the same receipt.
CREATE FUNCTION room.committed(p_council uuid, p_case bytea, p_ids bytea[])
RETURNS TABLE (id bytea, did bytea, seq bigint, fh bytea, idn bigint, at timestamptz, ops_leaf bytea, id_leaf bytea)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
BEGIN
  PERFORM audit.enter(p_council);
  RETURN QUERY
    SELECT f.id::bytea, f.did::bytea, f.seq, f.fh::bytea, f.idn, f.at, e.leaf_hash, i.leaf_hash
      FROM room.feed f JOIN audit.entry e ON e.id = f.entry_id
      LEFT JOIN room.statement s ON s.sid = f.id LEFT JOIN audit.entry i ON i.id = s.entry_id
     WHERE f.council_id = p_council AND f.case_id = p_case AND f.id = ANY (p_ids) ORDER BY f.seq;
END $$;

CREATE FUNCTION room.inbox_of(p_council uuid, p_wid bytea, p_limit integer)
RETURNS TABLE (case_id bytea, seq bigint, what text, at timestamptz)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
BEGIN
  PERFORM audit.enter(p_council);
  RETURN QUERY
    SELECT i.case_id::bytea, i.seq, i.what, i.at FROM room.inbox i
     WHERE i.council_id = p_council AND i.wid = p_wid ORDER BY i.at DESC, i.seq DESC LIMIT p_limit;
END $$;

CREATE FUNCTION room.listeners(p_council uuid, p_case bytea)
RETURNS TABLE (sub_id bytea, sit bytea, did bytea, wid bytea, node text, seen timestamptz)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
BEGIN
  PERFORM audit.enter(p_council);
  RETURN QUERY
    SELECT l.sub_id::bytea, l.sit::bytea, l.did::bytea, l.wid::bytea, l.node, l.seen FROM room.live l
     WHERE l.council_id = p_council AND l.case_id = p_case ORDER BY l.sub_id;
END $$;

-- Statements after `p_after` in the order in which they were admitted, with their signatures (keys ascending).
CREATE FUNCTION room.statements(p_council uuid, p_after bigint, p_limit integer)
RETURNS TABLE (rev bigint, sid bytea, typ text, payload bytea, case_id bytea, at timestamptz, leaf bytea, pk bytea[], sig bytea[])
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
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

CREATE FUNCTION room.waiting(p_council uuid, p_now timestamptz)
RETURNS TABLE (key bytea, typ text, payload bytea, pk bytea[], sig bytea[], mac bytea, beside bytea, until timestamptz)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
BEGIN
  PERFORM audit.enter(p_council);
  RETURN QUERY
    SELECT p.key, p.typ, p.payload, p.pk, p.sig, p.mac, p.beside, p.until FROM room.pending p
     WHERE p.council_id = p_council AND p_now < p.until ORDER BY p.key;
END $$;

CREATE FUNCTION room.sealing_keys(p_council uuid, p_ekhs bytea[]) RETURNS TABLE (ekh bytea, ek bytea)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
BEGIN
  PERFORM audit.enter(p_council);
  RETURN QUERY SELECT k.ekh::bytea, k.ek FROM room.ek k WHERE k.council_id = p_council AND k.ekh = ANY (p_ekhs) ORDER BY k.ekh;
END $$;

CREATE FUNCTION room.names(p_council uuid, p_sids bytea[]) RETURNS TABLE (sid bytea, name text, salt bytea)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
BEGIN
  PERFORM audit.enter(p_council);
  RETURN QUERY SELECT m.sid::bytea, m.name, m.salt::bytea FROM room.name m WHERE m.council_id = p_council AND m.sid = ANY (p_sids) ORDER BY m.sid;
END $$;

GRANT EXECUTE ON FUNCTION room.read, room.rows, room.snapshot, room.rooms, room.committed, room.inbox_of, room.listeners,
  room.statements, room.waiting, room.sealing_keys, room.names TO entaku_app;
-- To find a council by its slug before entering it; everything else goes through functions.
GRANT SELECT ON room.council TO entaku_app;
