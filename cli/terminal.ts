/** Where the command line writes: results to the standard output, all else, progress among it, to the standard error. */
import { once } from 'node:events';
import type { WriteStream } from 'node:tty';
import type { Writable } from 'node:stream';

/** On a terminal one line is written over and over; elsewhere, such as in a log file, lines follow each other more slowly. */
const REDRAW_EVERY_MS = 100;
const LINE_EVERY_MS = 5_000;
const CLEAR_LINE = '\r\u001b[K';

export type Terminal = {
  /** A line of the result. Resolves when whoever reads it can take more. */
  readonly print: (line: string) => Promise<void>;
  readonly say: (line: string) => void;
  readonly progress: (text: string) => void;
};

/** Whoever reads the output, such as `head`, has seen enough. */
export class OutputClosed extends Error {
  override readonly name = 'ReaderGone';
}

/** Aborts `interrupted` with `ReaderGone` when the output is closed. */
export function createTerminal(
  { out, err }: { readonly out: Writable; readonly err: Writable & Partial<Pick<WriteStream, 'isTTY'>> },
  interrupted: AbortController,
  nowMs: () => number = () => performance.now(),
): Terminal {
  const isTerminal = err.isTTY === true;
  let progressAt = nowMs();
  let isDrawn = false;
  out.on('error', () => interrupted.abort(new OutputClosed('Nobody reads the output any more.')));

  const clear = () => {
    if (isDrawn) err.write(CLEAR_LINE);
    isDrawn = false;
  };
  return {
    print: async (line) => {
      clear();
      if (!out.write(`${escapeControlCharacters(line)}\n`)) await once(out, 'drain', { signal: interrupted.signal });
    },
    say: (line) => {
      clear();
      err.write(`${escapeControlCharacters(line)}\n`);
    },
    progress: (text) => {
      if (nowMs() - progressAt < (isTerminal ? REDRAW_EVERY_MS : LINE_EVERY_MS)) return;
      progressAt = nowMs();
      isDrawn = isTerminal;
      err.write(isTerminal ? `${CLEAR_LINE}${escapeControlCharacters(text)}` : `${escapeControlCharacters(text)}\n`);
    },
  };
}

/** How far something is, from 0 to 1. */
export const percent = (part: number): string => `${Math.min(100, Math.floor(part * 100))} %`;

/** What people wrote is shown and can't command the terminal: control characters come as JSON would write them. */
function escapeControlCharacters(text: string): string {
  return text.replaceAll(/(?![\t\n])[\p{Cc}\p{Zl}\p{Zp}]/gu, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
