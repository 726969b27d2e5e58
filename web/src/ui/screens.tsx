/** Which component shows which screen once the vault is open; big ones come as chunks of their own (`later`). */
import type { ComponentType } from "preact";
import { later } from "./later";
import type { Screen } from "./router";

export const SCREENS: Readonly<Partial<Record<Screen, ComponentType>>> = {
  case: later("case", () => import("./screens/case").then(({ CaseScreen }) => CaseScreen)),
};
