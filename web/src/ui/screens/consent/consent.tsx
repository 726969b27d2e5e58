/** 同意: the bases of one case, and the forms that change them. */
import { t } from "../../../text/catalogue";
import type { RoomView } from "../../../worker/api";
import { useRoom, type OpenRoom } from "../../open_room";
import { Button, LinkButton } from "../../parts/button";
import { CodeReason, Notice } from "../../parts/notice";
import { Page } from "../../parts/page";
import { Loading } from "../../parts/progress";
import { hrefCase, route } from "../../router";
import { session, writable } from "../../state";
import { Approvals } from "./approvals";
import { chosen } from "./chosen";
import { Register } from "./register";
import { Withdraw } from "./withdraw";
import { Terms } from "./wizard";
import "./consent.css";

/** Whoever sits in the room may record a consent; guests and readers of a closed room may not. */
function mayChange(room: RoomView): boolean {
  const me = room.members.find(({ person }) => person.me);
  return !room.closed && me !== undefined && me.role !== "guest";
}

/** The screen, by the part in the address. */
export function ConsentScreen() {
  const caseId = route.value.caseId ?? "";
  const open = useRoom(caseId);
  return (open.view && formOf(open.view)) ?? <Overview caseId={caseId} open={open} />;
}

/** The form that the address asks for; null where it asks for none, or not which basis. */
function formOf(room: RoomView) {
  const basis = room.bases.find(({ sid }) => sid === chosen.value) ?? null;
  switch (route.value.part) {
    case "consent-new":
      return <Terms key="new" room={room} basis={null} />;
    case "consent-change":
      return basis && <Terms key={basis.sid} room={room} basis={basis} />;
    case "consent-withdraw":
      return <Withdraw room={room} chosen={basis?.sid ?? null} />;
    default:
      return null;
  }
}

/** What stands beside the heading. */
function Ways({ caseId, room }: { readonly caseId: string; readonly room: RoomView | null }) {
  if (!room) return null;
  return (
    <>
      <LinkButton href={hrefCase(caseId)}>{t("consent.back")}</LinkButton>
      {mayChange(room) && writable.value && (
        <LinkButton weight="main" href={hrefCase(caseId, "consent-new")}>
          {t("consent.new")}
        </LinkButton>
      )}
    </>
  );
}

function Bases({ room }: { readonly room: RoomView }) {
  const may = mayChange(room);
  return (
    <>
      {may && !writable.value && <Notice>{t("consent.readonly")}</Notice>}
      <Register room={room} mayChange={may && writable.value} />
    </>
  );
}

function Closed({ open }: { readonly open: OpenRoom }) {
  const { trouble, busy, retry } = open;
  if (!trouble) return <Loading />;
  return (
    <>
      <CodeReason
        trouble={trouble}
        actions={
          <Button busy={busy} onClick={retry}>
            {t("common.retry")}
          </Button>
        }
      />
      <p class="soft">{t("consent.roomClosed")}</p>
    </>
  );
}

function Overview({ caseId, open }: { readonly caseId: string; readonly open: OpenRoom }) {
  const room = open.view;
  const title = room ? t("consent.titleOf", { code: room.code }) : t("consent.title");
  return (
    <Page
      title={title}
      lead={t("consent.lead")}
      aside={room && <Ways caseId={caseId} room={room} />}
    >
      {(session.value?.caps.includes("chair") === true || room?.chair === true) && (
        <Approvals key={room?.epoch} caseId={caseId} />
      )}
      {room ? <Bases room={room} /> : <Closed open={open} />}
    </Page>
  );
}
