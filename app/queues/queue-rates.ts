/**
 * What an operator sees of the queues: how much waits, for how long, how fast it is worked off, and when it will be done at that rate. The
 * queues of one vendor's priorities are seen as one, for they share what works them off. All processes work on them; so the rate is that of
 * the queues' own counts, and not of what this process did.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { SentChannel } from '../../domain/people/notification-channels.ts';
import { MINUTE_MS, SECOND_MS } from '../../domain/shared/instant.ts';
import type { JobQueue, QueueDepth } from '../../ports/job-queue/port.ts';
import { vendorOfQueue } from '../../workers/notifications/vendors/vendor-queue.ts';

/** `deliver-sms-twilio` for all priorities of a vendor's; other queues by their own names, without channel and vendor. */
export type QueueLine = Omit<QueueDepth, 'finished'> & {
  readonly queue: string;
  readonly channel: SentChannel | null;
  readonly vendor: string | null;
  /** Jobs that were done or dropped. Null: not known yet. */
  readonly perSecond: number | null;
  /** Until what waits now is done. Null: not known, or never at this rate. */
  readonly drainSeconds: number | null;
};

type Queues = Pick<JobQueue, 'queues' | 'depth'>;
type Named = Pick<QueueLine, 'queue' | 'channel' | 'vendor'>;
/** `at`: in the milliseconds of `performance.now`. */
type Reading = { readonly at: number; readonly groups: ReadonlyMap<string, Named & QueueDepth> };

/** Readings that a rate is made of: none is older than so long, nor is the rate one of a shorter time than the second. */
const RATE_OVER_MAX_MS = 2 * MINUTE_MS;
const RATE_OVER_MIN_MS = 5 * SECOND_MS;
const READINGS_APART_MS = SECOND_MS;

/** Reads them twice, so long apart. */
export async function measureQueues(
  queues: Queues,
  { overMs, signal }: { readonly overMs: number; readonly signal: AbortSignal },
): Promise<readonly QueueLine[]> {
  const first = await readQueues(queues);
  if (first.groups.size === 0) return [];
  await delay(overMs, undefined, { signal });
  return linesOf(await readQueues(queues), first);
}

export type QueuesNow = { readonly depths: ReadonlyMap<string, QueueDepth>; readonly lines: readonly QueueLine[] };

/** Of the readings that it is asked for, at least some seconds apart and within the last minutes. The first one knows no rate. `nowMs`: never set back. */
export function watchQueues(queues: Queues, nowMs: () => number = () => performance.now()): { readonly read: () => Promise<QueuesNow> } {
  let readings: readonly Reading[] = [];
  return {
    read: async () => {
      const depths = await depthsOf(queues);
      const now: Reading = { at: nowMs(), groups: groupsOf(depths) };
      readings = readings.filter(({ at }) => now.at - at <= RATE_OVER_MAX_MS);
      const lines = linesOf(
        now,
        readings.find(({ at }) => now.at - at >= RATE_OVER_MIN_MS),
      );
      if (now.at - (readings.at(-1)?.at ?? -Infinity) >= READINGS_APART_MS) readings = [...readings, now];
      return { depths, lines };
    },
  };
}

const readQueues = async (queues: Queues): Promise<Reading> => {
  const depths = await depthsOf(queues);
  return { at: performance.now(), groups: groupsOf(depths) };
};

const depthsOf = async (queues: Queues): Promise<ReadonlyMap<string, QueueDepth>> =>
  new Map(await Promise.all((await queues.queues()).map(async (queue) => [queue, await queues.depth(queue)] as const)));

function groupsOf(depths: ReadonlyMap<string, QueueDepth>): Reading['groups'] {
  const groups = new Map<string, Named & QueueDepth>();
  for (const [queue, depth] of depths) {
    const named = namedOf(queue);
    const before = groups.get(named.queue);
    groups.set(named.queue, before === undefined ? { ...named, ...depth } : { ...named, ...sumOf(before, depth) });
  }
  return groups;
}

function namedOf(queue: string): Named {
  const of = vendorOfQueue(queue);
  return of === undefined ? { queue, channel: null, vendor: null } : { queue: `deliver-${of.channel}-${of.vendor}`, ...of };
}

const sumOf = (one: QueueDepth, other: QueueDepth): QueueDepth => ({
  waiting: one.waiting + other.waiting,
  delayed: one.delayed + other.delayed,
  active: one.active + other.active,
  oldestAgeMs: Math.max(one.oldestAgeMs, other.oldestAgeMs),
  finished: one.finished + other.finished,
});

const linesOf = (now: Reading, before: Reading | undefined): readonly QueueLine[] =>
  [...now.groups.values()]
    .map(({ finished, ...line }): QueueLine => {
      const finishedBefore = before?.groups.get(line.queue)?.finished;
      const perSecond = before === undefined || finishedBefore === undefined ? null : rateOf(finished - finishedBefore, now.at - before.at);
      return { ...line, perSecond, drainSeconds: drainSecondsOf(line, perSecond) };
    })
    .toSorted((one, other) => (one.queue < other.queue ? -1 : 1));

/** A queue whose memory was lost meanwhile counts from 0 again. */
const rateOf = (finished: number, ms: number): number | null => (finished < 0 ? null : (finished * SECOND_MS) / ms);

function drainSecondsOf({ waiting }: Pick<QueueDepth, 'waiting'>, perSecond: number | null): number | null {
  if (waiting === 0) return 0;
  return perSecond === null || perSecond === 0 ? null : waiting / perSecond;
}
