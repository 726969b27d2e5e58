/**
 * Several tabs of one profile: one owns a vault, the others follow what it shows.
 *
 * Only what screens show crosses between tabs of this origin, and only while one follows; no key
 * ever does.
 */

/** What tabs say to each other. */
export type Said =
  | { readonly tab: "who" }
  | { readonly tab: "here"; readonly vault: string }
  | { readonly tab: "follow"; readonly vault: string }
  | {
      readonly tab: "topic";
      readonly vault: string;
      readonly topic: string;
      readonly value: unknown;
    }
  | { readonly tab: "bye"; readonly vault: string };

/** A channel to the other tabs; a BroadcastChannel fits. */
export interface Channel {
  postMessage(said: Said): void;
  addEventListener(type: "message", heard: (event: { readonly data: Said }) => void): void;
}

/** How long, in ms, other tabs may take to answer. */
const ANSWER = 150;

/** This tab's side of the channel. */
export class Tabs {
  readonly #channel: Channel | null;
  #owned: string | null = null;
  #followed: string | null = null;
  #isFollowed = false;
  #heard: (said: Said) => void = () => undefined;
  #found: ((vault: string) => void) | null = null;
  /** Told when somebody begins to follow: all topics are to be said anew. */
  onFollowed: () => void = () => undefined;

  constructor(channel: Channel | null) {
    this.#channel = channel;
    channel?.addEventListener("message", ({ data }) => {
      this.#take(data);
    });
  }

  #take(said: Said): void {
    if (said.tab === "who" && this.#owned !== null) {
      this.#channel?.postMessage({ tab: "here", vault: this.#owned });
    } else if (said.tab === "here") {
      this.#found?.(said.vault);
    } else if (said.tab === "follow" && said.vault === this.#owned) {
      this.#isFollowed = true;
      this.onFollowed();
    } else if ("vault" in said && said.vault === this.#followed) {
      this.#heard(said);
    }
  }

  /** The vault that another tab has open; null when none answers soon. */
  find(): Promise<string | null> {
    if (this.#channel === null) return Promise.resolve(null);
    const channel = this.#channel;
    return new Promise((resolve) => {
      const end = (vault: string | null): void => {
        this.#found = null;
        clearTimeout(timer);
        resolve(vault);
      };
      const timer = setTimeout(() => {
        end(null);
      }, ANSWER);
      this.#found = end;
      channel.postMessage({ tab: "who" });
    });
  }

  /** This tab owns a vault from now on; null when it lets go of it. */
  own(vault: string | null): void {
    if (vault === null && this.#owned !== null) {
      this.#channel?.postMessage({ tab: "bye", vault: this.#owned });
    }
    this.#owned = vault;
    this.#isFollowed = false;
    if (vault !== null) this.#followed = null;
  }

  /** Hears what the owner of a vault shows, and when it lets go. */
  follow(vault: string, heard: (said: Said) => void): void {
    this.#followed = vault;
    this.#heard = heard;
    this.#channel?.postMessage({ tab: "follow", vault });
  }

  /** Follows nobody any more. */
  unfollow(): void {
    this.#followed = null;
  }

  /** Shows a topic to those who follow. */
  show(topic: string, value: unknown): void {
    if (this.#owned === null || !this.#isFollowed) return;
    this.#channel?.postMessage({ tab: "topic", vault: this.#owned, topic, value });
  }
}
