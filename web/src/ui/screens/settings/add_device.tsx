/** The approving side of a further device: show a code, compare twelve digits, approve. */
import { useEffect, useState } from "preact/hooks";
import type { ComponentType } from "preact";
import { t } from "../../../text/catalogue";
import { useApi, useCommand } from "../../api";
import { lazy } from "../../lazy";
import { timeWords } from "../../logic/dates";
import { Button } from "../../parts/button";
import { Card } from "../../parts/card";
import { Checkbox } from "../../parts/choice";
import { Copyable } from "../../parts/copy";
import { Digits } from "../../parts/digits";
import { Field, PassField } from "../../parts/field";
import { CodeReason, Notice } from "../../parts/notice";
import { Loading } from "../../parts/progress";
import { toast } from "../../parts/toast";
import { writable } from "../../state";

type QrPart = ComponentType<{ readonly text: string; readonly label: string }>;

/** The drawer of QR codes comes only when somebody needs one; the typed code stands there at once. */
function LazyQr({ text }: { readonly text: string }) {
  const [Qr, show] = useState<{ readonly it: QrPart } | null>(null);
  useEffect(() => {
    lazy("qr", () => import("../../parts/qr")).then(
      (part) => {
        show({ it: part.Qr });
      },
      () => undefined,
    );
  }, []);
  return Qr && <Qr.it text={text} label={t("devices.add.qr")} />;
}

const ASK_AGAIN = 3000;

/** Ask every three seconds whether the new device has come. */
function useDigits(): string | null {
  const api = useApi();
  const [digits, found] = useState<string | null>(null);
  useEffect(() => {
    if (digits !== null) return undefined;
    const timer = setInterval(() => {
      api.do("link.waiting", {}).then(
        (out) => {
          found(out.digits);
        },
        () => undefined,
      );
    }, ASK_AGAIN);
    return () => {
      clearInterval(timer);
    };
  }, [digits, api]);
  return digits;
}

interface ApproveProps {
  readonly digits: string;
  readonly onDone: (added: boolean) => void;
}

function Approve({ digits, onDone }: ApproveProps) {
  const approve = useCommand("link.approve");
  const [same, tick] = useState(false);
  const [name, call] = useState("");
  const [passphrase, type] = useState("");
  const ready = same && name.trim() !== "" && passphrase !== "";
  const go = async () => {
    if (ready && (await approve.run({ passphrase, name: name.trim() }))) onDone(true);
  };
  return (
    <form
      class="stack"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void go();
      }}
    >
      <p>{t("devices.add.digits")}</p>
      <Digits digits={digits} label={t("devices.add.digits")} />
      <Checkbox label={t("devices.add.same")} checked={same} onChange={tick} />
      <Field
        label={t("devices.add.name")}
        hint={t("devices.add.nameHint")}
        required
        maxLength={40}
        value={name}
        onInput={call}
      />
      <PassField
        label={t("vaults.passphrase")}
        autocomplete="current-password"
        required
        value={passphrase}
        onInput={type}
      />
      {approve.trouble && <CodeReason trouble={approve.trouble} />}
      <div class="row">
        <Button
          weight="danger"
          onClick={() => {
            onDone(false);
          }}
        >
          {t("devices.add.different")}
        </Button>
        <Button
          type="submit"
          weight="main"
          busy={approve.busy}
          disabled={!ready || !writable.value}
        >
          {t("devices.add.approve")}
        </Button>
      </div>
    </form>
  );
}

interface OfferedProps {
  readonly offer: { readonly text: string; readonly until: number };
  readonly onDone: (added: boolean) => void;
}

function Offered({ offer, onDone }: OfferedProps) {
  const digits = useDigits();
  if (digits !== null) return <Approve digits={digits} onDone={onDone} />;
  return (
    <div class="add-device">
      <LazyQr text={offer.text} />
      <div class="stack">
        <Copyable label={t("devices.add.code")} text={offer.text} />
        <p class="small soft">{t("devices.add.until", { time: timeWords(offer.until) })}</p>
        <Loading label={t("devices.add.wait")} />
      </div>
    </div>
  );
}

/** Adds a device of mine. */
export function AddDevice() {
  const offer = useCommand("link.offer");
  const [offered, show] = useState<OfferedProps["offer"] | null>(null);
  const [differed, differ] = useState(false);
  const start = async () => {
    differ(false);
    const made = await offer.run({});
    if (made) show(made.out);
  };
  const done = (added: boolean) => {
    show(null);
    differ(!added);
    if (added) toast(t("devices.added"));
  };
  return (
    <Card title={t("devices.add")}>
      <p>{t("devices.add.lead")}</p>
      {differed && (
        <Notice kind="bad" live>
          {t("devices.add.stopped")}
        </Notice>
      )}
      {offer.trouble && <CodeReason trouble={offer.trouble} />}
      {offered ? (
        <Offered offer={offered} onDone={done} />
      ) : (
        <div class="row">
          <Button
            busy={offer.busy}
            disabled={!writable.value}
            onClick={() => {
              void start();
            }}
          >
            {t("devices.add.start")}
          </Button>
        </div>
      )}
    </Card>
  );
}
