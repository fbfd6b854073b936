/** A QR code as a drawing: dark on light in both schemes, for that is what cameras read. */
import { generate } from 'lean-qr';

/** The standard asks for four modules of light around it. */
const QUIET = 4;

export function QrCode({ text, label }: { readonly text: string; readonly label: string }) {
  const code = generate(text);
  const size = code.size + 2 * QUIET;
  const rows = Array.from({ length: code.size }, (_, y) => y);
  const dots = rows.flatMap((y) => rows.filter((x) => code.get(x, y)).map((x) => `M${x + QUIET} ${y + QUIET}h1v1h-1Z`));
  return (
    <svg class="qr-code" viewBox={`0 0 ${size} ${size}`} role="img" aria-label={label} shape-rendering="crispEdges">
      <rect width={size} height={size} fill="#ffffff" />
      <path d={dots.join('')} fill="#000000" />
    </svg>
  );
}
