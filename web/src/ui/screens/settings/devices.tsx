/** The devices of this person: see, end, add. */
import { useState } from "preact/hooks";
import { t } from "../../../text/catalogue";
import type { DeviceView } from "../../../worker/api";
import { useApi } from "../../api";
import { Badge } from "../../parts/badge";
import { Button } from "../../parts/button";
import { Card } from "../../parts/card";
import { Confirm } from "../../parts/dialog";
import { PassField } from "../../parts/field";
import { Table, type Column } from "../../parts/table";
import { Time } from "../../parts/time";
import { toast } from "../../parts/toast";
import { writable } from "../../state";
import { AddDevice } from "./add_device";
import type { PartProps } from "./settings";

function End({ device }: { readonly device: DeviceView }) {
  const api = useApi();
  const [asking, ask] = useState(false);
  const [passphrase, type] = useState("");
  const end = async () => {
    await api.do("device.end", { did: device.did, passphrase });
    toast(t("devices.ended.said", { name: device.name }));
  };
  return (
    <>
      <Button
        small
        weight="danger"
        disabled={!writable.value}
        aria-label={`${t("devices.end")}：${device.name}`}
        onClick={() => {
          type("");
          ask(true);
        }}
      >
        {t("devices.end")}
      </Button>
      <Confirm
        open={asking}
        danger
        title={t("devices.end.title", { name: device.name })}
        act={t("devices.end.act")}
        onAct={end}
        onClose={() => {
          ask(false);
        }}
      >
        <p>{t("devices.end.what")}</p>
        <PassField
          label={t("vaults.passphrase")}
          autocomplete="current-password"
          value={passphrase}
          onInput={type}
        />
      </Confirm>
    </>
  );
}

function State({ device }: { readonly device: DeviceView }) {
  if (device.ended) return <Badge>{t("devices.ended")}</Badge>;
  return device.me ? (
    <Badge tone="accent">{t("devices.here")}</Badge>
  ) : (
    <Badge tone="good">{t("devices.live")}</Badge>
  );
}

function columns(): readonly Column<DeviceView>[] {
  return [
    { key: "name", title: t("devices.name"), head: true, cell: (device) => device.name },
    {
      key: "since",
      title: t("devices.since"),
      cell: (device) => <Time at={device.since} form="day" />,
    },
    { key: "state", title: t("devices.state"), cell: (device) => <State device={device} /> },
    {
      key: "end",
      title: t("devices.end"),
      acts: true,
      cell: (device) => !device.ended && !device.me && <End device={device} />,
    },
  ];
}

/** Devices, and the way to one more. */
export function Devices({ view }: PartProps) {
  return (
    <>
      <Card title={t("settings.part.devices")}>
        <p class="soft">{t("devices.lead")}</p>
        <Table
          caption={t("settings.part.devices")}
          hideCaption
          cards
          columns={columns()}
          rows={view.devices.toSorted((a, b) => Number(a.ended) - Number(b.ended))}
          id={(device) => device.did}
        />
      </Card>
      <AddDevice />
    </>
  );
}
