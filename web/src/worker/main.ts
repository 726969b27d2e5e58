// The worker's entry: keys, vault, line and rooms live here and nowhere else.
import { machineClock } from "../client/clock";
import { openProfile, TabOwners } from "../client/stores";
import { system } from "../crypto/entropy";
import { PLEDGE } from "../text/pledge";
import type { FromWorker, ToWorker } from "./api";
import { Host } from "./host";
import { Tabs, type Channel } from "./tabs";

declare const __VERSION__: string;

const channel: Channel = new BroadcastChannel("entaku");
const say = (message: FromWorker) => {
  postMessage(message);
};

const host = new Host(
  {
    url: location.origin,
    clock: machineClock,
    entropy: system,
    openProfile,
    storage: navigator.storage,
    owners: new TabOwners(navigator.locks),
    tabs: new Tabs(channel),
    version: __VERSION__,
    ask: (path, init) => fetch(path, init),
    pledges: [PLEDGE.ja],
  },
  say,
);

addEventListener("message", ({ data }: MessageEvent<ToWorker>) => {
  host.take(data);
});
addEventListener("online", () => {
  host.desk.wake();
});

// A machine that slept did not count the time: looks at the line as soon as it wakes.
const BEAT = 5_000;
let last = performance.now();
setInterval(() => {
  const now = performance.now();
  if (now - last > 3 * BEAT) host.desk.wake();
  last = now;
}, BEAT);

await host.start();
