/** Parts of a case's address that belong to 同意. */
export const CONSENT_PARTS: readonly string[] = [
  "consent",
  "consent-new",
  "consent-change",
  "consent-withdraw",
];
