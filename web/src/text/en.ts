/** The catalogue in English. */
import type { ja } from "./ja";
import { boards } from "./en/boards";
import { audit } from "./en/audit";
import { consent } from "./en/consent";
import { convene } from "./en/convene";
import { docket } from "./en/docket";
import { home } from "./en/home";
import { join } from "./en/join";
import { settings } from "./en/settings";
import { common } from "./en/common";
import { room } from "./en/room";
import { shell } from "./en/shell";
import { terms } from "./en/terms";

export const en: Record<keyof typeof ja, string> = {
  ...boards,
  ...room,
  ...common,
  ...settings,
  ...join,
  ...audit,
  ...consent,
  ...convene,
  ...docket,
  ...home,
  ...shell,
  ...terms,
};
