/** Twelve digits that two people compare by voice, or a code that is typed. */
import "./digits.css";

const GROUP = 4;

/** Digits in groups of four, as they are read aloud. */
export function groups(digits: string): readonly string[] {
  return digits.replaceAll(/\D/g, "").match(new RegExp(`\\d{1,${GROUP}}`, "g")) ?? [];
}

/** Large groups of digits; a reader speaks them one by one. */
export function Digits({ digits, label }: { readonly digits: string; readonly label: string }) {
  const parts = groups(digits);
  const spoken = parts.map((part) => Array.from(part).join(" ")).join(", ");
  return (
    <div class="digits" role="img" aria-label={`${label}: ${spoken}`}>
      {parts.map((part, at) => (
        <span key={at} class="digits-group">
          {part}
        </span>
      ))}
    </div>
  );
}
