/** Boxes to tick and circles to choose from. */
import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";
import { t } from "../../text/catalogue";
import type { FieldBase, Option } from "./field";
import "./field.css";

interface GroupProps extends FieldBase {
  readonly flow?: "column" | "row" | undefined;
}

function Group({
  id,
  ...props
}: GroupProps & { readonly id: string; readonly children: ComponentChildren }) {
  const by = [props.hint ? `${id}-hint` : "", props.error ? `${id}-error` : ""].join(" ").trim();
  return (
    <fieldset class="group" aria-describedby={by || undefined} disabled={props.disabled === true}>
      <legend class={props.bare ? "unseen" : "group-label"}>
        {props.label}
        {props.required && <span class="field-required">{t("common.required")}</span>}
      </legend>
      {props.hint && (
        <p id={`${id}-hint`} class="field-hint">
          {props.hint}
        </p>
      )}
      <div class="group-options" data-flow={props.flow ?? "column"}>
        {props.children}
      </div>
      {props.error && (
        <p id={`${id}-error`} class="field-error">
          {props.error}
        </p>
      )}
    </fieldset>
  );
}

interface BoxProps {
  readonly type: "checkbox" | "radio";
  readonly name?: string | undefined;
  readonly checked: boolean;
  readonly label: ComponentChildren;
  readonly hint?: ComponentChildren;
  readonly disabled?: boolean | undefined;
  readonly onChange: (checked: boolean) => void;
}

function Box({ type, name, checked, label, hint, disabled, onChange }: BoxProps) {
  const id = useId();
  return (
    <label class="choice" for={id} data-disabled={disabled === true}>
      <input
        id={id}
        type={type}
        name={name}
        checked={checked}
        disabled={disabled === true}
        aria-describedby={hint ? `${id}-hint` : undefined}
        onChange={(event) => {
          onChange(event.currentTarget.checked);
        }}
      />
      <span class="choice-text">
        <span>{label}</span>
        {hint && (
          <span id={`${id}-hint`} class="choice-hint">
            {hint}
          </span>
        )}
      </span>
    </label>
  );
}

/** A single box to tick. */
export function Checkbox(props: Omit<BoxProps, "type" | "name">) {
  return <Box {...props} type="checkbox" />;
}

export interface CheckboxGroupProps<T extends string> extends GroupProps {
  readonly options: readonly Option<T>[];
  readonly value: readonly T[];
  readonly onChange: (value: readonly T[]) => void;
}

/** Any of several; the value keeps the order of the options. */
export function CheckboxGroup<T extends string>(props: CheckboxGroupProps<T>) {
  const id = useId();
  const toggle = (one: T, on: boolean) => {
    const kept = props.options.map(({ value }) => value);
    props.onChange(kept.filter((each) => (each === one ? on : props.value.includes(each))));
  };
  return (
    <Group {...props} id={id}>
      {props.options.map((option) => (
        <Box
          key={option.value}
          type="checkbox"
          checked={props.value.includes(option.value)}
          label={option.label}
          hint={option.hint}
          disabled={option.disabled}
          onChange={(on) => {
            toggle(option.value, on);
          }}
        />
      ))}
    </Group>
  );
}

export interface RadioGroupProps<T extends string> extends GroupProps {
  readonly options: readonly Option<T>[];
  readonly value: T | "";
  readonly onChange: (value: T) => void;
}

/** Exactly one of several. */
export function RadioGroup<T extends string>(props: RadioGroupProps<T>) {
  const id = useId();
  return (
    <Group {...props} id={id}>
      {props.options.map((option) => (
        <Box
          key={option.value}
          type="radio"
          name={id}
          checked={props.value === option.value}
          label={option.label}
          hint={option.hint}
          disabled={option.disabled}
          onChange={() => {
            props.onChange(option.value);
          }}
        />
      ))}
    </Group>
  );
}
