/** The frame of one screen: its heading, what stands beside it, its title in the browser's tab. */
import type { ComponentChildren } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { t } from "../../text/catalogue";
import "./page.css";

export interface PageProps {
  readonly title: string;
  /** One line under the heading. */
  readonly lead?: ComponentChildren;
  /** Buttons beside the heading. */
  readonly aside?: ComponentChildren;
  readonly children: ComponentChildren;
  /** Which step of a sequence this is; a new one gets the focus on the heading, at the top. */
  readonly step?: string | undefined;
  /** `text`: a narrow column to read; `wide`: boards and tables that use a whole wall screen. */
  readonly width?: "text" | "normal" | "wide" | undefined;
}

/** A screen; every screen has exactly one. */
export function Page({ title, lead, aside, children, step, width = "normal" }: PageProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  const last = useRef(step);
  useLayoutEffect(() => {
    if (last.current === step) return;
    last.current = step;
    heading.current?.focus();
    scrollTo(0, 0);
  }, [step]);
  useEffect(() => {
    document.title = `${title} | ${t("app.name")}`;
  }, [title]);
  return (
    <div class="page stack" data-width={width}>
      <div class="page-head">
        <div class="page-title">
          <h1 ref={heading} tabIndex={-1}>
            {title}
          </h1>
          {lead && <p class="soft">{lead}</p>}
        </div>
        {aside && <div class="row">{aside}</div>}
      </div>
      {children}
    </div>
  );
}
