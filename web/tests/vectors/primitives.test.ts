/** Every case of the files of primitives and formats: the same output or the same reason code. */

import { beforeAll } from "vitest";

import { ready } from "../../src/crypto/sodium";
import { OPERATIONS } from "./operations";
import { replay } from "./replay";

beforeAll(ready);

const FILES = {
  "01-hashing.json": 27,
  "02-j1.json": 213,
  "03-base64.json": 36,
  "04-ed25519.json": 42,
  "05-dsse.json": 101,
  "06-sealing.json": 21,
  "07-padding.json": 54,
  "08-aead.json": 7,
  "08-envelope.json": 51,
  "09-invitation.json": 37,
  "11-bundle.json": 27,
  "12-grant.json": 21,
  "14-password.json": 4,
  "15-feed.json": 22,
};

for (const [name, count] of Object.entries(FILES)) replay(name, count, OPERATIONS);
