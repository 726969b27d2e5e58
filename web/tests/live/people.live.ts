/** Enrolment, sign-in, a lost connection, a second device, an eviction: against the real server. */

import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";

import { machineClock } from "../../src/client/clock";
import type { Contents } from "../../src/client/contents";
import * as enrol from "../../src/client/enrol";
import { Line, type LineState } from "../../src/client/line";
import * as link from "../../src/client/link";
import { pledge } from "../../src/client/pledge";
import { Session } from "../../src/client/session";
import { Socket } from "../../src/client/socket";
import { CarriedStore } from "../../src/client/stores";
import { pause } from "../../src/client/transport";
import { Vault } from "../../src/client/vault";
import { utf8 } from "../../src/crypto/bytes";
import { system } from "../../src/crypto/entropy";
import { Refused } from "../../src/crypto/errors";
import { sha256 } from "../../src/crypto/hashing";
import { ready } from "../../src/crypto/sodium";
import { Cases, Done } from "../../src/protocol/generated";
import { hashOf, type Digest } from "../../src/protocol/ids";
import { Secret, SECRET_SIZE } from "../../src/protocol/invitation";
import { DAY, MINUTE } from "../../src/protocol/times";
import {
  freshVault,
  given,
  leave,
  left,
  PASS,
  placeOf,
  shared,
  stranger,
  untilLeft,
} from "./stage";

let session: Session;

beforeAll(ready);
afterAll(async () => {
  await session.close();
});

/** What happens on a line, in order. */
class Heard {
  readonly states: LineState[] = [];
  readonly events: string[] = [];
  ups = 0;
  why: unknown = null;
  line: Line;

  constructor(owner: Session) {
    this.line = new Line(owner, {
      onEvent: (event) => this.events.push(event),
      onUp: () => {
        this.ups += 1;
        return Promise.resolve();
      },
      onState: (state, why) => {
        this.states.push(state);
        this.why = why;
      },
    });
  }

  async until(holds: () => boolean): Promise<void> {
    while (!holds()) await pause(20);
  }
}

const WAIT = { patience: 30_000 };
const at = { clock: machineClock(), entropy: system };

describe("a person who was invited", () => {
  it("reads what she is invited to before she agrees", async () => {
    const offered = await enrol.look(stranger(), enrol.readTicket(given("ENTAKU_LINK")));

    expect(offered.council).toBe("みなと市");
    expect(offered.agency).toBe("A01");
    expect(offered.invite.caps).toEqual(["chair", "member"]);
  });

  it("is not led to another council by a link", async () => {
    const ticket = enrol.readTicket(given("ENTAKU_LINK"));
    const net = hashOf(new Uint8Array(32)) as typeof ticket.net;

    await expect(enrol.look(stranger(), { ...ticket, net })).rejects.toThrow("WRONG_NET");
    const nobody = { secret: new Secret(system(SECRET_SIZE)), net: null };
    await expect(enrol.look(stranger(), nobody)).rejects.toThrow(Refused);
  });

  it("enrols while a registrar of the command line reads the same twelve digits", async () => {
    const council = stranger();
    const vault = await freshVault("first");
    const ticket = enrol.readTicket(given("ENTAKU_CODE"));
    const digits = await enrol.ask(council, vault, { ticket, passphrase: PASS });
    expect(enrol.digitsAgain(council, vault)).toBe(digits);
    leave("digits", digits);

    const me = await enrol.finish(council, vault, { passphrase: PASS, ...WAIT });

    expect(me.name).toBe("担当 花子");
    session = Session.of(vault, at);
  });

  it("signs in, finds her own leaves, and sees no room yet", async () => {
    await session.login();

    expect(session.signer().wid).toBe(session.me.wid);
    expect(session.certificate().body.did).toBe(session.me.did);
    expect(session.council.clock.isOff()).toBe(false);
    expect(await session.council.http.get("cases", Cases)).toEqual({ cases: [] });
    expect(session.vault.contents.id?.n).toBe(session.council.log.size);
  });

  it("pledges, and finds the leaf in the log", async () => {
    const text = hashOf<Digest>(sha256(utf8("誓約書")));
    const until = session.council.iat() + 300 * DAY;
    await pledge(session, text, { ver: 1, until });
    const { directory, size } = session.council.log;

    expect(directory.hasPledges(session.me.aid, session.me.wid, size)).toBe(true);
  });

  it("refuses a server that is behind what she saw", async () => {
    const { vault } = session;
    const known = vault.contents.id;
    const ahead = known && { ...known, n: known.n + 1_000 };
    const kept: Contents[] = [];
    const update = (change: (contents: Contents) => Contents) => {
      kept.push(change(vault.contents));
      return Promise.resolve();
    };
    const behind = Object.create(vault, {
      contents: { value: { ...vault.contents, id: ahead } },
      update: { value: update },
    }) as Vault;

    await expect(Session.of(behind, at).login()).rejects.toThrow("ROLLBACK");
    expect(kept.at(-1)?.evidence.map(({ code }) => code)).toEqual(["ROLLBACK"]);
  });
});

