-- Who was invited where and when stood in a table of its own, which nobody read and nobody could erase. The rows themselves say it.

SET LOCAL lock_timeout = '5s';
SET LOCAL statement_timeout = '60s';
SET LOCAL ROLE entaku_room_owner;

-- Nodes of the version before cannot store rows any more; nothing was released before this.
-- squawk-ignore ban-drop-function
DROP FUNCTION room.commit(
  uuid, bytea, text, bytea, bigint, bigint, bigint, bigint, bigint,
  timestamptz, integer, integer, bigint, timestamptz,
  bytea[], bytea[], text[], text[], bytea[], bigint[], bigint[], bytea[], integer[],
  bytea[], bytea[],
  bytea[], bytea[],
  text[], bytea[], bytea[], bytea[], bytea[], bytea[], bytea[], bytea[], bytea[], integer[], bytea[],
  bytea[], text[], bytea[], bytea[], bytea[],
  bytea[], bytea[], bytea[],
  integer[], bytea[], text[]
);
-- squawk-ignore ban-drop-table
DROP TABLE room.inbox;

-- A batch of one room, or several that came at once, all or nothing. It was decided on a snapshot: council statements `p_id_rev`,
-- checkpoint `p_idn`, room `p_gate`, `p_n`, `p_rev` (NULL: does not matter), and an instant before the
-- room's limit. If any of these moved: 40001, load, decide again. 23505 names what is taken.
--   p_code, p_fh  a new room (p_gate 1, p_n -1) and its fh_0; else NULL
--   p_gate_by, p_rev_by  0 or 1;  p_next_n, p_gate_until  NULL keeps
--   r_*  rows in feed order; r_entry: which of e_* tells of the row (from 1); r_did, r_ctr NULL for statements
--   e_*  entries of `ops`, each with the device and agency of its author; entry k has the objects o_value up to place e_upto[k], after those of entry k-1
--   b_*  bundles    s_*, g_*  statements for `id` and their signatures
CREATE FUNCTION room.commit(
  p_council uuid, p_case bytea, p_code text, p_fh bytea, p_id_rev bigint, p_idn bigint, p_gate bigint, p_n bigint, p_rev bigint,
  p_now timestamptz, p_gate_by integer, p_rev_by integer, p_next_n bigint, p_gate_until timestamptz,
  r_id bytea[], r_sg bytea[], r_form text[], r_kind text[], r_did bytea[], r_ctr bigint[], r_n bigint[], r_slot bytea[], r_entry integer[],
  r_bare bytea[], r_ct bytea[],
  b_hash bytea[], b_bytes bytea[],
  e_kind text[], e_did bytea[], e_wid bytea[], e_aid bytea[], e_leaf bytea[], e_key_ct bytea[], e_bound bytea[], e_to bytea[], e_basis bytea[], e_upto integer[], o_value bytea[],
  s_sid bytea[], s_typ text[], s_prev bytea[], s_payload bytea[], s_leaf bytea[],
  g_sid bytea[], g_pk bytea[], g_sig bytea[]
) RETURNS TABLE (seq bigint, fh bytea, entry_id bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
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

GRANT EXECUTE ON FUNCTION room.commit TO entaku_app;
