/** Screens that are fetched when somebody first goes there. */
import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import { asTrouble } from "./api";
import { lazy } from "./lazy";
import { CodeReason } from "./parts/notice";
import { Loading } from "./parts/progress";

/**
 * A screen from a chunk of its own.
 *
 * `name` is the imported file's name without its ending: the page names the chunk's integrity by it.
 */
export function later(name: string, load: () => Promise<ComponentType>): ComponentType {
  let loaded: ComponentType | null = null;
  return function Later() {
    const [Screen, show] = useState<{ readonly it: ComponentType } | null>(
      loaded && { it: loaded },
    );
    const [failed, fail] = useState(false);
    useEffect(() => {
      lazy(name, load).then(
        (it) => {
          loaded = it;
          show({ it });
        },
        () => {
          fail(true);
        },
      );
    }, []);
    if (failed) return <CodeReason trouble={asTrouble(null)} />;
    return Screen ? <Screen.it /> : <Loading />;
  };
}
