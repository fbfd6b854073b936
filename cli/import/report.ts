/** What became of everything in a file: how much was imported, and what was left out, and why. For people, or a JSON object a line. */
import { LEFT_OUT_REASONS, type LeftOutReason } from './left-out.ts';
import type { ImportOutcome } from '../../app/control/imports/outcome.ts';
import type { Terminal } from '../terminal.ts';

/** Of each reason, so many are named to people. */
const NAMED_MAX = 20;

/** `item`: its line or its address. */
export type Report = {
  /** `kind`: of what is counted by itself too: people, channels. */
  done(item: string | number, outcome: ImportOutcome, kind?: string): Promise<void>;
  leaveOut(item: string | number, reason: LeftOutReason): Promise<void>;
  /** It is imported, but without something that belongs to it. */
  without(item: string | number, reason: LeftOutReason): Promise<void>;
  /** The same, where a process says why. */
  withoutFor(item: string | number, refused: { readonly code: string; readonly says: string }): Promise<void>;
  readonly count: () => number;
  end(): Promise<void>;
};

type Counts = { imported: number; unchanged: number };
type Reason = { readonly says: string; count: number; readonly named: (string | number)[] };

export function createReport(terminal: Terminal, { json, dryRun }: { readonly json: boolean; readonly dryRun: boolean }): Report {
  const all: Counts = { imported: 0, unchanged: 0 };
  const kinds = new Map<string, Counts>();
  let count = 0;
  const leftOut = new Map<string, Reason>();
  const lost = new Map<string, Reason>();

  const add = async (to: Map<string, Reason>, item: string | number, { code, says }: { readonly code: string; readonly says: string }) => {
    const reason = to.get(code) ?? { says, count: 0, named: [] };
    to.set(code, reason);
    reason.count += 1;
    if (reason.named.length < NAMED_MAX) reason.named.push(item);
    if (json) await terminal.print(JSON.stringify({ is: to === leftOut ? 'left-out' : 'without', item, code, says }));
  };
  const leaveOut = (item: string | number, why: { readonly code: string; readonly says: string }) => {
    count += 1;
    return add(leftOut, item, why);
  };

  return {
    done: async (item, outcome, kind) => {
      if (outcome.outcome === 'refused') return leaveOut(item, outcome);
      count += 1;
      all[outcome.outcome] += 1;
      if (kind === undefined) return;
      const counts = kinds.get(kind) ?? { imported: 0, unchanged: 0 };
      kinds.set(kind, counts);
      counts[outcome.outcome] += 1;
    },
    leaveOut: (item, reason) => leaveOut(item, { code: reason, says: LEFT_OUT_REASONS[reason] }),
    without: (item, reason) => add(lost, item, { code: reason, says: LEFT_OUT_REASONS[reason] }),
    withoutFor: (item, { code, says }) => add(lost, item, { code, says }),
    count: () => count,
    end: async () => {
      const ofKinds = kinds.size > 0 && { kinds: Object.fromEntries(kinds) };
      if (json) return terminal.print(JSON.stringify({ is: 'summary', dryRun, ...all, ...ofKinds, leftOut: countsOf(leftOut), without: countsOf(lost) }));
      const counted = ({ imported, unchanged }: Counts) => `${imported} ${dryRun ? 'would be imported' : 'imported'}, ${unchanged} there already`;
      await terminal.print(`${counted(all)}, ${sumOf(leftOut)} left out.`);
      for (const [kind, counts] of kinds) await terminal.print(`  ${kind}: ${counted(counts)}`);
      for (const [heading, reasons] of [
        ['Left out:', leftOut],
        ['Imported without:', lost],
      ] as const) {
        if (reasons.size > 0) await terminal.print(heading);
        for (const [code, { says, count: times, named }] of reasons) {
          await terminal.print(`  ${times} × ${code}: ${says}`);
          await terminal.print(`    ${named.join(', ')}${times > named.length ? ', …' : ''}`);
        }
      }
    },
  };
}

const countsOf = (reasons: ReadonlyMap<string, Reason>) => Object.fromEntries([...reasons].map(([code, { count }]) => [code, count]));
const sumOf = (reasons: ReadonlyMap<string, Reason>): number => [...reasons.values()].reduce((sum, { count }) => sum + count, 0);
