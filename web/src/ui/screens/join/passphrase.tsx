/** Choosing a passphrase: why it matters, how strong it is, twice. */
import { useId } from "preact/hooks";
import { t } from "../../../text/catalogue";
import { SHORTEST, strength } from "../../logic/passphrase";
import { PassField } from "../../parts/field";
import { Badge } from "../../parts/badge";
import "./join.css";

/** What was typed; both must be the same and strong enough. */
export interface Pass {
  readonly first: string;
  readonly again: string;
}

export const NO_PASS: Pass = { first: "", again: "" };

/** Whether a passphrase may be taken. */
export function passed({ first, again }: Pass): boolean {
  return first === again && strength(first) > 0;
}

const STRONGEST = 3;

function Meter({ words }: { readonly words: string }) {
  const id = useId();
  const level = words === "" ? 0 : strength(words);
  const tone = level === 0 ? "bad" : level === 1 ? "warn" : "good";
  return (
    <div class="strength">
      <label for={id}>{t("join.pass.strength")}</label>
      <meter id={id} min={0} max={STRONGEST} low={1} optimum={STRONGEST} value={level} />
      <span role="status">
        {words !== "" && <Badge tone={tone}>{t(`join.pass.${level}`)}</Badge>}
      </span>
    </div>
  );
}

export interface PassphraseProps {
  readonly label?: string | undefined;
  readonly value: Pass;
  readonly onInput: (value: Pass) => void;
  /** After a first try: say what is still wrong. */
  readonly tried: boolean;
}

/** Two fields and a meter. */
export function Passphrase({ label, value, onInput, tried }: PassphraseProps) {
  const weak = tried && strength(value.first) === 0;
  const differ = tried && value.first !== value.again;
  return (
    <>
      <PassField
        label={label ?? t("join.pass.label")}
        autocomplete="new-password"
        hint={t("join.pass.how")}
        error={weak ? `${t("join.pass.weak")}（${SHORTEST}+）` : null}
        required
        value={value.first}
        onInput={(first) => {
          onInput({ ...value, first });
        }}
      />
      <Meter words={value.first} />
      <PassField
        label={t("join.pass.again")}
        autocomplete="new-password"
        error={differ ? t("join.pass.differ") : null}
        required
        value={value.again}
        onInput={(again) => {
          onInput({ ...value, again });
        }}
      />
    </>
  );
}
