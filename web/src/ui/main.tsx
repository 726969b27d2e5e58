// The page's entry: looks whether the browser fits, starts the worker, shows the program over it.
import { render } from "preact";
import type { ClientCode } from "../client/troubles";
import { Link } from "../worker/link";
import { App } from "./app";
import { misfit } from "./fit";
import { keepLook } from "./look";
import { Altered, startWorker } from "./start";

/** Messages may be posted before the worker stands; they wait here in order. */
class Ahead {
  readonly link: Link;
  private readonly queue: unknown[] = [];
  private readonly channel = new EventTarget();
  private worker: Worker | null = null;

  constructor() {
    this.link = new Link({
      postMessage: (message) => {
        if (this.worker) this.worker.postMessage(message);
        else this.queue.push(message);
      },
      addEventListener: (type, heard) => {
        this.channel.addEventListener(type, heard as (event: Event) => void);
      },
    });
  }

  /** The worker stands: give it what waited, and pass on what it says. */
  meet(worker: Worker): void {
    this.worker = worker;
    worker.addEventListener("message", ({ data }: MessageEvent<unknown>) => {
      this.channel.dispatchEvent(new MessageEvent("message", { data }));
    });
    worker.addEventListener("error", () => {
      this.link.fail({ code: "OLD_BROWSER" });
    });
    for (const message of this.queue.splice(0)) worker.postMessage(message);
  }
}

async function start(ahead: Ahead): Promise<void> {
  const trouble = misfit();
  if (trouble) ahead.link.fail({ code: trouble });
  else ahead.meet(await startWorker());
}

function whyNot(error: unknown): ClientCode {
  if (error instanceof Altered) return "PAGE_ALTERED";
  return error instanceof TypeError ? "OFFLINE" : "OLD_BROWSER";
}

/** Once locked, the worker's memory goes with the page; a vault that only this tab holds keeps it. */
function letGoWhenLocked(link: Link): void {
  let wasOpen = false;
  link.hear("app", (view) => {
    const isLocked = wasOpen && view.phase === "vaults";
    wasOpen = view.phase === "open";
    if (!isLocked) return;
    // Without a network the page would not come back; its keys are wiped all the same.
    const isAll = view.vaults.every((vault) => vault.place === "browser");
    if (navigator.onLine && isAll) location.reload();
  });
}

const place = document.getElementById("app");
const ahead = new Ahead();
place?.replaceChildren();
letGoWhenLocked(ahead.link);
if (place) render(<App api={ahead.link} />, place);
await Promise.all([keepLook(), start(ahead)]).catch((error: unknown) => {
  ahead.link.fail({ code: whyNot(error) });
});