describe("a line", () => {
  it("comes back after it was lost, with a token of its own", async () => {
    const heard = new Heard(session);
    await heard.line.open();
    const before = session.council.http.token;
    heard.line.socket.close();
    await heard.until(() => heard.ups === 2 && heard.line.isUp);

    expect(heard.states).toEqual(["up", "down", "up"]);
    expect(session.council.http.token).not.toBe(before);
    heard.line.close();
  });

  it("renews its token before it ends, on the same socket", async () => {
    const heard = new Heard(session);
    await heard.line.open();
    const { token } = session.council.http;
    session.expires = session.council.clock.now();
    heard.line.wake();
    await heard.until(() => session.council.http.token !== token);
    await heard.line.socket.call("token", { token: session.council.http.token }, Done);

    expect(session.expires - session.council.clock.now()).toBeGreaterThan(9 * MINUTE);
    expect(heard.states).toEqual(["up"]);
    const nothing = heard.line.socket.call("token", { token: "no token" }, Done);
    await expect(nothing).rejects.toThrow("BAD_TOKEN");
    heard.line.close();
  });

  it("is refused with what the server says", async () => {
    const { url, slug } = session.council.http;
    const ended = vi.fn();
    const socket = new Socket({ url, slug, onEvent: ended, onEnd: ended });

    await expect(socket.connect("no token")).rejects.toThrow("BAD_TOKEN");
    await expect(socket.call("head", {}, Done)).rejects.toThrow("UNAVAILABLE");
    const nowhere = new Socket({ url: "http://127.0.0.1:9", slug, onEvent: ended, onEnd: ended });
    await expect(nowhere.connect("no token")).rejects.toThrow("UNAVAILABLE");
    expect(ended).not.toHaveBeenCalled();
  });
});

describe("a second device", () => {
  it("is vouched for by the first, from the text of a QR code", async () => {
    const offered = await link.offer(session);
    const council = stranger();
    const vault = await freshVault("second");
    const linking = await link.ask(council, vault, { secret: link.readOffer(offered.qr) });
    const request = await link.request(session, offered, { patience: 0 });
    await link.approve(session, request, { passphrase: PASS });
    const me = await link.finish(council, vault, { linking, patience: 0 });
    const second = Session.of(vault, at);
    await second.login();

    expect(me.wid).toBe(session.me.wid);
    expect(me.did).not.toBe(session.me.did);
    expect(second.signer().did).toBe(me.did);
    await second.close();
  });

  it("is not vouched for under a code that nobody offered", async () => {
    const vault = await freshVault("third");
    const secret = enrol.readTicket(given("ENTAKU_CODE")).secret;

    await expect(link.ask(stranger(), vault, { secret })).rejects.toThrow("UNKNOWN_ID");
    await vault.close();
  });
});

describe("a vault", () => {
  it("of the command line opens here and signs in", async () => {
    const place = placeOf("python", new CarriedStore("python", left("python")));
    const other = Session.of(await Vault.open(place, PASS), at);
    await other.login();

    expect(other.me.name).toBe("担当 太郎");
    expect(other.signer().did).toBe(other.me.did);
    await other.close();
  });

  it("of this program is left for the command line", () => {
    leave("typescript", session.vault.file());
    expect(shared("typescript")).toContain("typescript");
  });
});

describe("an eviction", () => {
  it("cuts the socket, says why, and is not argued with", async () => {
    await session.login();
    const heard = new Heard(session);
    await heard.line.open();
    leave("listening", "");
    await heard.until(() => heard.states.includes("ended"));

    expect(heard.events).toContain("cut");
    expect(heard.why).toBeInstanceOf(Refused);
    expect((heard.why as Refused).code).toBe("REVOKED");
    expect(heard.line.isUp).toBe(false);
    await untilLeft("revoked");
  });
});
