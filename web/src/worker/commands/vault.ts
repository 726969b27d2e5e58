/** Opening, locking and changing vaults; drafts. */

import { Vault } from "../../client/vault";
import type { Desk } from "../desk";
import { councilPinned, Enrolment } from "../enrolling";
import { MINUTE } from "../../protocol/times";
import type { Commands } from "./command";

type Names =
  | ("vault.open" | "vault.remove" | "vault.lock" | "vault.stay" | "vault.passphrase")
  | ("vault.prf" | "vault.file" | "vault.carry" | "draft.keep" | "draft.get" | "draft.drop");

/** Shows what an opened vault is for: somebody at work, or on her way in. */
async function enter(desk: Desk, vault: Vault): Promise<void> {
  if (vault.contents.identity !== null) {
    await desk.signIn(vault);
    await desk.show();
    return;
  }
  const council = councilPinned(desk.around, vault);
  await council.sync();
  const enrolment = new Enrolment({ vault, council, invitation: null });
  await enrolment.resume();
  desk.join(enrolment);
}

/** Commands on vaults. */
export const VAULT: Commands<Names> = {
  "vault.open": async (desk, { name, passphrase, prf, file }) => {
    const bytes = file === null ? null : new Uint8Array(await file.arrayBuffer());
    await desk.owning(name, async () => {
      const place = desk.place(name, bytes);
      const vault =
        prf === null ? await Vault.open(place, passphrase) : await Vault.openWithPrf(place, prf);
      try {
        await enter(desk, vault);
      } catch (error) {
        await vault.close();
        throw error;
      }
    });
    return null;
  },
  "vault.remove": async (desk, { name }) => {
    await desk.remove(name);
    return null;
  },
  "vault.lock": async (desk) => {
    await desk.lock();
    return null;
  },
  "vault.stay": (desk, { minutes }) => {
    desk.idle.stay(minutes * MINUTE);
    return null;
  },
  "vault.passphrase": async (desk, { old, fresh }) => {
    await desk.office().session.vault.changePassphrase(old, fresh);
    return null;
  },
  "vault.prf": async (desk, { passphrase, prf }) => {
    const { vault } = desk.office().session;
    await vault.changePassphrase(passphrase, passphrase); // wrapped anew: it is known to be right
    await (prf === null ? vault.dropPrf() : vault.keepPrf(prf));
    await desk.list();
    return null;
  },
  "vault.file": (desk) => {
    const { vault } = desk.enrolment ?? desk.office().session;
    return new Blob([vault.file().slice()], { type: "application/octet-stream" });
  },
  "vault.carry": async (desk, { name }) => {
    const bytes = await desk.carry(name);
    return new Blob([bytes.slice()], { type: "application/octet-stream" });
  },
  "draft.keep": async (desk, { key, value }) => {
    const office = desk.office();
    await office.session.vault.drafts.put(key, value, office.now());
    return null;
  },
  "draft.get": async (desk, { key }) => {
    const draft = await desk.office().session.vault.drafts.get(key);
    return draft?.text ?? null;
  },
  "draft.drop": async (desk, { key }) => {
    await desk.office().session.vault.drafts.drop(key);
    return null;
  },
};
