/** 出席者: who has a seat, who is in the room, and what the chair does with a seat. */
import { useState } from "preact/hooks";
import type { MemberView, SeatView } from "../../../worker/api";
import { codeWords, t, term } from "../../../text/catalogue";
import { useApi } from "../../api";
import { Badge, type Tone } from "../../parts/badge";
import { Button, LinkButton } from "../../parts/button";
import { Card } from "../../parts/card";
import { Confirm } from "../../parts/dialog";
import { Menu } from "../../parts/menu";
import { Person } from "../../parts/person";
import { Empty } from "../../parts/progress";
import { hrefCase } from "../../router";
import { CarryPapers } from "./carry";
import { useScene } from "./context";

type End = "left" | "item-over" | "evicted";

/** Seats of the sitting, those present first; without a sitting the members of the room. */
export function People() {
  const { room, powers } = useScene();
  const seats = [...(room.sitting?.seats ?? [])].sort((a, b) => order(a) - order(b));
  const present = seats.filter((seat) => seat.present).length;
  const isLive = room.sitting?.state === "open";
  return (
    <Card
      title={t("people.title")}
      aside={
        isLive ? <span class="small number">{t("people.present", { n: present })}</span> : undefined
      }
    >
      {seats.length === 0 && room.members.length === 0 && <Empty title={t("people.none")} />}
      <ul class="bare people">
        {seats.length > 0
          ? seats.map((seat) => <SeatLine key={seat.person.wid} seat={seat} isLive={isLive} />)
          : room.members.map((member) => <MemberLine key={member.person.wid} member={member} />)}
      </ul>
      {isLive && <p class="small soft">{t("people.presence")}</p>}
      {powers.isChair && powers.blocked === null && <ChairTools isLive={isLive} />}
    </Card>
  );
}

function ChairTools({ isLive }: { readonly isLive: boolean }) {
  const { room } = useScene();
  const [isCarrying, setCarrying] = useState(false);
  return (
    <div class="row">
      <LinkButton small href={hrefCase(room.caseId, "convene")}>
        {t(room.sitting ? "people.invite" : "room.convene")}
      </LinkButton>
      {isLive && room.sections.length > 0 && (
        <Button
          small
          onClick={() => {
            setCarrying(true);
          }}
        >
          {t("people.carry")}
        </Button>
      )}
      {isCarrying && (
        <CarryPapers
          onClose={() => {
            setCarrying(false);
          }}
        />
      )}
    </div>
  );
}

const STATES: readonly SeatView["state"][] = [
  "accepted",
  "invited",
  "delegated",
  "declined",
  "ended",
];

function order(seat: SeatView): number {
  return (seat.present ? 0 : 10) + STATES.indexOf(seat.state);
}

interface SeatProps {
  readonly seat: SeatView;
  readonly isLive: boolean;
}

function SeatLine({ seat, isLive }: SeatProps) {
  const { room, powers } = useScene();
  const member = room.members.find((one) => one.person.wid === seat.person.wid) ?? null;
  const canEnd =
    isLive &&
    powers.isChair &&
    powers.blocked === null &&
    seat.state !== "ended" &&
    !seat.person.me;
  return (
    <li class="seat" data-present={seat.present}>
      <div class="seat-who">
        <Person person={seat.person} />
        <p class="row seat-marks">
          <Marks member={member} duty={seat.duty} />
          {seat.late && <Badge>{t("people.late")}</Badge>}
          <SeatState seat={seat} isLive={isLive} />
        </p>
        {member?.locked && <p class="small seat-locked">{codeWords(member.locked)}</p>}
      </div>
      {canEnd && <EndSeat seat={seat} />}
    </li>
  );
}

function MemberLine({ member }: { readonly member: MemberView }) {
  return (
    <li class="seat">
      <div class="seat-who">
        <Person person={member.person} />
        <p class="row seat-marks">
          <Marks member={member} duty="member" />
        </p>
        {member.locked && <p class="small seat-locked">{codeWords(member.locked)}</p>}
      </div>
    </li>
  );
}

function Marks({ member, duty }: { readonly member: MemberView | null; readonly duty: string }) {
  return (
    <>
      {member?.chair && <Badge tone="accent">{t("people.chair")}</Badge>}
      {member?.acting && <Badge tone="accent">{t("people.acting")}</Badge>}
      {duty !== "member" && <Badge>{term("duty", duty)}</Badge>}
      {member?.role === "guest" && <Badge>{t("people.guest")}</Badge>}
      {member?.newcomer && <Badge tone="warn">{t("people.newcomer")}</Badge>}
    </>
  );
}

const TONES: Readonly<Record<SeatView["state"], Tone>> = {
  invited: "warn",
  accepted: "good",
  declined: "plain",
  delegated: "plain",
  ended: "plain",
};

function SeatState({ seat, isLive }: SeatProps) {
  if (seat.state === "declined")
    return <Badge>{t("people.declined", { why: term("why", seat.why ?? "other") })}</Badge>;
  if (seat.state === "ended") return <Badge>{endWords(seat.why)}</Badge>;
  if (!isLive) return <Badge tone={TONES[seat.state]}>{term("seat", seat.state)}</Badge>;
  if (seat.present) return <span class="presence">{t("people.here")}</span>;
  return (
    <span class="small soft">{t(seat.state === "invited" ? "seat.invited" : "people.absent")}</span>
  );
}

function endWords(why: string | null): string {
  if (why === "evicted") return t("people.evicted");
  return t(why === "item-over" ? "people.item-over" : "people.left");
}

function EndSeat({ seat }: { readonly seat: SeatView }) {
  const { room } = useScene();
  const api = useApi();
  const [why, setWhy] = useState<End | null>(null);
  const { name, agency } = seat.person;
  const sit = room.sitting?.sit ?? "";
  return (
    <>
      <Menu
        label={t("people.manage", { name })}
        items={(["left", "item-over", "evicted"] as const).map((end) => ({
          label: t(`people.end.${end}`),
          danger: end === "evicted",
          act: () => {
            setWhy(end);
          },
        }))}
      >
        <span aria-hidden="true">⋯</span>
      </Menu>
      <Confirm
        open={why !== null}
        danger
        title={t("people.end.ask", { name })}
        act={t("people.end")}
        onAct={() =>
          api.do("sitting.end-seat", {
            caseId: room.caseId,
            sit,
            wid: seat.person.wid,
            why: why ?? "left",
          })
        }
        onClose={() => {
          setWhy(null);
        }}
      >
        <p>{t("people.end.what", { name, agency: agency.name })}</p>
      </Confirm>
    </>
  );
}
