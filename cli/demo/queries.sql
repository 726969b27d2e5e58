-- What an operator can take: every ciphertext of a room.

-- name: ciphertexts
SELECT f.seq, b.ct
  FROM room.feed f
  JOIN room.body b ON b.case_id = f.case_id AND b.id = f.id
 WHERE f.case_id = $1 AND f.form = 'env' AND b.ct IS NOT NULL
 ORDER BY f.seq;

-- What the demo does to a copy of the database as its superuser, to show that it is noticed.

-- name: triggers_off
-- The triggers that refuse changes are ENABLE ALWAYS; only the owner or a superuser can do this.
ALTER TABLE audit.entry DISABLE TRIGGER ALL;

-- name: pick
SELECT e.id, l.idx
  FROM audit.entry e
  JOIN audit.leaf l ON l.entry_id = e.id
  JOIN audit.log g ON g.log_id = l.log_id AND g.name = 'ops'
 WHERE e.kind = $1
 ORDER BY l.idx DESC LIMIT 1;

-- name: alter
UPDATE audit.entry
   SET leaf = convert_to(regexp_replace(convert_from(leaf, 'UTF8'), '"d":"[A-Z_]+"', '"d":""'), 'UTF8')
 WHERE id = $1;

-- name: erase
DELETE FROM audit.entry WHERE id = $1;

-- name: leaves
SELECT l.idx, e.leaf
  FROM audit.leaf l
  JOIN audit.log g ON g.log_id = l.log_id AND g.name = 'ops'
  JOIN audit.entry e ON e.id = l.entry_id
 WHERE l.idx < $1
 ORDER BY l.idx;
