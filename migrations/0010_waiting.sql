-- Whoever answers what waits takes its place in one call, so neither can be lost alone. What nobody calls goes.

SET LOCAL lock_timeout = '5s';
SET LOCAL statement_timeout = '60s';
SET LOCAL ROLE entaku_room_owner;

-- Nodes of the version before cannot keep what waits any more; nothing was released before this.
-- squawk-ignore ban-drop-function
DROP FUNCTION room.pend(uuid, bytea, text, bytea, bytea[], bytea[], bytea, bytea, timestamptz, timestamptz);
-- squawk-ignore ban-drop-function
DROP FUNCTION room.drop_pending(uuid, bytea);
-- squawk-ignore ban-drop-function
DROP FUNCTION room.sign_pending(uuid, bytea, bytea, bytea);
-- squawk-ignore ban-drop-function
DROP FUNCTION room.inbox_of(uuid, bytea, integer);

-- 23505 when something waits under this key already, unless it is of the type `p_answers` (NULL: none): then this replaces it.
CREATE FUNCTION room.pend(
  p_council uuid, p_key bytea, p_typ text, p_payload bytea, p_pk bytea[], p_sig bytea[], p_mac bytea, p_beside bytea,
  p_until timestamptz, p_now timestamptz, p_answers text
) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM audit.enter(p_council);
  DELETE FROM room.pending p WHERE p.council_id = p_council AND (p.until <= p_now OR p.key = p_key AND p.typ = p_answers);
  INSERT INTO room.pending (council_id, key, typ, payload, pk, sig, mac, beside, until)
    VALUES (p_council, p_key, p_typ, p_payload, p_pk, p_sig, p_mac, p_beside, p_until);
END $$;

GRANT EXECUTE ON FUNCTION room.pend TO entaku_app;
