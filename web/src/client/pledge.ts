/** 誓約書: what a person pledges for herself (section 5.3). */

import type { Pledge } from "../protocol/generated";
import type { Digest, Sid } from "../protocol/ids";
import { compose } from "../protocol/statement";
import type { Session } from "./session";
import { signStatement } from "./signer";

/** Signs the council's current text (its hash, its version, until when in ms) and waits for the leaf. */
export async function pledge(
  session: Session,
  text: Digest,
  { ver, until }: { readonly ver: number; readonly until: number },
): Promise<Sid> {
  const { council, me } = session;
  const body: Pledge = {
    ...{ v: 1, typ: "pledge", net: council.net, nce: council.nonce(), iat: council.iat() },
    ...{ aid: me.aid, wid: me.wid, text, ver, until },
  };
  const statement = compose(body);
  await council.admitLogged(statement, [await signStatement(statement, session.dk)]);
  return statement.sid;
}
