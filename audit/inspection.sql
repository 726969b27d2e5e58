-- What an inspection of a database reads, inside one read-only snapshot, as a role that may read
-- everything. `made` is the transaction that wrote a row as it is now (the low 32 bits of its number):
-- the database notes it by itself, so a row that was rewritten later says so.

-- name: everything
-- An error instead of silently empty tables, where row security would hide rows.
SET LOCAL row_security = off;

-- name: logs
SELECT log_id, council_id, name, origin, vkeys FROM audit.log ORDER BY log_id;

-- name: leaves
SELECT l.idx, l.leaf_hash, l.xmin::text::bigint AS made, l.entry_id,
       e.id IS NOT NULL AS has_entry, e.council_id, e.log_id, e.at, e.xid::text::bigint AS xid, e.xmin::text::bigint AS entry_made,
       e.kind, e.leaf, e.leaf_hash AS entry_hash,
       f.entry_id IS NOT NULL AS has_fact, f.xmin::text::bigint AS fact_made, f.council_id AS fact_council,
       f.wid, f.case_id, f.objects, f.bound, f.to_dids, f.basis, f.purpose, f.result, f.request, f.nonce,
       k.wrapped IS NOT NULL AS has_key, k.xmin::text::bigint AS key_made
  FROM audit.leaf l LEFT JOIN audit.entry e ON e.id = l.entry_id LEFT JOIN audit.fact f ON f.entry_id = l.entry_id
  LEFT JOIN audit.case_key k ON k.council_id = f.council_id AND k.key_id = f.key_id
 WHERE l.log_id = $1 ORDER BY l.idx;

-- name: tiles
SELECT level, n, data, root FROM audit.tile WHERE log_id = $1 ORDER BY level, n;

-- name: trees
SELECT t.size, t.root, t.at, t.xmin::text::bigint AS made, c.note, c.at AS signed_at, c.xmin::text::bigint AS signed
  FROM audit.tree t FULL JOIN audit.checkpoint c ON (c.log_id, c.size) = (t.log_id, t.size)
 WHERE coalesce(t.log_id, c.log_id) = $1 ORDER BY coalesce(t.size, c.size);

-- name: orphan_checkpoints
SELECT size FROM audit.checkpoint c
 WHERE log_id = $1 AND NOT EXISTS (SELECT FROM audit.tree t WHERE (t.log_id, t.size) = (c.log_id, c.size)) ORDER BY size;

-- name: cursor
SELECT xmin_done::text::bigint AS done, sysid, xmin::text::bigint AS made FROM audit.cursor WHERE log_id = $1;

-- name: waiting
-- Entries in no tree; those below the cursor were skipped for ever, the others wait for the next batch.
SELECT e.id, e.xid::text::bigint < coalesce(c.xmin_done::text::bigint, 0) AS skipped
  FROM audit.entry e LEFT JOIN audit.cursor c ON c.log_id = e.log_id
 WHERE e.log_id = $1 AND NOT EXISTS (SELECT FROM audit.leaf l WHERE l.entry_id = e.id) ORDER BY e.id;

-- name: strays
-- Rows that belong to no log, no entry, or no fact.
SELECT 'entry' AS name, e.id::text AS place FROM audit.entry e WHERE NOT EXISTS (SELECT FROM audit.log g WHERE g.log_id = e.log_id)
UNION ALL SELECT 'leaf', l.idx::text FROM audit.leaf l WHERE NOT EXISTS (SELECT FROM audit.log g WHERE g.log_id = l.log_id)
UNION ALL SELECT 'tile', t.level || '/' || t.n FROM audit.tile t WHERE NOT EXISTS (SELECT FROM audit.log g WHERE g.log_id = t.log_id)
UNION ALL SELECT 'tree', t.size::text FROM audit.tree t WHERE NOT EXISTS (SELECT FROM audit.log g WHERE g.log_id = t.log_id)
UNION ALL SELECT 'checkpoint', c.size::text FROM audit.checkpoint c WHERE NOT EXISTS (SELECT FROM audit.log g WHERE g.log_id = c.log_id)
UNION ALL SELECT 'cursor', c.log_id::text FROM audit.cursor c WHERE NOT EXISTS (SELECT FROM audit.log g WHERE g.log_id = c.log_id)
UNION ALL SELECT 'fact', f.entry_id::text FROM audit.fact f WHERE NOT EXISTS (SELECT FROM audit.entry e WHERE e.id = f.entry_id)
UNION ALL SELECT 'case_key', encode(k.key_id, 'hex') FROM audit.case_key k
           WHERE NOT EXISTS (SELECT FROM audit.fact f WHERE (f.council_id, f.key_id) = (k.council_id, k.key_id));

-- name: now
SELECT clock_timestamp() AS now, system_identifier AS sysid, pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS horizon
  FROM pg_control_system();
