/** The papers: facts apart from assessment, closed ones with the reason, never with a title. */
import { useState } from "preact/hooks";
import type { NoteView, SectionView } from "../../../worker/api";
import { codeWords, t, term } from "../../../text/catalogue";
import { isFresh } from "../../logic/changes";
import { NATURE, closedToMe, grouped, ofItem, type SectionGroup } from "../../logic/sections";
import { useCommand } from "../../api";
import { Badge } from "../../parts/badge";
import { Button } from "../../parts/button";
import { Card } from "../../parts/card";
import { RadioGroup } from "../../parts/choice";
import { TextArea } from "../../parts/field";
import { Notice } from "../../parts/notice";
import { Empty } from "../../parts/progress";
import { Time } from "../../parts/time";
import { catWords } from "./bases";
import { subjectName, useScene } from "./context";
import { useDraft } from "./draft";
import { FreshMark, InlineForm } from "./form";
import { RevisePaper } from "./revise";
import { ShareButton } from "./share";

/** Papers of the current item or of all items, by where their words come from. */
export function Papers() {
  const { room, powers } = useScene();
  const [isAll, setAll] = useState(true);
  const { current } = powers;
  const shown = current && !isAll ? ofItem(room.sections, current.it) : room.sections;
  const groups = grouped(shown);
  return (
    <Card
      title={t("papers.title")}
      aside={
        powers.isGuest ? undefined : (
          <div class="row papers-acts">
            {current && (
              <Button
                small
                weight="quiet"
                onClick={() => {
                  setAll(!isAll);
                }}
              >
                {t(isAll ? "papers.one" : "papers.all")}
              </Button>
            )}
            <ShareButton />
          </div>
        )
      }
    >
      {powers.isGuest && <Notice>{t("papers.guest")}</Notice>}
      {groups.length === 0 && (
        <Empty title={t(room.sections.length === 0 ? "papers.none" : "papers.noneRead")}>
          {!powers.isGuest && room.sections.length === 0 && t("papers.noneWhat")}
        </Empty>
      )}
      {natures(groups).map(({ nature, of }) => (
        <div key={nature} class="nature" data-nature={nature}>
          <h3 class="nature-title">{t(`papers.nature.${nature}`)}</h3>
          {of.map((group) => (
            <Group key={group.prov} group={group} />
          ))}
        </div>
      ))}
      <Closed sections={closedToMe(shown)} />
    </Card>
  );
}

function natures(groups: readonly SectionGroup[]) {
  return (["fact", "view", "plan"] as const)
    .map((nature) => ({ nature, of: groups.filter((group) => NATURE[group.prov] === nature) }))
    .filter((one) => one.of.length > 0);
}

function Group({ group }: { readonly group: SectionGroup }) {
  return (
    <section class="prov" data-prov={group.prov} aria-label={t(`prov.${group.prov}`)}>
      {group.sections.map((section) => (
        <Paper key={section.doc} section={section} />
      ))}
    </section>
  );
}

type Writing = "note" | "revision" | null;

function Paper({ section }: { readonly section: SectionView }) {
  const { room } = useScene();
  const [writing, setWriting] = useState<Writing>(null);
  const notes = room.notes.filter((note) => note.doc === section.doc);
  const close = () => {
    setWriting(null);
  };
  return (
    <article class="paper" data-hidden={section.hidden}>
      <PaperHead section={section} />
      <p class="paper-text">{section.text}</p>
      <div class="paper-lower">
        <PaperFoot section={section} />
        {writing === null && <PaperTools section={section} open={setWriting} />}
      </div>
      {notes.length > 0 && <Notes notes={notes} />}
      {writing === "note" && <AddNote doc={section.doc} onDone={close} />}
      {writing === "revision" && <RevisePaper section={section} onDone={close} />}
    </article>
  );
}

function PaperHead({ section }: { readonly section: SectionView }) {
  const { seen } = useScene();
  return (
    <header class="paper-head">
      <span class="paper-prov">{term("prov", section.prov ?? "agency")}</span>
      <h4>{section.title}</h4>
      {section.hidden && <Badge tone="bad">{t("papers.hidden")}</Badge>}
      {section.carried && <Badge>{t("papers.carried")}</Badge>}
      <FreshMark show={isFresh(section.seq, seen) && !section.author?.me} />
    </header>
  );
}

interface PaperToolsProps {
  readonly section: SectionView;
  readonly open: (writing: Writing) => void;
}

