/** The registrar's part: inviting, hearing digits, certifying. */

import { Refused } from "../../crypto/errors";
import type { Cap } from "../../protocol/generated";
import { DAY } from "../../protocol/times";
import { registrarOf, requestsOf } from "../registering";
import { bareDigits } from "../typed";
import { wrote, type Commands } from "./command";

type Names = "registrar.invite" | "registrar.waiting" | "registrar.certify";

/** How long an invitation holds, in ms. */
const LIFE = 7 * DAY;
/** Clocks differ: a certificate begins a day before it is made. */
const BEFORE = DAY;

/** Commands on the register. */
export const REGISTRAR: Commands<Names> = {
  "registrar.invite": async (desk, { caps }) => {
    const office = desk.office();
    const until = office.session.council.iat() + LIFE;
    const registrar = await registrarOf(office);
    const sorted = (caps as readonly Cap[]).toSorted();
    const { link, code } = await registrar.invite(sorted, { exp: until });
    return { link, typed: code, until };
  },
  "registrar.waiting": async (desk) => {
    const found = await requestsOf(desk.office());
    return [...found].map(([inv, { digits, join }]) => ({
      inv,
      digits: bareDigits(digits),
      since: join.iat,
    }));
  },
  "registrar.certify": async (desk, { inv, name, until }) => {
    const office = desk.office();
    const found = [...(await requestsOf(office))].find(([each]) => each === inv)?.[1];
    if (found === undefined) throw new Refused("UNKNOWN_ID");
    const nbf = office.session.council.iat() - BEFORE;
    await (await registrarOf(office)).certify(found, { name, nbf, exp: until });
    return wrote(desk);
  },
};
