-- Councils, their statements, and rooms. No projections: who sits where, on which basis, is folded
-- from signed rows by the same reducers on server and client. Here is only what a query must find.

SET LOCAL lock_timeout = '5s';
SET LOCAL statement_timeout = '60s';
SET LOCAL ROLE entaku_room_owner;

-- `rev` counts the statements; whoever adds one moves it, so decisions on them cannot race.
CREATE TABLE room.council (
  council_id uuid PRIMARY KEY,
  slug       text NOT NULL UNIQUE CHECK (slug ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
  rev        bigint NOT NULL DEFAULT 0
);

-- Statements of the `id` log; those of a room's feed alone are in body. `payload`: signed bytes.
CREATE TABLE room.statement (
  sid        audit.hash32 PRIMARY KEY,
  council_id uuid NOT NULL,
  rev        bigint NOT NULL,
  typ        text NOT NULL,
  prev       audit.hash32,
  payload    bytea NOT NULL,
  case_id    audit.id16,             -- the case of a blinded scope
  at         timestamptz NOT NULL,
  entry_id   bigint NOT NULL,
  UNIQUE (council_id, rev)
);
CREATE UNIQUE INDEX statement_successor ON room.statement (council_id, prev) WHERE prev IS NOT NULL;
CREATE UNIQUE INDEX statement_first_root ON room.statement (council_id) WHERE typ = 'root' AND prev IS NULL;

CREATE TABLE room.statement_sig (
  sid        audit.hash32 REFERENCES room.statement,
  pk         audit.hash32,
  council_id uuid NOT NULL,
  sig        bytea NOT NULL CHECK (octet_length(sig) = 64),
  PRIMARY KEY (sid, pk)
);

-- Beside statements: sealing keys by hash, and names, which are erasable (DELETE).
CREATE TABLE room.ek (
  council_id uuid,
  ekh        audit.hash32,
  ek         bytea NOT NULL CHECK (octet_length(ek) = 1216 AND sha256(ek) = ekh),
  PRIMARY KEY (council_id, ekh)
);
CREATE TABLE room.name (
  sid        audit.hash32 PRIMARY KEY,
  council_id uuid NOT NULL,
  name       text NOT NULL,
  salt       audit.hash32 NOT NULL
);

-- What waits: incomplete statements (key = sid), join (inv), link (lid), a reserved case id.
CREATE TABLE room.pending (
  council_id uuid,
  key        bytea CHECK (octet_length(key) IN (16, 32)),
  typ        text NOT NULL,
  payload    bytea NOT NULL,
  pk         bytea[] NOT NULL,
  sig        bytea[] NOT NULL CHECK (cardinality(sig) = cardinality(pk) AND cardinality(sig) <= 16),
  mac        bytea,
  beside     bytea,                  -- ek of a join or link; name and salt of a worker
  until      timestamptz NOT NULL,
  PRIMARY KEY (council_id, key)
);

-- The one counter row of a room. `gate` moves with everything that can change who may do what,
-- `rev` with every operation that changes state, `n` is the epoch (-1 before the first roster).
CREATE TABLE room.room (
  case_id    audit.id16 PRIMARY KEY,
  council_id uuid NOT NULL,
  code       text NOT NULL,
  gate       bigint NOT NULL DEFAULT 1,
  -- The earliest end of a basis, pledge or seat. Not 'infinity': asyncpg makes it a time without zone.
  gate_until timestamptz NOT NULL DEFAULT '9999-12-31 00:00:00+00' CHECK (isfinite(gate_until)),
  rev        bigint NOT NULL DEFAULT 0,
  n          bigint NOT NULL DEFAULT -1,
  seq        bigint NOT NULL DEFAULT 0,
  fh         audit.hash32 NOT NULL,
  UNIQUE (council_id, code)
);
CREATE INDEX room_gate_until ON room.room (council_id, gate_until);

CREATE TABLE room.feed (
  case_id    audit.id16,
  seq        bigint,
  council_id uuid NOT NULL,
  id         audit.hash32 NOT NULL,
  sg         audit.hash32 NOT NULL,
  idn        bigint NOT NULL,
  fh         audit.hash32 NOT NULL,
  at         timestamptz NOT NULL,
  form       text NOT NULL CHECK (form IN ('env', 'stm')),
  kind       text NOT NULL,
  did        audit.id16,             -- author of an envelope, with its place in her chain
  ctr        bigint,
  n          bigint NOT NULL,
  slot       audit.hash32,           -- what may exist once, such as one version of a section
  entry_id   bigint NOT NULL,
  PRIMARY KEY (case_id, seq),
  CHECK ((form = 'env') = (did IS NOT NULL AND ctr IS NOT NULL)),
  CONSTRAINT feed_id UNIQUE (case_id, id),
  CONSTRAINT feed_ctr UNIQUE (case_id, did, ctr),
  CONSTRAINT feed_slot UNIQUE (case_id, slot)
);

-- `bare`: what every member may see of the row; `ct`: what takes a ticket (NULL: there is nothing).
CREATE TABLE room.body (
  case_id    audit.id16,
  id         audit.hash32,
  council_id uuid NOT NULL,
  bare       bytea NOT NULL,
  ct         bytea,
  PRIMARY KEY (case_id, id)
);
-- Key bundles by hash; always by ticket.
CREATE TABLE room.blob (
  case_id    audit.id16,
  h          audit.hash32,
  council_id uuid NOT NULL,
  bytes      bytea NOT NULL,
  PRIMARY KEY (case_id, h)
);

-- What a person finds when she signs in; names no content.
CREATE TABLE room.inbox (
  council_id uuid,
  wid        audit.id16,
  case_id    audit.id16,
  seq        bigint,
  what       text,
  at         timestamptz NOT NULL,
  PRIMARY KEY (council_id, wid, case_id, seq, what)
);

-- Who listens now; lost with the server, as its sockets are.
CREATE UNLOGGED TABLE room.live (
  sub_id     audit.id16 PRIMARY KEY,
  council_id uuid NOT NULL,
  case_id    audit.id16 NOT NULL,
  sit        audit.id16,
  did        audit.id16 NOT NULL,
  wid        audit.id16 NOT NULL,
  node       text NOT NULL,
  seen       timestamptz NOT NULL
);
CREATE INDEX live_case ON room.live (council_id, case_id);

-- Nonces of sign-in; losing them costs a second try.
CREATE UNLOGGED TABLE room.challenge (
  council_id uuid,
  nonce      audit.hash32,
  until      timestamptz NOT NULL,
  PRIMARY KEY (council_id, nonce)
);
