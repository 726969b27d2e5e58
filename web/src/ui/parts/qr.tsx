/** A QR code, drawn as one path: no picture file, no inline style. */
import { encodeQR } from "qr";
import "./digits.css";

/** One square per dark module, row by row. */
function pathOf(dots: readonly (readonly boolean[])[]): string {
  return dots
    .flatMap((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : "")))
    .join("");
}

/** A QR code of a text; `label` says what it is for. */
export function Qr({ text, label }: { readonly text: string; readonly label: string }) {
  const dots = encodeQR(text, "raw", { ecc: "medium", border: 2 });
  return (
    <svg class="qr" viewBox={`0 0 ${dots.length} ${dots.length}`} role="img" aria-label={label}>
      <path d={pathOf(dots)} fill="#000" shape-rendering="crispEdges" />
    </svg>
  );
}
