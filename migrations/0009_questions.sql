-- An auditor's ticket is for the question that its entry tells of, and for no other.

SET LOCAL lock_timeout = '5s';
SET LOCAL statement_timeout = '60s';
SET LOCAL ROLE entaku_audit_owner;

-- Whether what is looked for is what the entry says: its purpose, and its objects [subject?, since, until, after].
-- A subject is an id in hex; which case stands behind a public code is the word of whoever asks. A later page of
-- the same answer begins after a later index.
CREATE FUNCTION audit.is_question(
  p_fact audit.fact, p_case bytea, p_wid bytea, p_since timestamptz, p_until timestamptz, p_after bigint
) RETURNS boolean
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
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
END $$;

-- As before (0002_audit.sql), but for the question; whoever asks for refusals gets nothing else. No question is
-- about an agency: `p_aid` must be NULL.
CREATE OR REPLACE FUNCTION audit.query(
  p_council uuid, p_entry bigint, p_did bytea, p_case bytea, p_wid bytea, p_aid bytea,
  p_since timestamptz, p_until timestamptz, p_after bigint, p_limit integer
) RETURNS TABLE (
  idx bigint, entry_id bigint, at timestamptz, kind text, leaf bytea, key_id bytea, wrapped bytea, key_ct bytea, did bytea, wid bytea,
  aid bytea, case_id bytea, objects bytea[], to_dids bytea, basis bytea, purpose text, result text, request bytea
)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
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
