/**
 * What the units of a process passed over: events that their projections don't handle. Storing each unit's checkpoint for that would
 * cost a commit a unit; so a process tells of all its units in one entry, a few times a second and only while something was passed over.
 * An entry of a unit counts while the unit's checkpoint is still the one that it was passed from.
 */
import type { Position } from '../../ports/event-log/port.ts';
import type { ViewStore } from '../../ports/views/port.ts';
import { BOOKKEEPING } from './names.ts';

const PREFIX = `${BOOKKEEPING}passed:`;
/** How long other processes may wait to learn that a unit of this one passed over an event. */
export const PASSED_OVER_MS = 100;

/** `since`: the unit's stored checkpoint. */
export type PassedOver = { readonly unit: string; readonly since: string; readonly position: Position };

export const passedOverName = (process: string): string => `${PREFIX}${process}`;
export const isPassedOver = (checkpoint: string): boolean => checkpoint.startsWith(PREFIX);

export const passedOverIn = (stored: string): readonly PassedOver[] =>
  Object.entries(JSON.parse(stored) as Record<string, [string, Position]>).map(([unit, [since, position]]) => ({ unit, since, position }));

export type PassedOverReporter = AsyncDisposable & {
  passed(entry: PassedOver): void;
  /** The unit doesn't run here any more. */
  forget(unit: string): void;
};

/** Where no other process reads the views, nobody has to be told. */
export const tellNobody: PassedOverReporter = { passed: () => undefined, forget: () => undefined, [Symbol.asyncDispose]: async () => undefined };

/** Failures are passed over too: the next entry, or the unit's own checkpoint, tells as much. */
/** `onTold`: others can read it now. */
export function reportPassedOver(
  views: Pick<ViewStore, 'checkpoint' | 'commit' | 'drop'>,
  { process, onTold = () => undefined }: { readonly process: string; readonly onTold?: () => void },
): PassedOverReporter {
  const projection = passedOverName(process);
  const entries = new Map<string, readonly [string, Position]>();
  let stored: string | undefined;
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<void> = Promise.resolve();

  const write = async () => {
    const to = JSON.stringify(Object.fromEntries(entries));
    if (to === stored) return;
    try {
      const outcome = await views.commit({ projection, from: stored, to, writes: [] });
      stored = outcome === 'committed' ? to : await views.checkpoint(projection);
      if (outcome === 'committed') onTold();
    } catch {
      stored = await views.checkpoint(projection).catch(() => stored); // the answer may have been lost
    }
  };
  return {
    passed: ({ unit, since, position }) => {
      entries.set(unit, [since, position]);
      timer ??= setTimeout(() => {
        timer = undefined;
        writing = writing.then(write);
      }, PASSED_OVER_MS);
    },
    forget: (unit) => void entries.delete(unit),
    [Symbol.asyncDispose]: async () => {
      clearTimeout(timer);
      await writing;
      await views.drop(projection, []).catch(() => undefined);
    },
  };
}
