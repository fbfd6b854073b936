/** What a bench has found so far: each figure is printed as soon as it is known, and kept for `--json`. */
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { formatRate } from '../shared/statistics.ts';

export const COMMAND = 'npm run bench:distributed';

/** Of the value, or of its ratio to the peer. */
export type Goal = { readonly of: 'value' | 'ratio'; readonly most: number } | { readonly of: 'value' | 'ratio'; readonly least: number };
export type Figure = {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** What is measured beside it in the same run, in the same unit: a bare driver, a script alone, or a limit. */
  readonly peer?: { readonly name: string; readonly value: number };
  readonly goal?: Goal;
};

/** What `npm run scale -- --take <file>` reads. `unitCosts`: by their ids in `bench/scale/unit-costs.json`, in the units given there. */
export type BenchResults = {
  readonly command: string;
  readonly date: string;
  readonly machine: string;
  readonly isQuick: boolean;
  readonly figures: readonly (Figure & { readonly section: string; readonly ratio?: number })[];
  readonly unitCosts: Readonly<Record<string, number>>;
  /** By the work, how many calls of each kind a unit of it took. */
  readonly calls: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** By section, why it has no figures or not all of them. */
  readonly failures: Readonly<Record<string, string>>;
};

export type Report = {
  progress(text: string): void;
  figure(figure: Figure): void;
  /** A cost that is no number, or negative, was not measured, and is not told. */
  unitCost(id: string, cost: number): void;
  calls(of: string, each: ReadonlyMap<string, number>): void;
};

export type WholeReport = {
  of(section: string): Report;
  fail(section: string, error: unknown): void;
  results(): BenchResults;
};

/** `file`: written after each change, so that whatever ends the run, it has what is known. */
export function openReport({
  isQuick,
  file,
  command = COMMAND,
}: {
  readonly isQuick: boolean;
  readonly file: string | undefined;
  readonly command?: string;
}): WholeReport {
  const [startedAt, date] = [performance.now(), new Date().toISOString().slice(0, 10)];
  const machine = `node ${process.version}, ${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}`;
  const figures: (Figure & { readonly section: string; readonly ratio?: number })[] = [];
  const unitCosts: Record<string, number> = {};
  const calls: Record<string, Readonly<Record<string, number>>> = {};
  const failures: Record<string, string> = {};
  const print = (section: string, text: string) =>
    console.log(`${((performance.now() - startedAt) / 1_000).toFixed(0).padStart(4)} s  ${section.padEnd(11)} ${text}`);
  const results = (): BenchResults => ({ command, date, machine, isQuick, figures, unitCosts, calls, failures });
  const keep = () => {
    if (file !== undefined) writeFileSync(file, `${JSON.stringify(results(), undefined, 2)}\n`);
  };
  print('', `${machine}${isQuick ? '; quick: the figures mean nothing' : ''}`);
  return {
    of: (section) => ({
      progress: (text) => print(section, text),
      figure: (figure) => {
        const ratio = ratioOf(figure);
        figures.push({ section, ...figure, ...(ratio === undefined ? {} : { ratio }) });
        print(section, lineOf(figure));
        keep();
      },
      unitCost: (id, cost) => {
        if (!Number.isFinite(cost) || cost < 0) return;
        unitCosts[id] = cost;
        keep();
      },
      calls: (of, each) => {
        calls[of] = Object.fromEntries(each);
        keep();
      },
    }),
    fail: (section, error) => {
      failures[section] = error instanceof Error ? error.message : String(error);
      print(section, `FAILED: ${failures[section]}`);
      keep();
    },
    results,
  };
}

const ratioOf = ({ value, peer }: Figure): number | undefined => (peer === undefined ? undefined : value / peer.value);

export function lineOf(figure: Figure): string {
  const { name, value, unit, peer, goal } = figure;
  const ratio = ratioOf(figure);
  const parts = [`${name}: ${format(value)} ${unit}`];
  if (peer !== undefined && ratio !== undefined) parts.push(`${peer.name}: ${format(peer.value)} ${unit}`, `ratio ${ratio.toFixed(2)}`);
  if (goal !== undefined) parts.push(verdictOf(goal, goal.of === 'value' ? value : (ratio ?? Number.NaN)));
  return parts.join('; ');
}

function verdictOf(goal: Goal, actual: number): string {
  const [isMet, bound] = 'most' in goal ? [actual <= goal.most, `≤ ${goal.most}`] : [actual >= goal.least, `≥ ${goal.least}`];
  return `goal ${goal.of === 'ratio' ? 'ratio ' : ''}${bound}: ${isMet ? 'met' : 'MISSED'}`;
}

const format = (value: number): string => (Math.abs(value) >= 100 ? formatRate(value) : value.toFixed(Math.abs(value) < 10 ? 2 : 1));
