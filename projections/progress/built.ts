/**
 * Which builds have caught up with their logs once, in every shard. A build that has not, because it is new or the views were lost, knows only a part of
 * what there is, and would answer a query with too little. The mark is a checkpoint that never moves: it goes when its build is dropped.
 */
import { ViewsNotReady, type ViewStore } from '../../ports/views/port.ts';
import { WriteConflict } from './checkpoint.ts';
import { partitionsOf, type Division } from './names.ts';
import { retryOnConflict } from './retry-on-conflict.ts';

const MARK = /\/built\.\d+(\.\d+)?$/;
/** Stored in place of a position. */
const BUILT = '';
/** A build may be dropped and built again under the same name, where its checkpoint was beyond the head of the log. */
const KNOWN_FOR_MS = 1_000;

type Unit = { readonly runner: string; readonly logNumber: number; readonly shard: number };

const markOf = ({ runner, logNumber, shard }: Unit): string => `${runner}/built.${logNumber}${shard === 0 ? '' : `.${shard}`}`;

export const isBuiltMark = (checkpoint: string): boolean => MARK.test(checkpoint);

/** Whoever marks it first has marked it for all. A commit that isn't one may have met a conflict with a neighbour, and then has marked nothing. Throws `WriteConflict` where that doesn't end. */
export const markBuilt = (views: Pick<ViewStore, 'checkpoint' | 'commit'>, unit: Unit): Promise<void> =>
  retryOnConflict(async () => {
    const projection = markOf(unit);
    if ((await views.checkpoint(projection)) !== undefined) return;
    if ((await views.commit({ projection, from: undefined, to: BUILT, writes: [] })) !== 'committed') throw new WriteConflict(projection);
  });

export const isMarkedBuilt = async (views: Pick<ViewStore, 'checkpoint'>, unit: Unit): Promise<boolean> => (await views.checkpoint(markOf(unit))) !== undefined;

/** Whether a build has caught up once in every shard of every log. */
export async function isBuilt(views: Pick<ViewStore, 'checkpoint'>, runner: string, division: Division): Promise<boolean> {
  const marks = await Promise.all(partitionsOf(division).map(({ log, shard }) => isMarkedBuilt(views, { runner, logNumber: log, shard })));
  return !marks.includes(false);
}

export type BuiltBuilds = {
  /** True where the build is known to have caught up; otherwise `ensure` finds out. */
  isKnown(runner: string): boolean;
  /** Throws `ViewsNotReady`. */
  ensure(runner: string): Promise<void>;
};

export function builtBuildsIn(
  views: Pick<ViewStore, 'checkpoint'>,
  division: Division,
  { monotonicMs = () => performance.now() }: { readonly monotonicMs?: () => number } = {},
): BuiltBuilds {
  const knownUntilMs = new Map<string, number>();
  return {
    isKnown: (runner) => monotonicMs() < (knownUntilMs.get(runner) ?? 0),
    ensure: async (runner) => {
      if (!(await isBuilt(views, runner, division)))
        throw new ViewsNotReady(`The views of ${runner} are being built, and would answer too little until they have caught up once.`);
      knownUntilMs.set(runner, monotonicMs() + KNOWN_FOR_MS);
    },
  };
}
