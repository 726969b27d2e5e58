-- Statements of rooms. Functions and their rules: migrations/0004_changes.sql, 0005_reads.sql, 0011_commit.sql.

-- name: commit
SELECT seq, fh, entry_id FROM room.commit(
  $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28,
  $29, $30, $31, $32, $33, $34, $35, $36, $37, $38, $39, $40, $41, $42, $43, $44, $45, $46);

-- name: move_gate
SELECT room.move_gate($1, $2, $3, $4);

-- name: read
SELECT id, bare, ct FROM room.read($1, $2, $3, $4);

-- name: rows
SELECT seq, id, sg, idn, fh, at, form, kind, did, n, entry_id, bare FROM room.rows($1, $2, $3, $4);

-- name: snapshot
SELECT code, gate, gate_until, rev, n, seq, fh, id_rev, idn FROM room.snapshot($1, $2);

-- name: rooms
SELECT case_id, code, gate, gate_until, n, seq FROM room.rooms($1);

-- name: committed
SELECT id, did, seq, fh, idn, at, ops_leaf, id_leaf FROM room.committed($1, $2, $3);

-- name: listen
SELECT room.listen($1, $2, $3, $4, $5, $6, $7, $8);

-- name: unlisten
SELECT room.unlisten($1, $2);

-- name: forget_live
SELECT room.forget_live($1, $2, $3);

-- name: listeners
SELECT sub_id, sit, did, wid, node, seen FROM room.listeners($1, $2);
