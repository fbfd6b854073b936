/** A bar that tells how much of a known amount is done; where the output is no terminal, a line for each part of the work. */
const BAR_CHARACTERS = 30;
const CLEAR_LINE = '\r\u001b[K';

export type Progress = {
  /** What comes next. */
  begin(part: string): void;
  done(count?: number): void;
  end(): void;
};

export type ProgressOutput = { readonly isTTY?: boolean; write(text: string): unknown };

export function createProgress(total: number, output: ProgressOutput): Progress {
  const isTerminal = output.isTTY === true;
  let [done, shown, part] = [0, '', ''];
  const draw = (): void => {
    const full = Math.min(BAR_CHARACTERS, Math.floor((done / total) * BAR_CHARACTERS));
    const text = `${'█'.repeat(full)}${'░'.repeat(BAR_CHARACTERS - full)} ${String(Math.min(100, Math.floor((done / total) * 100))).padStart(3)} %  ${part}`;
    if (text !== shown) output.write(CLEAR_LINE + text);
    shown = text;
  };
  return {
    begin: (next) => {
      part = next;
      if (isTerminal) draw();
      else output.write(`${next} …\n`);
    },
    done: (count = 1) => {
      done += count;
      if (isTerminal) draw();
    },
    end: () => void (isTerminal && output.write(CLEAR_LINE)),
  };
}
