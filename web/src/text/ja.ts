/** The source catalogue: every word of the screens in Japanese; other languages have its keys. */
import { boards } from "./ja/boards";
import { audit } from "./ja/audit";
import { consent } from "./ja/consent";
import { convene } from "./ja/convene";
import { docket } from "./ja/docket";
import { home } from "./ja/home";
import { join } from "./ja/join";
import { settings } from "./ja/settings";
import { common } from "./ja/common";
import { room } from "./ja/room";
import { shell } from "./ja/shell";
import { terms } from "./ja/terms";

export const ja = {
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
} as const;
