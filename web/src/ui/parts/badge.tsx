/** Small labels for a state or a count. */
import type { ComponentChildren } from "preact";
import "./badge.css";

export type Tone = "plain" | "accent" | "good" | "warn" | "bad";

/** A state in one or two words; the tone only supports what the words say. */
export function Badge({
  tone = "plain",
  children,
}: {
  readonly tone?: Tone | undefined;
  readonly children: ComponentChildren;
}) {
  return (
    <span class="badge" data-tone={tone}>
      {children}
    </span>
  );
}
