/** The whole page over an Api. */
// First, so that the styles of parts and screens come after it.
import "./base.css";
import { signal } from "@preact/signals";
import { Component, type ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import { t } from "../text/catalogue";
import type { Api, AppView, JoiningView } from "../worker/api";
import { ApiProvider } from "./api";
import { Cover, watchCoverKeys } from "./cover";
import { applyLook } from "./look";
import { watchNetwork } from "./network";
import { Button, LinkButton } from "./parts/button";
import { Notice } from "./parts/notice";
import { Page } from "./parts/page";
import { Empty, Loading } from "./parts/progress";
import { go, href, route, startRouter } from "./router";
import { SCREENS } from "./screens";
import { JoinDevice } from "./screens/join/device";
import { Join } from "./screens/join/join";
import { Joining } from "./screens/join/waiting";
import { Begun, Follower, Stopped } from "./screens/outside";
import { Vaults } from "./screens/vaults";
import { Shell } from "./shell";
import { app, connect, runClock } from "./state";

function Missing() {
  return (
    <Page title={t("shell.missing")} width="text">
      <Empty
        title={t("shell.missingWhat")}
        actions={<LinkButton href={href("home")}>{t("shell.toHome")}</LinkButton>}
      />
    </Page>
  );
}

function Outside({ view }: { readonly view: Extract<AppView, { phase: "vaults" }> }) {
  if (route.value.screen !== "join") return <Vaults view={view} />;
  const isBegun = view.vaults.some(({ place, opened }) => place === "browser" && opened === null);
  return (
    <>
      {isBegun && <Begun />}
      {route.value.part === "device" ? <JoinDevice /> : <Join />}
    </>
  );
}

/** Somebody has just joined and signed. */
const joined = signal(false);
const DONE: JoiningView = { vault: "", stage: "done", spoken: null, unsaved: false };

function Current({ view }: { readonly view: AppView }) {
  switch (view.phase) {
    case "starting":
      return <Loading />;
    case "stopped":
      return <Stopped trouble={view.trouble} evidence={view.evidence} />;
    case "vaults":
      return <Outside view={view} />;
    case "joining":
      return <Joining joining={view.joining} invitation={view.invitation} />;
    case "follower":
      return <Follower />;
    case "open": {
      if (joined.value && route.value.screen === "join")
        return <Joining joining={DONE} invitation={null} />;
      const Screen = SCREENS[route.value.screen] ?? Missing;
      return <Screen key={route.value.caseId ?? route.value.screen} />;
    }
  }
}

/** Keeps a fault of one screen from emptying the page. */
class Fence extends Component<
  { readonly children: ComponentChildren },
  { readonly failed: boolean }
> {
  override state = { failed: false };

  static override getDerivedStateFromError() {
    return { failed: true };
  }

  override render() {
    if (!this.state.failed) return this.props.children;
    return (
      <Page title={t("shell.failed")} width="text">
        <Notice
          kind="bad"
          actions={
            <Button
              onClick={() => {
                location.reload();
              }}
            >
              {t("shell.reload")}
            </Button>
          }
        >
          {t("shell.failedWhat")}
        </Notice>
      </Page>
    );
  }
}

/** Whoever signed her pledge is told that she is done; any other who joined stands at home. */
function watchJoining(): () => void {
  let before = app.value;
  return app.subscribe((view) => {
    if (before.phase === "joining" && view.phase === "open") {
      if (before.joining.stage === "pledge") joined.value = true;
      else go(href("home"));
    }
    if (view.phase !== "open") joined.value = false;
    before = view;
  });
}

/** Everything that hears the world while the page stands; returns how to stop. */
function begin(api: Api): () => void {
  const stops = [
    applyLook(),
    startRouter(),
    connect(api),
    watchJoining(),
    runClock(() => performance.now()),
    watchCoverKeys(),
    watchNetwork(),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}

/** The page. */
export function App({ api }: { readonly api: Api }) {
  useEffect(() => begin(api), [api]);
  return (
    <ApiProvider value={api}>
      <Shell>
        <Fence key={route.value.screen}>
          <Current view={app.value} />
        </Fence>
      </Shell>
      <Cover />
    </ApiProvider>
  );
}
