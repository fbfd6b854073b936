/**
 * Finds deliveries that nobody looks after any more, by status and the moment somebody should have: a queue that was lost with its
 * process, an attempt whose worker died, a wait longer than a job may last. What it finds in the view is only a suspicion; the job
 * asks the log.
 */
import { ATTEMPT_SKEW_MS, UNKNOWN_REPEAT_AFTER_MS } from '../../domain/notifications/retry.ts';
import { plus, type Instant } from '../../domain/shared/instant.ts';
import type { Sender } from '../../ports/sender/port.ts';
import type { Query } from '../../ports/views/port.ts';
import type { Delivery, DeliveryStatus } from '../../projections/deliveries.ts';
import type { ActiveViews } from '../../projections/read-views.ts';
import type { Sweep } from '../sweeper.ts';
import { addDue, addReady, type DueDependencies, type Ready } from './delivery-jobs.ts';

/** A delivery that should have been attempted or decided for so long has lost its job. A job that only waits in a long queue is not doubled: it has the same name. */
const JOB_LOST_MS = 20_000;
const EVERY_MS = 10_000;
const PAGE_MAX = 500;

type Dependencies = DueDependencies & {
  readonly views: Pick<ActiveViews, 'find'>;
  readonly senders: readonly Pick<Sender, 'vendor' | 'channel'>[];
  readonly clock: () => Instant;
};

type Swept = Extract<DeliveryStatus, 'planned' | 'deferred' | 'queued' | 'attempting' | 'waiting' | 'unknown'>;

/** How long after the moment in `dueAt` each is looked at. What waits for a time to come is found before it comes. */
const AFTER_MS: { readonly [Status in Swept]: number } = {
  planned: JOB_LOST_MS,
  deferred: -2 * EVERY_MS,
  queued: JOB_LOST_MS,
  attempting: ATTEMPT_SKEW_MS,
  waiting: -2 * EVERY_MS,
  unknown: UNKNOWN_REPEAT_AFTER_MS,
};

const SWEPT = Object.keys(AFTER_MS) as readonly Swept[];

export const sweepDeliveries = (dependencies: Dependencies): Sweep => ({
  name: 'deliveries',
  everyMs: EVERY_MS,
  sweep: async () => {
    const now = dependencies.clock();
    let found = 0;
    for (const status of SWEPT) {
      for await (const page of pagesOf(dependencies, status, plus(now, -AFTER_MS[status]))) {
        found += page.length;
        if ((await addJobsFor(dependencies, page, now)) === 'full') break;
      }
    }
    return found;
  },
});

/** In the order in which they are due, and by id where many are due at one moment, as at the end of everybody's quiet hours. */
async function* pagesOf({ views }: Dependencies, status: Swept, until: Instant): AsyncIterable<readonly Delivery[]> {
  const find = (query: Omit<Query, 'limit'>) => views.find('deliveries', { ...query, limit: PAGE_MAX });
  for (let after = ''; ;) {
    const page = await find({ where: { status }, range: { field: 'dueAt', after, until }, order: { dueAt: 1 } });
    yield page;
    const last = page.at(-1);
    if (page.length < PAGE_MAX || last === undefined || last.dueAt === null) return;
    after = last.dueAt;
    for (let rest = page, id = last._id; rest.length === PAGE_MAX; id = rest.at(-1)?._id ?? id) {
      rest = await find({ where: { status, dueAt: after }, range: { field: '_id', after: id }, order: { _id: 1 } });
      yield rest;
    }
  }
}

async function addJobsFor(dependencies: Dependencies, page: readonly Delivery[], now: Instant): Promise<'added' | 'full'> {
  const { senders } = dependencies;
  const isServed = ({ channel, vendor }: Pick<Ready, 'channel' | 'vendor'>) => senders.some((sender) => sender.channel === channel && sender.vendor === vendor);
  // What is worth nothing any more isn't left to wait until its vendor is back.
  const ready = page
    .filter(({ expiresAt }) => expiresAt > now)
    .flatMap(readyIn)
    .filter(isServed);
  const queued = new Set(ready.map(({ delivery }) => delivery));
  const due = page.filter(({ delivery }) => !queued.has(delivery)).map(({ delivery, dueAt }) => ({ delivery, dueAt: dueAt ?? now }));
  const results = [await addDue(dependencies, due, now)];
  for (const sender of senders) {
    const its = ready.filter(({ channel, vendor }) => channel === sender.channel && vendor === sender.vendor);
    results.push(await addReady(dependencies, sender, its));
  }
  return results.every((result) => result === 'full') ? 'full' : 'added';
}

const readyIn = ({ delivery, status, channel, vendor, priority, dueAt }: Delivery): readonly Ready[] =>
  status === 'queued' && vendor !== null && dueAt !== null ? [{ delivery, channel, vendor, priority, dueAt }] : [];
