/** Language, text size, contrast, lock time; changed at once, no button to save. */
import { lang, t } from "../../../text/catalogue";
import { CONTRASTS, contrast, lockMinutes, LOCKS, size, SIZES } from "../../look";
import { Card } from "../../parts/card";
import { RadioGroup } from "../../parts/choice";
import { Select } from "../../parts/field";

/** How the page looks on this machine. */
export function Look() {
  return (
    <>
      <Card title={t("settings.part.look")}>
        <div class="settings-form">
          <RadioGroup
            label={t("look.lang")}
            flow="row"
            value={lang.value}
            options={[
              { value: "ja", label: "日本語" },
              { value: "en", label: "English" },
            ]}
            onChange={(value) => {
              lang.value = value;
            }}
          />
          <RadioGroup
            label={t("look.size")}
            flow="row"
            value={size.value}
            options={SIZES.map((value) => ({ value, label: t(`look.size.${value}`) }))}
            onChange={(value) => {
              size.value = value;
            }}
          />
          <RadioGroup
            label={t("look.contrast")}
            flow="row"
            value={contrast.value}
            options={CONTRASTS.map((value) => ({ value, label: t(`look.contrast.${value}`) }))}
            onChange={(value) => {
              contrast.value = value;
            }}
          />
          <Select
            label={t("look.lock")}
            hint={t("look.lock.hint")}
            value={String(lockMinutes.value)}
            options={LOCKS.map((n) => ({ value: String(n), label: t("look.lock.minutes", { n }) }))}
            onChange={(value) => {
              lockMinutes.value = LOCKS.find((n) => String(n) === value) ?? lockMinutes.value;
            }}
          />
        </div>
      </Card>
      <Card title={t("look.keys")}>
        <ul class="plain-list">
          <li>{t("look.keys.hide")}</li>
          <li>{t("look.keys.board")}</li>
        </ul>
      </Card>
    </>
  );
}
