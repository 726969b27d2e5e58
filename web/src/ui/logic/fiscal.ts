/** The fiscal year of Japanese offices: April to March. */

const MARCH = 3;

/** The last day of the fiscal year of a day (`2025-10-14` gives `2026-03-31`). */
export function fiscalEnd(day: string): string {
  const year = Number(day.slice(0, 4));
  const month = Number(day.slice(5, 7));
  return `${month > MARCH ? year + 1 : year}-03-31`;
}
