/** Choosing who is to do something: an agency of the room, and a person of it. */
import { useEffect, useState } from "preact/hooks";
import type { AgencyView, MemberView, OwnerView } from "../../../worker/api";
import { t } from "../../../text/catalogue";
import { useApi } from "../../api";
import { Select } from "../../parts/field";
import { useScene } from "./context";
import type { Draft } from "./draft";

export interface OwnerDraft {
  readonly aid: string;
  /** "" for nobody by name. */
  readonly wid: string;
}

/** The draft that says the same as an owner. */
export function ownerFrom(owner: OwnerView | null): OwnerDraft {
  return { aid: owner?.agency.aid ?? "", wid: owner?.person?.wid ?? "" };
}

/** The agencies that have somebody in the room, guests left out. */
export function agenciesOf(members: readonly MemberView[]): readonly AgencyView[] {
  const inside = members.filter((member) => member.role !== "guest");
  const byId = new Map(inside.map((member) => [member.person.agency.aid, member.person.agency]));
  return [...byId.values()];
}

interface OwnerProps<T extends OwnerDraft> {
  readonly draft: Draft<T>;
  readonly isWrong: boolean;
  /** A name is asked for, not only an agency. */
  readonly needsPerson?: boolean | undefined;
  /** Choose among the agencies outside of the room. */
  readonly isOutside?: boolean | undefined;
}

/** Two lists, the second one following the first. */
export function OwnerFields<T extends OwnerDraft>(props: OwnerProps<T>) {
  const { draft, isWrong, needsPerson = false, isOutside = false } = props;
  const { room } = useScene();
  const { aid, wid } = draft.value;
  const inside = agenciesOf(room.members);
  const outside = useOutside(isOutside, inside);
  const people = room.members.filter(
    (member) => member.role !== "guest" && member.person.agency.aid === aid,
  );
  const nobody = { value: "-", label: t("roles.person.any") };
  return (
    <div class="owner-fields">
      <Select
        label={t("roles.agency")}
        required
        value={aid}
        hint={whatOf((isOutside ? outside : inside).find((one) => one.aid === aid))}
        error={isWrong && aid === "" ? t("form.chooseOne") : null}
        options={(isOutside ? outside : inside).map((one) => ({ value: one.aid, label: one.name }))}
        onChange={(chosen) => {
          const first = needsPerson ? firstOf(room.members, chosen) : "";
          draft.change({ aid: chosen, wid: first } as Partial<T>);
        }}
      />
      {aid !== "" && !isOutside && (
        <Select
          label={t("roles.person")}
          value={wid === "" ? "-" : wid}
          options={[
            ...(needsPerson ? [] : [nobody]),
            ...people.map(({ person }) => ({ value: person.wid, label: person.name })),
          ]}
          onChange={(chosen) => {
            draft.change({ wid: chosen === "-" ? "" : chosen } as Partial<T>);
          }}
        />
      )}
    </div>
  );
}

/** Where an agency works and what it can do, as far as its certificate says it. */
function whatOf(agency: AgencyView | undefined): string | undefined {
  if (agency === undefined || agency.able.length === 0) return agency?.block;
  const able = t("roles.agency.able", { able: agency.able.join(t("room.comma")) });
  return agency.block === "" ? able : `${agency.block}　${able}`;
}

function firstOf(members: readonly MemberView[], aid: string): string {
  return members.find((member) => member.person.agency.aid === aid)?.person.wid ?? "";
}

function useOutside(isAsked: boolean, inside: readonly AgencyView[]): readonly AgencyView[] {
  const api = useApi();
  const [all, setAll] = useState<readonly AgencyView[]>([]);
  useEffect(() => {
    if (!isAsked) return;
    api.do("people.directory", {}).then(
      (directory) => {
        setAll(directory.agencies.filter((one) => !one.ended));
      },
      () => undefined, // the list stays empty, and the form says that a choice is missing
    );
  }, [isAsked]);
  return all.filter((one) => !inside.some((other) => other.aid === one.aid));
}
