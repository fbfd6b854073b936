/**
 * Which builds have caught up with their log once. A build that has not, because it is new or the views were lost, knows only a part of
 * what there is, and would answer a query with too little. The mark is a checkpoint that never moves: it goes when its build is dropped.
 */
import { ViewsNotReady, type ViewStore } from '../../ports/views/port.ts';

const MARK = /\/built\.\d+$/;
/** Stored in place of a position. */
const BUILT = '';
/** A build may be dropped and built again under the same name, where its checkpoint was beyond the head of the log. */
const KNOWN_FOR_MS = 1_000;

const markOf = (runner: string, logNumber: number): string => `${runner}/built.${logNumber}`;

export const isBuiltMark = (checkpoint: string): boolean => MARK.test(checkpoint);

export async function markBuilt(
  views: Pick<ViewStore, 'checkpoint' | 'commit'>,
  { runner, logNumber }: { readonly runner: string; readonly logNumber: number },
) {
  const projection = markOf(runner, logNumber);
  if ((await views.checkpoint(projection)) === undefined) await views.commit({ projection, from: undefined, to: BUILT, writes: [] });
}

export const isMarkedBuilt = async (
  views: Pick<ViewStore, 'checkpoint'>,
  { runner, logNumber }: { readonly runner: string; readonly logNumber: number },
): Promise<boolean> => (await views.checkpoint(markOf(runner, logNumber))) !== undefined;

export type BuiltBuilds = {
  /** True where the build is known to have caught up in every log; otherwise `ensure` finds out. */
  isKnown(runner: string): boolean;
  /** Throws `ViewsNotReady`. */
  ensure(runner: string): Promise<void>;
};

export function builtBuildsIn(
  views: Pick<ViewStore, 'checkpoint'>,
  { logs, monotonicMs = () => performance.now() }: { readonly logs: number; readonly monotonicMs?: () => number },
): BuiltBuilds {
  const knownUntilMs = new Map<string, number>();
  return {
    isKnown: (runner) => monotonicMs() < (knownUntilMs.get(runner) ?? 0),
    ensure: async (runner) => {
      const marks = await Promise.all(Array.from({ length: logs }, (_, logNumber) => views.checkpoint(markOf(runner, logNumber))));
      if (marks.includes(undefined))
        throw new ViewsNotReady(`The views of ${runner} are being built, and would answer too little until they have caught up once.`);
      knownUntilMs.set(runner, monotonicMs() + KNOWN_FOR_MS);
    },
  };
}
