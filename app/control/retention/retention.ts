/** Counts what is older than it is kept, and forgets it. */
import type { Commands } from '../../../commands/commands.ts';
import type { ContextFor } from '../../../commands/handling/command-context.ts';
import { isAnythingForgotten, type KeptFor } from '../../../domain/notifications/categories/kept-for.ts';
import type { Instant } from '../../../domain/shared/instant.ts';
import type { TidingsViewReader, TidingsViews } from '../../../projections/view-access/tidings-views.ts';
import { sleep } from '../../../workers/jobs/sleep.ts';
import { countOld, forgetOld, type Forgotten } from '../../../workers/notifications/retention/forget-old.ts';
import { contextFor } from '../operators/operators.ts';
import { ControlFailure, type ControlOperations } from '../protocol.ts';
import type { RetentionLine } from './protocol.ts';

type Dependencies = {
  readonly views: TidingsViews;
  /** Absent where no projections run: what waits for them is left to the sweep. */
  readonly waitForViews?: TidingsViewReader['waitForViews'] | undefined;
  readonly commands: Pick<Commands, 'commandDelivery' | 'forgetNotification'>;
  readonly contextFor: ContextFor;
  readonly clock: () => Instant;
};

export const createRetentionOperations = (dependencies: Dependencies, keptFor: KeptFor) =>
  ({
    'count-old': (_request, signal) => linesOf(countOld(dependencies, { keptFor: asked(keptFor), now: dependencies.clock(), signal })),
    'forget-old': (_request, signal, by) => {
      const { clock, waitForViews = async () => false } = dependencies;
      const contextOf = (type: string) => contextFor(dependencies, by, type);
      return linesOf(
        forgetOld({ ...dependencies, waitForViews, monotonicMs: () => performance.now(), sleep }, { keptFor: asked(keptFor), now: clock(), contextOf, signal }),
      );
    },
  }) satisfies ControlOperations;

function asked(keptFor: KeptFor): KeptFor {
  if (!isAnythingForgotten(keptFor))
    throw new ControlFailure('bad-request', 'Everything is kept for ever here: TIDINGS_NOTIFICATIONS_KEPT_DAYS says for how long it is.');
  return keptFor;
}

/** The last that is told of a category is its result. */
async function* linesOf(told: AsyncIterable<Forgotten>): AsyncIterable<RetentionLine> {
  let last: Forgotten | undefined;
  for await (const one of told) {
    if (last !== undefined && last.category !== one.category) yield { is: 'result', ...last };
    yield { is: 'progress', ...one };
    last = one;
  }
  if (last !== undefined) yield { is: 'result', ...last };
}
