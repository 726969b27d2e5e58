/** Who is signed in, where, and how things stand with her log. */

import type { Evidence } from "../../client/contents";
import type { Session } from "../../client/session";
import type { Standing } from "../../client/release";
import { Refused, type Code } from "../../crypto/errors";
import { bytesOfBlob, type Aid } from "../../protocol/ids";
import { parse } from "../../protocol/statement";
import type { DeviceView, EvidenceView, LogView, SessionView } from "../api";
import type { People } from "./people";

/** What the session itself does not know. */
export interface Beside {
  readonly people: People;
  readonly line: SessionView["line"];
  readonly version: string;
  readonly manifest: string;
  /** Null while the page's own bytes were not compared yet. */
  readonly standing: Standing | null;
  /** Whether an authenticator opens the vault here. */
  readonly prf: boolean;
  readonly doubt: SessionView["doubt"];
  readonly dropped: SessionView["dropped"];
  readonly file: SessionView["file"];
}

/** The session as the frame and 設定 show it. */
export function sessionOf(session: Session, beside: Beside): SessionView {
  const { council, vault, me } = session;
  const person = beside.people.person(me.wid);
  return {
    me: person.name === "" ? { ...person, name: me.name } : person,
    caps: capsOf(session),
    council: {
      slug: council.http.slug,
      name: council.root().name,
      origin: council.root().origin,
      fingerprint: council.net,
    },
    line: beside.line,
    clockOff: session.expires === 0 ? null : council.clock.offset,
    now: council.clock.now(),
    release: {
      version: beside.version,
      manifest: beside.manifest,
      logged: beside.standing?.logged ?? null,
    },
    id: logOf(session),
    devices: devicesOf(session),
    prf: beside.prf,
    doubt: beside.doubt,
    dropped: beside.dropped,
    file: beside.file,
    pledge: pledgeOf(session),
    evidence: vault.contents.evidence.map(evidenceOf),
    receiptsWaiting: vault.contents.receipts.length,
  };
}

/** What my certificate allows; `host` for whoever keeps the key of an agency's registrar here. */
function capsOf({ council, vault, me }: Session): readonly string[] {
  const { directory, size } = council.log;
  const caps = directory.workers.get(me.wid)?.newest(size)?.body.caps ?? [];
  const keeps = vault.contents.keys.some(({ name }) => directory.agencies.has(name as Aid));
  return keeps ? [...caps, "host"] : caps;
}

/** The log as it was verified last; v1 has no witnesses. */
function logOf({ council, vault }: Session): LogView {
  const { log } = council;
  const { origin, vkeys } = log.root().logs.id;
  const at = vault.contents.id?.at ?? null;
  return { origin, vkey: vkeys[0] ?? "", size: log.size, root: log.head().r, at, witnesses: 0 };
}

/** My devices: this one first, then by age. */
function devicesOf({ council, me }: Session): readonly DeviceView[] {
  const { directory, size } = council.log;
  const views = (directory.owned.get(me.wid) ?? []).flatMap((did): readonly DeviceView[] => {
    const chain = directory.devices.get(did);
    if (chain === undefined) return [];
    const since = directory.time(chain.first.index + 1);
    const ended = chain.ended(size) || directory.isDeviceSeenEnded(did);
    return [{ did, name: "", me: did === me.did, since, ended }];
  });
  return views.toSorted(
    (one, other) => Number(other.me) - Number(one.me) || one.since - other.since,
  );
}

/** 誓約書: an auditor opens no contents and need not pledge. */
export function pledgeOf({ council, me }: Session): SessionView["pledge"] {
  const { directory, size } = council.log;
  const caps = directory.workers.get(me.wid)?.newest(size)?.body.caps ?? [];
  if (directory.currentPledge(size) === undefined || caps.every((cap) => cap === "audit")) {
    return "not-needed";
  }
  try {
    directory.requirePledge(me.aid, me.wid, size);
    return "live";
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return error.code === "PLEDGE_EXPIRED" ? "expired" : "missing";
  }
}

/** A kept contradiction: when the first of both was signed, and what it spoke of. */
function evidenceOf({ code, first }: Evidence): EvidenceView {
  const about = { code: code as Code, at: null };
  try {
    const { typ, iat } = parse(bytesOfBlob(first)).body;
    return { ...about, at: iat, about: typ };
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return { ...about, about: "checkpoint" }; // a note of the log names no time
  }
}
