/** Which component shows which screen once the vault is open; big ones come as chunks of their own (`later`). */
import type { ComponentType } from "preact";
import { later } from "./later";
import type { Screen } from "./router";
import { Home } from "./screens/home";
import { Settings } from "./screens/settings/settings";

export const SCREENS: Readonly<Partial<Record<Screen, ComponentType>>> = {
  home: Home,
  settings: Settings,
  docket: later("docket", () =>
    import("./screens/docket/docket").then(({ DocketScreen }) => DocketScreen),
  ),
  audit: later("audit", () =>
    import("./screens/audit/audit").then(({ AuditScreen }) => AuditScreen),
  ),
  new: later("new_case", () =>
    import("./screens/consent/new_case").then(({ NewCaseScreen }) => NewCaseScreen),
  ),
  case: later("case", () => import("./screens/case").then(({ CaseScreen }) => CaseScreen)),
};
