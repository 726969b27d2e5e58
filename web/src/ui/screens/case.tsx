/** The screens of one case, by the part in the address. */
import { later } from "../later";
import { route } from "../router";
import { CONSENT_PARTS } from "./consent/parts";
import { RoomScreen } from "./room/room";

const ConsentScreen = later("consent", () =>
  import("./consent/consent").then((chunk) => chunk.ConsentScreen),
);

const ConveneScreen = later("convene", () =>
  import("./convene/convene").then((chunk) => chunk.ConveneScreen),
);

/** The room with its own parts `before`, `during` and `after`; its bases; the call of a sitting. */
export function CaseScreen() {
  const { caseId, part } = route.value;
  if (CONSENT_PARTS.includes(part)) return <ConsentScreen />;
  if (part === "convene") return <ConveneScreen />;
  return <RoomScreen caseId={caseId ?? ""} />;
}
