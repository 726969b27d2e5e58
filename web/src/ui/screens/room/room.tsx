/** ケース室: opens the room and shows it before, during and after its sitting. */
import { useEffect, useRef, useState } from "preact/hooks";
import type { RoomView } from "../../../worker/api";
import { sittingName, t, term } from "../../../text/catalogue";
import { EvidenceButton } from "../../evidence";
import { announcements, freshCount, type Announcement } from "../../logic/changes";
import { powers } from "../../logic/powers";
import { useRoom } from "../../open_room";
import { Badge, type Tone } from "../../parts/badge";
import { Button } from "../../parts/button";
import { CodeReason, Notice } from "../../parts/notice";
import { Page } from "../../parts/page";
import { Loading } from "../../parts/progress";
import { announce } from "../../parts/toast";
import { hrefCase, route } from "../../router";
import { session, writable } from "../../state";
import { After } from "./after";
import { Before } from "./before";
import { SceneProvider, useScene } from "./context";
import { During, Wall } from "./during";
import { Leaving } from "./leaving";
import { Newcomers } from "./newcomers";
import { Staying } from "./staying";
import "./room.css";
import "./boards.css";
import "./sheet.css";

/** The screen of one case; leaves the room when the person goes elsewhere. */
export function RoomScreen({ caseId }: { readonly caseId: string }) {
  const { view, busy, trouble, retry } = useRoom(caseId);
  if (view) return view.left ? <Leaving room={view} /> : <Room room={view} />;
  if (!trouble) return <Loading label={t("room.opening")} />;
  return (
    <Page title={t("room.failed")} width="text">
      <CodeReason
        trouble={trouble}
        actions={
          <Button busy={busy} onClick={retry}>
            {t("common.retry")}
          </Button>
        }
      />
    </Page>
  );
}

const VIEWS = ["before", "during", "after"] as const;
type View = (typeof VIEWS)[number];

const BY_STATE = { convened: "before", open: "during", closed: "after" } as const;

/** Which of the three is shown: the one in the address, else the one that fits the sitting. */
function viewOf(room: RoomView): View {
  const { part } = route.value;
  const asked = VIEWS.find((one) => one === part);
  if (part === "actions") return room.sitting?.state === "open" ? "during" : "after";
  return asked ?? (room.sitting ? BY_STATE[room.sitting.state] : "before");
}

function Room({ room }: { readonly room: RoomView }) {
  const [seen, setSeen] = useState(room.seq);
  const sent = useRef(new Set<string>()).current;
  const [isWall, setWall] = useState(false);
  useAnnouncements(room, sent);
  const scene = { room, powers: powers(room, writable.value), seen, sent };
  const view = viewOf(room);
  return (
    <SceneProvider value={scene}>
      <div class="room" data-view={view} data-wall={isWall}>
        <div class="room-inner">
          <Head
            view={view}
            isWall={isWall}
            setWall={setWall}
            markSeen={() => {
              setSeen(room.seq);
            }}
          />
          <Banners />
          {view === "before" && <Before />}
          {view === "during" && (isWall ? <Wall /> : <During />)}
          {view === "after" && <After />}
        </div>
      </div>
    </SceneProvider>
  );
}

const TONES: Readonly<Record<keyof typeof BY_STATE, Tone>> = {
  convened: "plain",
  open: "accent",
  closed: "plain",
};

interface HeadProps {
  readonly view: View;
  readonly isWall: boolean;
  readonly setWall: (isWall: boolean) => void;
  readonly markSeen: () => void;
}

function Head({ view, isWall, setWall, markSeen }: HeadProps) {
  const { room, seen, sent } = useScene();
  const { sitting } = room;
  const fresh = freshCount(room, seen, sent);
  return (
    <header class="room-head">
      <div class="room-name">
        <h1 tabIndex={-1}>
          <span class="room-code number">{room.code}</span>
          {sitting && (
            <span class="room-sitting">
              {t("room.sitting", { no: sitting.no, kind: sittingName(sitting.kind) })}
            </span>
          )}
          {!sitting && <span class="unseen">{t("room.title", { code: room.code })}</span>}
        </h1>
        {sitting && <Badge tone={TONES[sitting.state]}>{term("sit", sitting.state)}</Badge>}
      </div>
      <nav class="room-views" aria-label={t("room.view")}>
        {VIEWS.map((one) => (
          <a
            key={one}
            href={hrefCase(room.caseId, one)}
            aria-current={one === view ? "page" : undefined}
          >
            {t(`room.${one}`)}
          </a>
        ))}
      </nav>
      <div class="room-tools">
        {fresh > 0 && (
          <Button small onClick={markSeen}>
            {t("room.act", { what: t("new.count", { n: fresh }), act: t("new.seen") })}
          </Button>
        )}
        {view === "during" && (
          <Button
            small
            weight="quiet"
            aria-pressed={isWall}
            onClick={() => {
              setWall(!isWall);
            }}
          >
            {t(isWall ? "room.narrow" : "room.wide")}
          </Button>
        )}
      </div>
    </header>
  );
}

function Banners() {
  const { room, powers: mine } = useScene();
  return (
    <div class="room-banners">
      <Newcomers />
      {room.closed && <Notice>{t("room.closedCase")}</Notice>}
      {room.stale && !room.closed && <Notice live>{t("room.stale")}</Notice>}
      {room.halted && (
        <CodeReason
          trouble={{ code: room.halted, facts: {} }}
          actions={<EvidenceButton count={session.value?.evidence.length ?? 0} />}
        />
      )}
      {mine.me?.locked && <CodeReason trouble={{ code: mine.me.locked, facts: {} }} />}
      <Staying />
    </div>
  );
}

// More at once would only be noise; everything is marked as new on the page anyway.
const AT_ONCE = 3;

function useAnnouncements(room: RoomView, sent: ReadonlySet<string>): void {
  const before = useRef(room);
  useEffect(() => {
    const news = announcements(before.current, room, sent);
    before.current = room;
    if (news.length > 0) announce(news.slice(0, AT_ONCE).map(say).join("。"));
  }, [room]);
}

function say({ key, facts }: Announcement): string {
  const part = facts["part"];
  return t(`said.${key}`, part === undefined ? facts : { ...facts, part: term("part", part) });
}
