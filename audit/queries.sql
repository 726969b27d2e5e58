-- Statements of the log. Functions and their rules: migrations/0002_audit.sql.

-- name: note
SELECT audit.note($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18);

-- name: beat
SELECT audit.beat($1, $2);

-- name: keep_key
SELECT audit.keep_key($1, $2, $3);

-- name: logs
SELECT log_id, council_id, name, origin, vkeys FROM audit.log ORDER BY log_id;

-- name: leaves
SELECT idx, leaf FROM audit.leaves($1, $2, $3, $4);

-- name: newest_checkpoint
SELECT size, root, note, at FROM audit.newest_checkpoint($1, $2);

-- name: tile_bytes
SELECT audit.tile_bytes($1, $2, $3, $4, $5);

-- name: find_leaf
SELECT audit.find_leaf($1, $2, $3);

-- name: query
SELECT idx, entry_id, at, kind, leaf, key_id, wrapped, key_ct, did, wid, aid, case_id, objects, to_dids, basis, purpose, result, request
  FROM audit.query($1, $2, $3, $4, $5, NULL, $6, $7, $8, $9);

---------------------------------------------------------------- the integrator's own, inside its transaction

-- name: enter
SELECT audit.enter($1);

-- name: lock_log
SELECT pg_try_advisory_xact_lock(hashtextextended('entaku/log', $1));

-- name: system
SELECT system_identifier FROM pg_control_system();

-- name: cursor
SELECT xmin_done::text::bigint FROM audit.cursor WHERE log_id = $1 AND sysid = $2;

-- name: new_entries
-- Entries are found by transaction, not by number: a number is given out before its commit. What is
-- below the snapshot's xmin is settled; everything later has a larger xid.
SELECT e.id, e.leaf, e.leaf_hash, pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS horizon
  FROM audit.entry e
 WHERE e.log_id = $1 AND e.xid >= $2::bigint::text::xid8
   AND NOT EXISTS (SELECT FROM audit.leaf l WHERE l.entry_id = e.id)
 ORDER BY e.id LIMIT $3;

-- name: newest_tree
SELECT size, root FROM audit.tree WHERE log_id = $1 ORDER BY size DESC LIMIT 1;

-- name: edge_leaves
SELECT leaf_hash AS hash FROM audit.leaf WHERE log_id = $1 AND idx >= $2 ORDER BY idx;

-- name: edge_tiles
SELECT root AS hash FROM audit.tile WHERE log_id = $1 AND level = $2 AND n >= $3 ORDER BY n;

-- name: insert_leaves
-- The primary key (log_id, idx) is the fence should the lock ever fail: never ON CONFLICT here.
INSERT INTO audit.leaf (log_id, idx, entry_id, leaf_hash)
SELECT $1, $2 + u.i - 1, u.entry_id, u.leaf_hash
  FROM unnest($3::bigint[], $4::bytea[]) WITH ORDINALITY AS u(entry_id, leaf_hash, i);

-- name: insert_tiles
INSERT INTO audit.tile (log_id, level, n, data, root)
SELECT $1, u.level, u.n, u.data, u.root FROM unnest($2::bigint[], $3::bigint[], $4::bytea[], $5::bytea[]) AS u(level, n, data, root);

-- name: insert_tree
INSERT INTO audit.tree (log_id, size, root, at) VALUES ($1, $2, $3, $4);

-- name: move_cursor
INSERT INTO audit.cursor (log_id, xmin_done, sysid) VALUES ($1, $2::bigint::text::xid8, $3)
ON CONFLICT (log_id) DO UPDATE SET xmin_done = EXCLUDED.xmin_done, sysid = EXCLUDED.sysid;

-- name: unsigned_tree
SELECT t.size, t.root FROM audit.tree t
 WHERE t.log_id = $1 AND t.size > COALESCE((SELECT max(c.size) FROM audit.checkpoint c WHERE c.log_id = $1), -1)
 ORDER BY t.size DESC LIMIT 1;

-- name: insert_checkpoint
INSERT INTO audit.checkpoint (log_id, size, note, at) VALUES ($1, $2, $3, $4);

---------------------------------------------------------------- how far behind the signatures are

-- name: behind
-- Entries without a place in the tree, then places above the newest checkpoint; ages in seconds.
WITH signed AS (
  SELECT COALESCE(max(size), 0) AS size, max(at) AS at FROM audit.checkpoint WHERE log_id = $1
), waiting AS (
  SELECT e.at FROM audit.entry e
   WHERE e.log_id = $1
     AND e.xid >= COALESCE((SELECT c.xmin_done FROM audit.cursor c WHERE c.log_id = $1), '0'::xid8)
     AND NOT EXISTS (SELECT FROM audit.leaf l WHERE l.entry_id = e.id)
  UNION ALL
  SELECT e.at FROM audit.leaf l JOIN audit.entry e ON e.id = l.entry_id
   WHERE l.log_id = $1 AND l.idx >= (SELECT size FROM signed)
)
SELECT (SELECT count(*) FROM waiting) AS entries,
       COALESCE((SELECT extract(epoch FROM clock_timestamp() - min(at)) FROM waiting), 0)::float8 AS oldest,
       COALESCE((SELECT extract(epoch FROM clock_timestamp() - at) FROM signed), 0)::float8 AS checkpoint;
