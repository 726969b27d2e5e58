// Every screen over fixtures, for tests and for looking at: `gallery.html?scene=<name>`, with
// `&lang=en`, `&contrast=high`, `&size=200`. Built by `vite build --mode gallery`, never shipped.
import { render } from "preact";
import { App } from "../src/ui/app";
import { CONTRASTS, contrast, size, SIZES } from "../src/ui/look";
import { lang } from "../src/text/catalogue";
import type { Scene } from "../tests/ui/fixtures/scene";

const files = import.meta.glob<{ readonly scenes: readonly Scene[] }>(
  "../tests/ui/fixtures/*.scenes.ts",
  {
    eager: true,
  },
);
const scenes = Object.values(files).flatMap((file) => file.scenes);
const asked = new URLSearchParams(location.search);

/** The list of all scenes; tests read it. */
function Index() {
  return (
    <main class="page stack">
      <h1>画面集</h1>
      <ul>
        {scenes.map(({ name, at }) => (
          <li key={name}>
            <a href={`?scene=${name}${at}`} data-scene={name}>
              {name}
            </a>
          </li>
        ))}
      </ul>
    </main>
  );
}

/** Press what a scene begins with, once it is there. */
function press(selector: string): void {
  const watch = new MutationObserver(() => {
    const button = document.querySelector<HTMLElement>(selector);
    if (button === null) return;
    watch.disconnect();
    button.click();
  });
  watch.observe(document, { subtree: true, childList: true });
}

function show(place: HTMLElement): void {
  const scene = scenes.find(({ name }) => name === asked.get("scene"));
  lang.value = asked.get("lang") === "en" ? "en" : "ja";
  size.value = SIZES.find((each) => each === asked.get("size")) ?? "100";
  contrast.value = CONTRASTS.find((each) => each === asked.get("contrast")) ?? "auto";
  if (scene && location.hash === "") location.hash = scene.at;
  if (scene?.press !== undefined) press(scene.press);
  render(scene ? <App api={scene.api()} /> : <Index />, place);
}

const place = document.getElementById("app");
if (place) show(place);
