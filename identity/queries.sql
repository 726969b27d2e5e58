-- Statements of councils. Functions and their rules: migrations/0004_changes.sql, 0005_reads.sql, 0010_waiting.sql.

-- name: reserve
SELECT room.reserve($1, $2, $3, $4, $5, $6);

-- name: councils
SELECT council_id, slug, rev FROM room.council ORDER BY slug;

-- name: rev
SELECT rev FROM room.council WHERE council_id = $1;

-- name: admit
SELECT room.admit($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18);

-- name: statements
SELECT rev, sid, typ, payload, case_id, at, leaf, pk, sig FROM room.statements($1, $2, $3);

-- name: sealing_keys
SELECT ekh, ek FROM room.sealing_keys($1, $2);

-- name: names
SELECT sid, name, salt FROM room.names($1, $2);

-- name: pend
SELECT room.pend($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11);

-- name: waiting
SELECT key, typ, payload, pk, sig, mac, beside, until FROM room.waiting($1, $2);

-- name: challenge
SELECT room.challenge($1, $2, $3, $4);

-- name: take_challenge
SELECT room.take_challenge($1, $2, $3);
