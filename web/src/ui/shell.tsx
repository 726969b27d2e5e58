/** The frame around every screen: header, navigation, banners, messages. */
import { useComputed } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { lang, t } from "../text/catalogue";
import type { SessionView } from "../worker/api";
import { useApi } from "./api";
import { Banners } from "./banners";
import { covered } from "./cover";
import { IdleLock } from "./idle";
import { Button } from "./parts/button";
import { Menu } from "./parts/menu";
import { Toasts } from "./parts/toast";
import { go, href, route, type Screen } from "./router";
import { app, home, line, session } from "./state";
import { Unsaved } from "./unsaved";
import "./shell.css";

interface Place {
  readonly screen: Screen;
  readonly key: "nav.home" | "nav.docket" | "nav.audit" | "nav.settings";
  /** Who needs it; without one, everybody. */
  readonly isFor?: (caps: readonly string[]) => boolean;
}

const PLACES: readonly Place[] = [
  { screen: "home", key: "nav.home" },
  { screen: "docket", key: "nav.docket", isFor: (caps) => caps.some((cap) => cap !== "audit") },
  { screen: "audit", key: "nav.audit", isFor: (caps) => caps.includes("audit") },
  { screen: "settings", key: "nav.settings" },
];

function Nav({ caps }: { readonly caps: readonly string[] }) {
  const waiting = useComputed(() => home.value?.waiting.length ?? 0);
  return (
    <nav class="nav" aria-label={t("shell.nav")}>
      <ul class="bare">
        {PLACES.filter(({ isFor }) => isFor?.(caps) ?? true).map(({ screen, key }) => (
          <li key={screen}>
            <a
              href={href(screen)}
              aria-current={route.value.screen === screen ? "page" : undefined}
            >
              {t(key)}
              {screen === "home" && waiting.value > 0 && (
                <span class="nav-count number">{waiting.value}</span>
              )}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}

function Line({ line }: { readonly line: SessionView["line"] }) {
  return (
    <span class="line" data-line={line} role="status">
      <span class="line-mark" aria-hidden="true" />
      <span class="line-words">{t(`shell.line.${line}`)}</span>
    </span>
  );
}

/** Switch between the two languages. */
export function LangButton() {
  const other = lang.value === "ja" ? "en" : "ja";
  return (
    <button
      type="button"
      class="button"
      data-weight="quiet"
      data-small="true"
      lang={other}
      onClick={() => {
        lang.value = other;
      }}
    >
      {t("shell.other")}
    </button>
  );
}

function Tools({ view }: { readonly view: SessionView }) {
  const api = useApi();
  const cover = () => {
    covered.value = true;
  };
  const lock = () => {
    api.do("vault.lock", {}).catch(() => undefined);
  };
  return (
    <div class="tools">
      <Line line={line.value ?? view.line} />
      <Button weight="quiet" small title={t("shell.hideKeys")} onClick={cover}>
        {t("shell.hide")}
      </Button>
      <span class="tools-wide">
        <Button weight="quiet" small onClick={lock}>
          {t("shell.lock")}
        </Button>
        <LangButton />
      </span>
      <Menu
        label={t("shell.account", { name: view.me.name })}
        items={[
          { label: t("shell.lock"), act: lock },
          {
            label: t("nav.settings"),
            act: () => {
              go(href("settings"));
            },
          },
          {
            label: t("shell.other"),
            act: () => {
              lang.value = lang.value === "ja" ? "en" : "ja";
            },
          },
        ]}
      >
        <span class="me">
          <span class="me-name">{view.me.name || t("common.unknownName")}</span>
          <span class="me-agency">{view.me.agency.name}</span>
        </span>
        <span class="me-caret" aria-hidden="true">
          ▾
        </span>
      </Menu>
    </div>
  );
}

function Head({ view }: { readonly view: SessionView | null }) {
  return (
    <header class="head">
      <div class="head-in">
        <a class="brand" href={href("home")}>
          <span class="brand-mark" aria-hidden="true" />
          <span class="brand-name">{t("app.name")}</span>
          {view && <span class="brand-council">{view.council.name}</span>}
        </a>
        {view ? (
          <>
            <Nav caps={view.caps} />
            <Tools view={view} />
          </>
        ) : (
          <div class="tools">
            <LangButton />
          </div>
        )}
      </div>
    </header>
  );
}

/**
 * After a change of place, an unlocking or a locking the focus goes to the new heading, so that readers
 * hear where they are; a page that has just been opened is begun at its top.
 */
function useFocusOnMove(): { readonly current: HTMLElement | null } {
  const main = useRef<HTMLElement>(null);
  const { phase } = app.value;
  const place = [phase, route.value.screen, route.value.caseId, route.value.part].join("/");
  const last = useRef({ place, phase });
  useEffect(() => {
    const before = last.current;
    if (before.place === place) return;
    last.current = { place, phase };
    if (before.phase === "starting") return;
    const heading = main.current?.querySelector<HTMLElement>("h1[tabindex]");
    (heading ?? main.current)?.focus();
    scrollTo(0, 0);
  }, [place]);
  return main;
}

/** The frame; without a session (vaults, joining) it has no navigation. */
export function Shell({ children }: { readonly children: ComponentChildren }) {
  const main = useFocusOnMove();
  const view = session.value;
  return (
    <div class="frame" data-screen={view ? route.value.screen : "outside"}>
      <a
        class="skip unseen"
        href="#main"
        onClick={(event) => {
          event.preventDefault();
          main.current?.focus();
        }}
      >
        {t("shell.skip")}
      </a>
      <Head view={view} />
      {view && <Banners view={view} />}
      <Unsaved />
      <main id="main" ref={main} tabIndex={-1}>
        {children}
      </main>
      <IdleLock />
      <Toasts />
    </div>
  );
}
