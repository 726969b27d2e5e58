/** A framed part of a screen with its own heading. */
import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";
import "./card.css";

export interface CardProps {
  readonly title?: string | undefined;
  /** Level of the heading in the outline of the screen; 2 unless told. */
  readonly level?: 2 | 3 | undefined;
  /** Beside the heading: a count, a badge, a button. */
  readonly aside?: ComponentChildren;
  readonly children: ComponentChildren;
  readonly tone?: "plain" | "accent" | "warn" | "bad" | undefined;
  /** No inner margin, for lists and tables that reach the frame. */
  readonly flush?: boolean | undefined;
}

/** A section of the screen, a landmark by its heading. */
export function Card({ title, level = 2, aside, children, tone = "plain", flush }: CardProps) {
  const id = useId();
  const Heading = `h${level}` as const;
  return (
    <section
      class="card"
      data-tone={tone}
      data-flush={flush === true}
      aria-labelledby={title ? id : undefined}
    >
      {(title ?? aside) !== undefined && (
        <div class="card-head">
          {title && <Heading id={id}>{title}</Heading>}
          {aside}
        </div>
      )}
      <div class="card-body">{children}</div>
    </section>
  );
}
