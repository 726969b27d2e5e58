/** What surrounds the worker: a browser in earnest, made-up things in tests. */

import type { Clock } from "../client/clock";
import type { Ask } from "../client/release";
import type { Marks, Owners, Store } from "../client/stores";
import type { Costs } from "../client/vault_format";
import type { Entropy } from "../crypto/entropy";
import type { Tabs } from "./tabs";

/** Where vaults and marks lie in this profile. */
export type Profile = Store & Marks;

/** Everything that is not decided here. */
export interface Around {
  /** The page's own origin: requests go there and nowhere else. */
  readonly url: string;
  readonly clock: () => Clock;
  readonly entropy: Entropy;
  /** What passphrases cost, where it is not the usual. */
  readonly costs?: Costs;
  readonly openProfile: () => Promise<Profile>;
  readonly storage: Partial<StorageManager> | undefined;
  readonly owners: Owners;
  readonly tabs: Tabs;
  readonly version: string;
  /** Asks the page's origin for its files. */
  readonly ask: Ask;
  /** Texts of the 誓約書 that this build can show; nobody signs what she cannot read. */
  readonly pledges: readonly string[];
}
