/** A button that opens a short list of things to do. */
import type { ComponentChildren } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { Button, type Weight } from "./button";
import "./menu.css";

export interface MenuItem {
  readonly label: string;
  readonly act: () => void;
  readonly danger?: boolean | undefined;
  readonly disabled?: boolean | undefined;
}

export interface MenuProps {
  readonly label: string;
  readonly children: ComponentChildren;
  readonly items: readonly MenuItem[];
  readonly weight?: Weight | undefined;
}

/** Close when focus or pointer goes elsewhere. */
function useOutside(open: boolean, inside: { current: HTMLElement | null }, close: () => void) {
  useEffect(() => {
    if (!open) return undefined;
    const leave = (event: Event) => {
      if (!(event.target instanceof Node) || !inside.current?.contains(event.target)) close();
    };
    document.addEventListener("pointerdown", leave);
    document.addEventListener("focusin", leave);
    return () => {
      document.removeEventListener("pointerdown", leave);
      document.removeEventListener("focusin", leave);
    };
  }, [open]);
}

interface ListProps {
  readonly label: string;
  readonly items: readonly MenuItem[];
  readonly onClose: () => void;
}

function List({ label, items, onClose }: ListProps) {
  return (
    <div class="menu-list" role="menu" aria-label={label}>
      {items.map((item) => (
        <button
          key={item.label}
          type="button"
          role="menuitem"
          class="menu-item"
          data-danger={item.danger === true}
          disabled={item.disabled === true}
          tabIndex={-1}
          onClick={() => {
            onClose();
            item.act();
          }}
        >
          {item.label}
        </button>
      ))}
    </div>
  );
}

/** A menu; arrows move in it, Escape closes it and returns to the button. */
export function Menu({ label, children, items, weight = "quiet" }: MenuProps) {
  const [open, setOpen] = useState(false);
  const frame = useRef<HTMLDivElement>(null);
  const close = () => {
    setOpen(false);
  };
  const back = () => {
    close();
    frame.current?.querySelector("button")?.focus();
  };
  useOutside(open, frame, close);
  const buttons = () => [
    ...(frame.current?.querySelectorAll<HTMLElement>('[role="menuitem"]') ?? []),
  ];
  // In the same turn as the list appears: whoever types fast is already in it.
  useLayoutEffect(() => {
    if (open) buttons()[0]?.focus();
  }, [open]);
  const keys = (event: KeyboardEvent) => {
    const all = buttons();
    const at = all.indexOf(document.activeElement as HTMLElement);
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (open && event.key === "Escape") {
      event.stopPropagation();
      back();
    } else if (step !== undefined && open) {
      event.preventDefault();
      all[(at + step + all.length) % all.length]?.focus();
    }
  };
  return (
    // eslint-disable-next-line jsx-a11y/no-static-element-interactions -- keys bubble up from the buttons inside
    <div class="menu" ref={frame} onKeyDown={keys}>
      <Button
        weight={weight}
        aria-haspopup="menu"
        aria-expanded={open}
        onClick={() => {
          setOpen(!open);
        }}
      >
        {children}
        <span class="unseen"> {label}</span>
      </Button>
      {open && <List label={label} items={items} onClose={back} />}
    </div>
  );
}
