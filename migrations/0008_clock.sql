-- A ticket ends with its room's limit by the clock of the database, too: whoever asks cannot turn it back.

SET LOCAL lock_timeout = '5s';
SET LOCAL statement_timeout = '60s';
SET LOCAL ROLE entaku_room_owner;

-- As before (0005_reads.sql), but for the limit: the later of the two clocks decides.
CREATE OR REPLACE FUNCTION room.read(p_council uuid, p_entry bigint, p_did bytea, p_now timestamptz)
RETURNS TABLE (id bytea, bare bytea, ct bytea)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
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
