/** Sharing a paper: who will and will not be able to read it stands there by name before it is sent. */
import { useEffect, useRef, useState } from "preact/hooks";
import type { ItemView, Out, PersonView, SectionView } from "../../../worker/api";
import { categoryName, codeWords, t, term } from "../../../text/catalogue";
import { PROVENANCES } from "../../logic/sections";
import { useCommand, type Running } from "../../api";
import { Button } from "../../parts/button";
import { Checkbox, CheckboxGroup, RadioGroup } from "../../parts/choice";
import { Dialog } from "../../parts/dialog";
import { Field, TextArea } from "../../parts/field";
import { CodeReason, Notice } from "../../parts/notice";
import { Person } from "../../parts/person";
import { toast } from "../../parts/toast";
import { subjectName, useScene } from "./context";
import { useDraft, type Draft } from "./draft";

type Prov = NonNullable<SectionView["prov"]>;
type Seen = Out<"section.readers">;

interface Paper {
  readonly sub: string;
  readonly prov: Prov | "";
  readonly cats: readonly string[];
  readonly isHidden: boolean;
  readonly title: string;
  readonly text: string;
}

const EMPTY: Paper = { sub: "", prov: "", cats: [], isHidden: false, title: "", text: "" };
const CATS: readonly string[] = ["c1", "c2", "c3", "c4", "c5", "c6"];

/** The button that opens the form, or why it is not there. */
export function ShareButton() {
  const { room, powers } = useScene();
  const [isOpen, setOpen] = useState(false);
  const item =
    powers.current ?? (room.sitting?.state === "open" ? null : firstWithBasis(room.sitting?.items));
  if (powers.blocked !== null) return null;
  if (!item) return <span class="small soft">{t("share.noItem")}</span>;
  if (item.bases.length === 0) return <span class="small soft">{t("share.noSubject")}</span>;
  return (
    <>
      <Button
        small
        weight="main"
        onClick={() => {
          setOpen(true);
        }}
      >
        {t("share.open")}
      </Button>
      {isOpen && (
        <SharePaper
          item={item}
          onClose={() => {
            setOpen(false);
          }}
        />
      )}
    </>
  );
}

// Before a sitting, papers are prepared under the first item that is about somebody.
function firstWithBasis(items: readonly ItemView[] | undefined): ItemView | null {
  return items?.find((item) => item.state !== "closed" && item.bases.length > 0) ?? null;
}

interface SharePaperProps {
  readonly item: ItemView;
  readonly onClose: () => void;
}

function SharePaper({ item, onClose }: SharePaperProps) {
  const { room } = useScene();
  const only = item.bases.length === 1 ? (item.bases[0]?.sub ?? "") : "";
  const draft = useDraft(`share/${room.caseId}`, { ...EMPTY, sub: only });
  const readers = useReaders(draft.value, item);
  const [chosen, choose] = useState<readonly string[]>([]);
  const [isWrong, setWrong] = useState(false);
  const { value } = draft;
  const able = readers.seen?.readers ?? [];
  const to = value.isHidden ? able.filter((one) => chosen.includes(one.wid)) : able;
  const { command, share } = useSharing(item, draft, to, onClose);
  const check = () => {
    setWrong(lacking(value));
    if (!lacking(value)) void readers.look();
  };
  const next =
    readers.seen === null ? (
      <Button weight="main" busy={readers.command.busy} onClick={check}>
        {t("share.check")}
      </Button>
    ) : (
      <Button
        weight="main"
        busy={command.busy}
        disabled={to.length === 0}
        onClick={() => void share()}
      >
        {t("share.do", { n: to.length })}
      </Button>
    );
  return (
    <Dialog open wide title={t("share.title")} onClose={onClose} actions={next}>
      <PaperFields item={item} draft={draft} isWrong={isWrong} />
      {readers.isOutdated && <Notice live>{t("share.changed")}</Notice>}
      {readers.command.trouble && <CodeReason trouble={readers.command.trouble} />}
      {readers.seen && (
        <Readers seen={readers.seen} isHidden={value.isHidden} chosen={chosen} choose={choose} />
      )}
      {command.trouble && <CodeReason trouble={command.trouble} />}
    </Dialog>
  );
}

function useSharing(
  item: ItemView,
  draft: Draft<Paper>,
  to: readonly PersonView[],
  onDone: () => void,
) {
  const { room } = useScene();
  const command = useCommand("section.share");
  const share = async () => {
    const { prov, sub, cats, isHidden, text } = draft.value;
    if (lacking(draft.value) || prov === "") return;
    const title = draft.value.title.trim();
    const place = { caseId: room.caseId, it: item.it, sub, cats, prov };
    const readers = isHidden ? to.map((one) => one.wid) : null;
    if (!(await command.run({ ...place, hidden: isHidden, title, text, readers }))) return;
    toast(t("share.done", { title }));
    draft.drop();
    onDone();
  };
  return { command, share };
}

function lacking(paper: Paper): boolean {
  const { sub, prov, cats, title, text } = paper;
  return (
    sub === "" || prov === "" || cats.length === 0 || title.trim() === "" || text.trim() === ""
  );
}

