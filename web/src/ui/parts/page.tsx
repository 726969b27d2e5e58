/** The frame of one screen: its heading, what stands beside it, its title in the browser's tab. */
import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import { t } from "../../text/catalogue";
import "./page.css";

export interface PageProps {
  readonly title: string;
  /** One line under the heading. */
  readonly lead?: ComponentChildren;
  /** Buttons beside the heading. */
  readonly aside?: ComponentChildren;
  readonly children: ComponentChildren;
  /** `text`: a narrow column to read; `wide`: boards and tables that use a whole wall screen. */
  readonly width?: "text" | "normal" | "wide" | undefined;
}

/** A screen; every screen has exactly one. */
export function Page({ title, lead, aside, children, width = "normal" }: PageProps) {
  useEffect(() => {
    document.title = `${title} | ${t("app.name")}`;
  }, [title]);
  return (
    <div class="page stack" data-width={width}>
      <div class="page-head">
        <div class="page-title">
          <h1 tabIndex={-1}>{title}</h1>
          {lead && <p class="soft">{lead}</p>}
        </div>
        {aside && <div class="row">{aside}</div>}
      </div>
      {children}
    </div>
  );
}
