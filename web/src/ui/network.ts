/** What the browser itself says of the network: known the moment a cable is pulled. */
import { signal } from "@preact/signals";

/** The browser says that there is no network. */
export const cutOff = signal(false);

/** Let the signal follow the browser. Returns how to stop. */
export function watchNetwork(): () => void {
  const look = () => {
    cutOff.value = !navigator.onLine;
  };
  look();
  addEventListener("online", look);
  addEventListener("offline", look);
  return () => {
    removeEventListener("online", look);
    removeEventListener("offline", look);
  };
}
