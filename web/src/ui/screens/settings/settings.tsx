/** 設定: one part at a time, each with its own address. */
import type { ComponentType } from "preact";
import { t } from "../../../text/catalogue";
import type { SessionView } from "../../../worker/api";
import { Page } from "../../parts/page";
import { Empty, Loading } from "../../parts/progress";
import { href, route } from "../../router";
import { session } from "../../state";
import { About } from "./about";
import { Devices } from "./devices";
import { Evidence } from "./evidence";
import { Look } from "./look";
import { PledgePart } from "./pledge";
import { Registrar } from "./registrar";
import { VaultPart } from "./vault";
import "./settings.css";

export interface PartProps {
  readonly view: SessionView;
}

const PARTS = ["look", "devices", "vault", "pledge", "registrar", "evidence", "about"] as const;
type Part = (typeof PARTS)[number];

const SHOWN: Readonly<Record<Part, ComponentType<PartProps>>> = {
  look: Look,
  devices: Devices,
  vault: VaultPart,
  pledge: PledgePart,
  registrar: Registrar,
  evidence: Evidence,
  about: About,
};

/** Who keeps the council's register invites and certifies. */
const REGISTRAR = "host";

function partsFor(view: SessionView): readonly Part[] {
  return PARTS.filter((part) => part !== "registrar" || view.caps.includes(REGISTRAR));
}

function Body({ view }: PartProps) {
  const parts = partsFor(view);
  const here = route.value.part === "" ? "look" : route.value.part;
  const part = parts.find((each) => each === here);
  const Shown = part && SHOWN[part];
  return (
    <div class="settings">
      <nav class="settings-nav" aria-label={t("settings.parts")}>
        <ul class="bare">
          {parts.map((each) => (
            <li key={each}>
              <a href={href("settings", each)} aria-current={each === part ? "page" : undefined}>
                {t(`settings.part.${each}`)}
                {each === "evidence" && view.evidence.length > 0 && (
                  <span class="nav-count number">{view.evidence.length}</span>
                )}
              </a>
            </li>
          ))}
        </ul>
      </nav>
      <div class="stack">
        {Shown ? <Shown view={view} /> : <Empty title={t("shell.missingWhat")} />}
      </div>
    </div>
  );
}

/** The settings of this person on this machine. */
export function Settings() {
  const view = session.value;
  return <Page title={t("settings.title")}>{view ? <Body view={view} /> : <Loading />}</Page>;
}