interface Readership {
  readonly command: Running<"section.readers">;
  /** Who can read; null until looked at, and again once subject or categories change. */
  readonly seen: Seen | null;
  readonly isOutdated: boolean;
  readonly look: () => Promise<void>;
}

function useReaders(paper: Paper, item: ItemView): Readership {
  const { room } = useScene();
  const command = useCommand("section.readers");
  const [found, setFound] = useState<{ readonly for: string; readonly seen: Seen } | null>(null);
  // Members and bases count, too: somebody may leave while the form is open.
  const question = [
    paper.sub,
    ...paper.cats,
    item.it,
    room.epoch,
    ...room.bases.map(stateOf),
  ].join();
  const look = async () => {
    const { sub, cats } = paper;
    const done = await command.run({ caseId: room.caseId, it: item.it, sub, cats });
    if (done) setFound({ for: question, seen: done.out });
  };
  const isCurrent = found?.for === question;
  return {
    command,
    seen: isCurrent ? found.seen : null,
    isOutdated: found !== null && !isCurrent,
    look,
  };
}

function stateOf(basis: { readonly sid: string; readonly state: string }): string {
  return `${basis.sid}=${basis.state}`;
}

interface FieldsProps {
  readonly item: ItemView;
  readonly draft: Draft<Paper>;
  readonly isWrong: boolean;
}

function PaperFields({ item, draft, isWrong }: FieldsProps) {
  const { value, change } = draft;
  const missing = (
    isMissing: boolean,
    key: "form.required" | "form.chooseOne" | "form.chooseAny",
  ) => (isWrong && isMissing ? t(key) : null);
  return (
    <>
      <Choices item={item} draft={draft} missing={missing} />
      <Field
        label={t("share.name")}
        required
        value={value.title}
        error={missing(value.title.trim() === "", "form.required")}
        onInput={(title) => {
          change({ title });
        }}
      />
      <TextArea
        label={t("share.text")}
        hint={t("share.text.hint")}
        required
        rows={6}
        value={value.text}
        error={missing(value.text.trim() === "", "form.required")}
        onInput={(text) => {
          change({ text });
        }}
      />
      <Checkbox
        label={t("share.hidden")}
        hint={t("share.hidden.hint")}
        checked={value.isHidden}
        onChange={(isHidden) => {
          change({ isHidden });
        }}
      />
    </>
  );
}

interface ChoicesProps extends Pick<FieldsProps, "item" | "draft"> {
  readonly missing: (isMissing: boolean, key: "form.chooseOne" | "form.chooseAny") => string | null;
}

function Choices({ item, draft, missing }: ChoicesProps) {
  const { room } = useScene();
  const { value, change } = draft;
  return (
    <>
      <RadioGroup
        label={t("share.subject")}
        required
        flow="row"
        value={value.sub}
        error={missing(value.sub === "", "form.chooseOne")}
        options={item.bases.map(({ sub }) => ({ value: sub, label: subjectName(room.bases, sub) }))}
        onChange={(sub) => {
          change({ sub });
        }}
      />
      <RadioGroup
        label={t("share.prov")}
        hint={t("share.prov.hint")}
        required
        flow="row"
        value={value.prov}
        error={missing(value.prov === "", "form.chooseOne")}
        options={PROVENANCES.map((prov) => ({ value: prov, label: term("prov", prov) }))}
        onChange={(prov) => {
          change({ prov });
        }}
      />
      <CheckboxGroup
        label={t("share.cats")}
        hint={t("share.cats.hint")}
        required
        flow="row"
        value={value.cats}
        error={missing(value.cats.length === 0, "form.chooseAny")}
        options={CATS.map((cat) => ({ value: cat, label: categoryName(cat) }))}
        onChange={(cats) => {
          change({ cats });
        }}
      />
    </>
  );
}

interface ReadersProps {
  readonly seen: Seen;
  readonly isHidden: boolean;
  readonly chosen: readonly string[];
  readonly choose: (wids: readonly string[]) => void;
}

function Readers({ seen, isHidden, chosen, choose }: ReadersProps) {
  const able = t("share.readers", { n: seen.readers.length });
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    place.current?.scrollIntoView({ block: "start" });
  }, [seen]);
  return (
    <div class="readers" role="status" ref={place}>
      <section class="readers-able" aria-label={able}>
        {isHidden ? (
          <CheckboxGroup
            label={t("share.choose")}
            value={chosen}
            options={seen.readers.map((person) => ({
              value: person.wid,
              label: person.name,
              hint: person.agency.name,
            }))}
            onChange={choose}
          />
        ) : (
          <>
            <h3>{able}</h3>
            {seen.readers.length === 0 && <p>{t("share.readers.none")}</p>}
            <ul class="bare">
              {seen.readers.map((person) => (
                <li key={person.wid}>
                  <Person person={person} />
                </li>
              ))}
            </ul>
          </>
        )}
      </section>
      <section class="readers-not">
        <h3>{t("share.refused", { n: seen.refused.length })}</h3>
        <ul class="bare">
          {seen.refused.map(({ person, code }) => (
            <li key={person.wid}>
              <Person person={person} />
              <p class="small">{codeWords(code)}</p>
            </li>
          ))}
        </ul>
      </section>
      <p class="small soft readers-final">{t("share.final")}</p>
    </div>
  );
}
