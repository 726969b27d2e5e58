/** Fields for words and dates: label above, hint below it, error tied to the field. */
import type { ComponentChildren } from "preact";
import { useId, useState } from "preact/hooks";
import { t } from "../../text/catalogue";
import { Button } from "./button";
import "./field.css";

export interface FieldBase {
  readonly label: string;
  readonly hint?: ComponentChildren;
  /** What is wrong with the value, in words; none when it is fine. */
  readonly error?: string | null | undefined;
  readonly required?: boolean | undefined;
  readonly disabled?: boolean | undefined;
  /** Keep the label for screen readers only; the table or row already shows it. */
  readonly bare?: boolean | undefined;
}

interface FrameProps extends FieldBase {
  readonly id: string;
  readonly children: ComponentChildren;
}

/** The ids of hint and error that describe a field, or undefined. */
function describedBy(id: string, { hint, error }: FieldBase): string | undefined {
  const ids = [hint ? `${id}-hint` : "", error ? `${id}-error` : ""].filter((each) => each !== "");
  return ids.length > 0 ? ids.join(" ") : undefined;
}

function Frame({ id, label, hint, error, required, bare, children }: FrameProps) {
  return (
    <div class="field" data-wrong={Boolean(error)}>
      <label for={id} class={bare ? "unseen" : "field-label"}>
        {label}
        {required && <span class="field-required">{t("common.required")}</span>}
      </label>
      {hint && (
        <p id={`${id}-hint`} class="field-hint">
          {hint}
        </p>
      )}
      {children}
      {error && (
        <p id={`${id}-error`} class="field-error">
          {error}
        </p>
      )}
    </div>
  );
}

/** Preact types an input by the one literal of its type; these differ in nothing that is used here. */
function oneType(type: "text" | "search" | "number" | "password"): "text" {
  return type as "text";
}

/** What every native control takes from the field around it. */
function control(id: string, props: FieldBase) {
  return {
    id,
    "aria-describedby": describedBy(id, props),
    "aria-invalid": props.error ? true : undefined,
    required: props.required === true,
    disabled: props.disabled === true,
  };
}

export interface FieldProps extends FieldBase {
  readonly value: string;
  readonly onInput: (value: string) => void;
  readonly type?: "text" | "search" | "number" | undefined;
  readonly inputMode?: "text" | "numeric" | undefined;
  readonly autocomplete?: string | undefined;
  readonly maxLength?: number | undefined;
  readonly placeholder?: string | undefined;
  /** Wide figures for codes that are read aloud. */
  readonly code?: boolean | undefined;
  readonly min?: number | undefined;
  readonly max?: number | undefined;
}

/** One line of words. */
export function Field(props: FieldProps) {
  const id = useId();
  return (
    <Frame {...props} id={id}>
      <input
        {...control(id, props)}
        class="input"
        data-code={props.code === true}
        type={oneType(props.type ?? "text")}
        inputMode={props.inputMode}
        autocomplete={props.autocomplete ?? "off"}
        maxLength={props.maxLength}
        placeholder={props.placeholder}
        min={props.min}
        max={props.max}
        value={props.value}
        onInput={(event) => {
          props.onInput(event.currentTarget.value);
        }}
      />
    </Frame>
  );
}

export interface PassFieldProps extends FieldBase {
  readonly value: string;
  readonly onInput: (value: string) => void;
  readonly autocomplete: "current-password" | "new-password";
}

/** A passphrase; it can be shown, since nobody types thirty characters blindly. */
export function PassField(props: PassFieldProps) {
  const id = useId();
  const [shown, show] = useState(false);
  return (
    <Frame {...props} id={id}>
      <div class="input-line">
        <input
          {...control(id, props)}
          class="input"
          type={oneType(shown ? "text" : "password")}
          autocomplete={props.autocomplete}
          spellcheck={false}
          value={props.value}
          onInput={(event) => {
            props.onInput(event.currentTarget.value);
          }}
        />
        <Button
          aria-pressed={shown}
          aria-label={`${props.label}：${t(shown ? "common.hide" : "common.show")}`}
          onClick={() => {
            show(!shown);
          }}
        >
          {t(shown ? "common.hide" : "common.show")}
        </Button>
      </div>
    </Frame>
  );
}

export interface TextAreaProps extends FieldBase {
  readonly value: string;
  readonly onInput: (value: string) => void;
  readonly rows?: number | undefined;
  readonly maxLength?: number | undefined;
  readonly placeholder?: string | undefined;
}

/** Several lines of words; it grows with them where the browser can. */
export function TextArea(props: TextAreaProps) {
  const id = useId();
  return (
    <Frame {...props} id={id}>
      <textarea
        {...control(id, props)}
        class="input"
        rows={props.rows ?? 3}
        maxLength={props.maxLength}
        placeholder={props.placeholder}
        value={props.value}
        onInput={(event) => {
          props.onInput(event.currentTarget.value);
        }}
      />
    </Frame>
  );
}

export interface Option<T extends string = string> {
  readonly value: T;
  readonly label: string;
  readonly hint?: string | undefined;
  readonly disabled?: boolean | undefined;
}

export interface SelectProps<T extends string> extends FieldBase {
  readonly value: T | "";
  readonly options: readonly Option<T>[];
  readonly onChange: (value: T) => void;
}

/** One of several; with an empty value it first asks to choose. */
export function Select<T extends string>(props: SelectProps<T>) {
  const id = useId();
  return (
    <Frame {...props} id={id}>
      <select
        {...control(id, props)}
        class="input"
        value={props.value}
        onChange={(event) => {
          const chosen = props.options.find(({ value }) => value === event.currentTarget.value);
          if (chosen) props.onChange(chosen.value);
        }}
      >
        {props.value === "" && <option value="">{t("common.choose")}</option>}
        {props.options.map((option) => (
          <option key={option.value} value={option.value} disabled={option.disabled}>
            {option.label}
          </option>
        ))}
      </select>
    </Frame>
  );
}

export interface DateFieldProps extends FieldBase {
  /** A day (`2025-10-14`) or, for `time`, a day and time (`2025-10-14T13:30`), both in Japan; "" for none. */
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly time?: boolean | undefined;
  readonly min?: string | undefined;
  readonly max?: string | undefined;
}

/** A day, or a day and time, by the browser's own picker. */
export function DateField(props: DateFieldProps) {
  const id = useId();
  return (
    <Frame {...props} id={id}>
      <input
        {...control(id, props)}
        class="input"
        data-date="true"
        type={props.time ? "datetime-local" : "date"}
        min={props.min}
        max={props.max}
        value={props.value}
        onChange={(event) => {
          props.onChange(event.currentTarget.value);
        }}
      />
    </Frame>
  );
}
