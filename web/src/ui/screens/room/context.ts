/** What the parts of the room share: the view, my powers, what I have seen, what I have sent. */
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { BasisView, ItemView, RoomView } from "../../../worker/api";
import { t } from "../../../text/catalogue";
import type { Powers } from "../../logic/powers";

export interface Scene {
  readonly room: RoomView;
  readonly powers: Powers;
  /** Position in the feed up to which I have looked. */
  readonly seen: number;
  /** Marks of rows that I have sent myself (`markOf`). */
  readonly sent: Set<string>;
}

const Context = createContext<Scene | null>(null);

/** Gives the scene to all parts inside. */
export const SceneProvider = Context.Provider;

/** The scene of the room on screen; throws outside of one. */
export function useScene(): Scene {
  const scene = useContext(Context);
  if (!scene) throw new Error("no room");
  return scene;
}

/** The name by which a subject is spoken of; a name closed to me is not made up. */
export function subjectName(bases: readonly BasisView[], sub: string): string {
  const named = bases.find((basis) => basis.sub === sub && basis.subject !== "");
  return named?.subject ?? t("bases.unnamed");
}

/** The title of an item; its number where the title is closed to me. */
export function itemTitle(item: ItemView): string {
  return item.title === "" ? t("agenda.item", { no: item.no }) : item.title;
}
