/** What the worker shows, as signals, and the server's time. */
import { computed, signal, type ReadonlySignal } from "@preact/signals";
import type {
  Api,
  AppView,
  DocketLine,
  HomeView,
  RoomView,
  SessionView,
  Trouble,
} from "../worker/api";
import { cutOff } from "./network";

export const app = signal<AppView>({ phase: "starting" });
export const home = signal<HomeView | null>(null);
export const docket = signal<readonly DocketLine[] | null>(null);
export const room = signal<RoomView | null>(null);

/** The session while the vault is open, else null. */
export const session: ReadonlySignal<SessionView | null> = computed(() =>
  app.value.phase === "open" ? app.value.session : null,
);

/** The line as the worker knows it, or offline as soon as the browser says so; null while locked. */
export const line: ReadonlySignal<SessionView["line"] | null> = computed(() => {
  if (!session.value) return null;
  return cutOff.value ? "offline" : session.value.line;
});

/** The server's clock, ms: it runs on from the last word of the worker and ticks each second. */
export const now = signal(0);

/** The same, but it changes once a minute: for words like "5分前". */
export const minute: ReadonlySignal<number> = computed(() => now.value - (now.value % 60_000));

/** Whether the screens may write: somebody is signed in and the line is up. */
export const writable: ReadonlySignal<boolean> = computed(() => line.value === "online");

/** Why the words that are being typed could not be kept on this machine; null while they are. */
export const unkept = signal<Trouble | null>(null);

const SECOND = 1000;

/** Let the server's time run on from its last value; `elapsed` is a clock that never jumps, ms. Returns how to stop. */
export function runClock(elapsed: () => number): () => void {
  let base = 0;
  let said: number | null = null;
  const tick = () => {
    const told = session.value?.now ?? null;
    if (told !== null && told !== said) {
      said = told;
      base = told - elapsed();
    }
    now.value = base + elapsed();
  };
  const stopHearing = app.subscribe(tick);
  const timer = setInterval(tick, SECOND);
  return () => {
    stopHearing();
    clearInterval(timer);
  };
}

/** Feed the signals from an Api. Returns how to stop. */
export function connect(api: Api): () => void {
  const stops = [
    api.hear("app", (value) => {
      app.value = value;
      if (value.phase !== "open") forget();
    }),
    api.hear("home", (value) => {
      home.value = value;
    }),
    api.hear("docket", (value) => {
      docket.value = value;
    }),
    api.hear("room", (value) => {
      room.value = value;
    }),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}

/** Leave nothing of the contents in the page once the vault is closed. */
function forget(): void {
  home.value = null;
  docket.value = null;
  room.value = null;
}
