/** The source catalogue: every word of the screens in Japanese; other languages have its keys. */
import { boards } from "./ja/boards";
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
  ...home,
  ...shell,
  ...terms,
} as const;
