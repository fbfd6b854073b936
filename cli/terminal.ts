/** The output of the command line: results go to the standard output, progress and messages to the standard error. */
import { once } from 'node:events';
import type { WriteStream } from 'node:tty';
import type { Writable } from 'node:stream';
import { escapeControlCharacters } from '../app/control-characters.ts';

/** On a terminal one line of progress is overwritten; elsewhere, such as in a log file, there is a new line every few seconds. */
const REDRAW_INTERVAL_MS = 100;
const LINE_INTERVAL_MS = 5_000;
const CLEAR_LINE = '\r\u001b[K';

export type Terminal = {
  /** Writes a line of the result. Resolves when the reader has room for more. */
  readonly print: (line: string) => Promise<void>;
  /** Writes text of ours, of several lines, such as help. */
  readonly write: (text: string) => void;
  readonly say: (line: string) => void;
  readonly progress: (text: string) => void;
};

/** The reader of the output, such as `head`, has closed it. */
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
  out.on('error', () => interrupted.abort(new OutputClosed('The reader has closed the output.')));

  const clear = () => {
    if (isDrawn) err.write(CLEAR_LINE);
    isDrawn = false;
  };
  return {
    print: async (line) => {
      clear();
      if (!out.write(`${escapeControlCharacters(line)}\n`)) await once(out, 'drain', { signal: interrupted.signal });
    },
    write: (text) => void out.write(text),
    say: (line) => {
      clear();
      err.write(`${escapeControlCharacters(line)}\n`);
    },
    progress: (text) => {
      if (nowMs() - progressAt < (isTerminal ? REDRAW_INTERVAL_MS : LINE_INTERVAL_MS)) return;
      progressAt = nowMs();
      isDrawn = isTerminal;
      err.write(isTerminal ? `${CLEAR_LINE}${escapeControlCharacters(text)}` : `${escapeControlCharacters(text)}\n`);
    },
  };
}

/** `part` is from 0 to 1. */
export const percent = (part: number): string => `${Math.min(100, Math.floor(part * 100))} %`;
