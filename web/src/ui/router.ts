/**
 * Where one is, as a fragment: `#/home`, `#/case/<case id>/<part>`. Ids of people never stand in it.
 * An invitation (`…/join#shk1.…`) comes as a fragment too; it is taken out of the address at once.
 */
import { signal } from "@preact/signals";

export type Screen = "home" | "docket" | "case" | "new" | "audit" | "settings" | "join" | "missing";

export interface Route {
  readonly screen: Screen;
  /** Only with `case`: 32 hex digits. */
  readonly caseId: string | null;
  /** A part of the screen, "" for its first one. */
  readonly part: string;
}

const SCREENS: readonly Screen[] = ["home", "docket", "case", "new", "audit", "settings", "join"];
const CASE = /^[0-9a-f]{32}$/;
const PART = /^[a-z-]{0,24}$/;

/** Where one is. */
export const route = signal<Route>({ screen: "home", caseId: null, part: "" });

/** An invitation link the page was opened with, until it is used; it never stays in the address. */
export const invitation = signal<string | null>(null);

const MISSING: Route = { screen: "missing", caseId: null, part: "" };

/** Read a fragment with or without its `#`; anything unknown is `missing`. */
export function readRoute(fragment: string): Route {
  const [first = "", ...rest] = fragment.replace(/^#?\/?/, "").split("/");
  const screen = first === "" ? "home" : SCREENS.find((each) => each === first);
  if (!screen) return MISSING;
  const caseId = screen === "case" ? (rest.shift() ?? "") : null;
  const part = rest.join("/");
  if ((caseId !== null && !CASE.test(caseId)) || !PART.test(part)) return MISSING;
  return { screen, caseId, part };
}

/** The address of a screen, for `href`. */
export function href(screen: Screen, part = ""): string {
  return part === "" ? `#/${screen}` : `#/${screen}/${part}`;
}

/** The address of a part of a case. */
export function hrefCase(caseId: string, part = ""): string {
  return part === "" ? `#/case/${caseId}` : `#/case/${caseId}/${part}`;
}

/** Go to an address made by `href` or `hrefCase`; the back button returns. */
export function go(address: string): void {
  location.hash = address;
}

function follow(): void {
  if (location.hash.startsWith("#shk1.")) {
    invitation.value = location.href;
    history.replaceState(null, "", `/${href("join")}`);
  }
  route.value = readRoute(location.hash);
}

/** Follow the address. Returns how to stop. */
export function startRouter(): () => void {
  follow();
  addEventListener("hashchange", follow);
  return () => {
    removeEventListener("hashchange", follow);
  };
}
