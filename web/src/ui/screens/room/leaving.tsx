/** For who leaves: what it means and what is still owed; calm, and nothing else on the screen. */
import { useLayoutEffect, useRef } from "preact/hooks";
import type { RoomView } from "../../../worker/api";
import { codeWords, lang, t } from "../../../text/catalogue";
import { dateWords, instantOf } from "../../logic/dates";
import { ownOpen } from "../../logic/deeds";
import { LinkButton } from "../../parts/button";
import { href } from "../../router";

/** Takes the place of the whole room as soon as I am no longer in it. */
export function Leaving({ room }: { readonly room: RoomView }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useLayoutEffect(() => {
    heading.current?.focus();
  }, []);
  const owed = ownOpen(room.actions);
  return (
    <div class="leaving">
      <p class="leaving-case soft number">{room.code}</p>
      <h1 ref={heading} tabIndex={-1}>
        {t("left.title")}
      </h1>
      <Why room={room} />
      <section aria-labelledby="left-means">
        <h2 id="left-means">{t("left.means")}</h2>
        <ul>
          <li>{t("left.means.1")}</li>
          <li>{t("left.means.2")}</li>
          <li>{t("left.means.3")}</li>
        </ul>
      </section>
      <section aria-labelledby="left-owes">
        <h2 id="left-owes">{t("left.owes")}</h2>
        <ul>
          <li>{t("left.owes.1")}</li>
          <li>{t("left.owes.2")}</li>
          {room.left === "BASIS_WITHDRAWN" && <li>{t("left.owes.3")}</li>}
        </ul>
      </section>
      <section aria-labelledby="left-actions">
        <h2 id="left-actions">{t("left.actions")}</h2>
        {owed.length === 0 && <p>{t("left.actions.none")}</p>}
        {owed.length > 0 && <p>{t("left.actions.what")}</p>}
        <ul>
          {owed.map((action) => (
            <li key={action.act}>{t("left.action", { due: dueWords(action.due) })}</li>
          ))}
        </ul>
      </section>
      <p>{t("left.ask")}</p>
      <div class="row">
        <LinkButton weight="main" href={href("home")}>
          {t("left.home")}
        </LinkButton>
      </div>
    </div>
  );
}

function Why({ room }: { readonly room: RoomView }) {
  const { left } = room;
  if (left === null) return null;
  if (left === "BASIS_WITHDRAWN") return <p class="leaving-why">{t("left.BASIS_WITHDRAWN")}</p>;
  return (
    <div class="leaving-why">
      <p>{t("left.other")}</p>
      <p>{codeWords(left)}</p>
    </div>
  );
}

function dueWords(due: string | null): string {
  return due === null ? t("acts.due.none") : dateWords(instantOf(due), lang.value);
}
