/** The screens of one case, by the part in the address. */
import { route } from "../router";
import { RoomScreen } from "./room/room";

/** The room; its own parts are `before`, `during` and `after`. */
export function CaseScreen() {
  return <RoomScreen caseId={route.value.caseId ?? ""} />;
}