function PaperTools({ section, open }: PaperToolsProps) {
  const { powers } = useScene();
  if (powers.blocked !== null) return null;
  const tool = (label: string, writing: Writing) => (
    <Button
      small
      weight="quiet"
      aria-label={t("room.act", { what: section.title, act: label })}
      onClick={() => {
        open(writing);
      }}
    >
      {label}
    </Button>
  );
  return (
    <div class="paper-tools">
      {section.author?.me && section.sm !== null && tool(t("papers.revise"), "revision")}
      {tool(t("papers.note.add"), "note")}
    </div>
  );
}

function PaperFoot({ section }: { readonly section: SectionView }) {
  const { room, powers } = useScene();
  return (
    <div class="paper-foot small soft">
      <span>{section.author?.name}</span>
      <Time at={section.at} />
      {section.sub !== "" && (
        <span>{t("papers.about", { subject: subjectName(room.bases, section.sub) })}</span>
      )}
      {section.cats.length > 0 && <span>{catWords(section.cats)}</span>}
      {section.ver > 1 && <span>{t("papers.version", { n: section.ver })}</span>}
      {!powers.isGuest && <PaperReaders readers={section.readers} />}
    </div>
  );
}

function PaperReaders({ readers }: Pick<SectionView, "readers">) {
  if (readers === null) return <span>{t("papers.everyone")}</span>;
  return (
    <details class="paper-readers">
      <summary>{t("papers.readers", { n: readers.length })}</summary>
      <ul>
        {readers.map((person) => (
          <li key={person.wid}>
            {t("stay.who", { name: person.name, agency: person.agency.name })}
          </li>
        ))}
      </ul>
    </details>
  );
}

function Notes({ notes }: { readonly notes: readonly NoteView[] }) {
  return (
    <ul class="bare notes" aria-label={t("papers.notes", { n: notes.length })}>
      {notes.map((note) => (
        <li key={note.id}>
          <Badge>{t(note.fact ? "papers.note.fact" : "papers.note.view")}</Badge>
          <span class="note-text">{note.text}</span>
          <span class="small soft">{note.by.name}</span>
        </li>
      ))}
    </ul>
  );
}

const EMPTY_NOTE = { text: "", kind: "fact" as "fact" | "view" };

function AddNote({ doc, onDone }: { readonly doc: string; readonly onDone: () => void }) {
  const { room } = useScene();
  const command = useCommand("note.add");
  const draft = useDraft(`note/${doc}`, EMPTY_NOTE);
  const [isWrong, setWrong] = useState(false);
  const { text, kind } = draft.value;
  const send = async () => {
    setWrong(text.trim() === "");
    if (text.trim() === "") return;
    const note = { caseId: room.caseId, doc, text: text.trim(), fact: kind === "fact" };
    if (!(await command.run(note))) return;
    draft.drop();
    onDone();
  };
  return (
    <InlineForm
      label={t("papers.note.add")}
      send={t("papers.note.send")}
      busy={command.busy}
      trouble={command.trouble}
      onSend={() => void send()}
      onCancel={onDone}
    >
      <RadioGroup
        label={t("papers.note.kind")}
        flow="row"
        value={kind}
        options={[
          { value: "fact", label: t("papers.note.fact") },
          { value: "view", label: t("papers.note.view") },
        ]}
        onChange={(value) => {
          draft.change({ kind: value });
        }}
      />
      <TextArea
        label={t("papers.note.text")}
        required
        value={text}
        error={isWrong ? t("form.required") : null}
        onInput={(value) => {
          draft.change({ text: value });
        }}
      />
    </InlineForm>
  );
}

function Closed({ sections }: { readonly sections: readonly SectionView[] }) {
  if (sections.length === 0) return null;
  return (
    <div class="nature" data-nature="closed">
      <h3 class="nature-title">{t("papers.closed")}</h3>
      <p class="small soft">{t("papers.closed.what")}</p>
      <ul class="bare closed-papers">
        {sections.map((section) => (
          <li key={section.doc}>
            <p>
              <span class="lock" aria-hidden="true" />
              {t("papers.closed.one", { author: section.author?.name ?? t("common.unknownName") })}
            </p>
            <p class="small">{closedWords(section)}</p>
            {section.cats.length > 0 && <p class="small soft">{catWords(section.cats)}</p>}
          </li>
        ))}
      </ul>
    </div>
  );
}

function closedWords(section: SectionView): string {
  if (section.closed === null || section.closed === "NOT_GIVEN")
    return t("papers.closed.NOT_GIVEN");
  return codeWords(section.closed);
}
