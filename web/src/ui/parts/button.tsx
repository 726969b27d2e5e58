/** Buttons: one main act per screen, plain ones beside it, quiet ones in rows, danger for what cannot be undone. */
import type { ButtonHTMLAttributes, ComponentChildren } from "preact";
import { t } from "../../text/catalogue";
import "./button.css";

export type Weight = "main" | "plain" | "quiet" | "danger";

type Native = Pick<
  ButtonHTMLAttributes,
  | "aria-describedby"
  | "aria-expanded"
  | "aria-haspopup"
  | "aria-label"
  | "aria-pressed"
  | "id"
  | "title"
  | "onKeyDown"
>;

export interface ButtonProps extends Native {
  readonly children: ComponentChildren;
  readonly weight?: Weight | undefined;
  readonly type?: "button" | "submit" | undefined;
  /** Shows that the command is on its way; the button then does nothing. */
  readonly busy?: boolean | undefined;
  readonly disabled?: boolean | undefined;
  /** Fills its line: for phones and narrow cards. */
  readonly wide?: boolean | undefined;
  readonly small?: boolean | undefined;
  readonly onClick?: (() => void) | undefined;
}

/** A button; while `busy` it keeps the focus and says so. */
export function Button(props: ButtonProps) {
  const {
    children,
    weight = "plain",
    type = "button",
    busy,
    disabled,
    wide,
    small,
    onClick,
    ...rest
  } = props;
  return (
    <button
      {...rest}
      type={type}
      class="button"
      data-weight={weight}
      data-wide={wide === true}
      data-small={small === true}
      aria-disabled={busy === true ? "true" : undefined}
      aria-busy={busy === true}
      disabled={disabled === true}
      onClick={(event) => {
        if (busy === true) event.preventDefault();
        else onClick?.();
      }}
    >
      {busy === true && <span class="button-wheel" aria-hidden="true" />}
      <span class="button-words">{children}</span>
      {busy === true && <span class="unseen">{t("common.loading")}</span>}
    </button>
  );
}

export interface LinkButtonProps {
  readonly href: string;
  readonly children: ComponentChildren;
  readonly weight?: Weight | undefined;
  readonly small?: boolean | undefined;
  readonly wide?: boolean | undefined;
  readonly download?: string | undefined;
}

/** A link that looks like a button; it goes somewhere and changes nothing. */
export function LinkButton({
  href,
  children,
  weight = "plain",
  small,
  wide,
  download,
}: LinkButtonProps) {
  return (
    <a
      class="button"
      href={href}
      download={download}
      data-weight={weight}
      data-small={small === true}
      data-wide={wide === true}
    >
      <span>{children}</span>
    </a>
  );
}
