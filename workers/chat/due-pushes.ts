/**
 * A message that no device of a member has acknowledged after some seconds is worth a push: a missing acknowledgement decides, not
 * an open socket. A delayed job looks once. What is due is one document a channel, its newest message, for a look at the newest
 * message answers for those before it; what was looked at is noted apart, so that the two are never written over each other.
 */
import type { MessagesEvent } from '../../domain/chat/events.ts';
import type { ChannelId } from '../../domain/shared/ids.ts';
import { HOUR_MS, msBetween, plus, type Instant } from '../../domain/shared/instant.ts';
import type { Job } from '../../ports/job-queue/port.ts';
import type { Views } from '../../ports/views/port.ts';
import type { Reactor } from '../../projections/projection.ts';
import { addJobs, type AddJobsDependencies } from '../jobs/add-jobs.ts';
import type { Sweep } from '../jobs/sweeper.ts';

export const CHAT_PUSH_QUEUE = 'chat-push';
export const CHAT_PUSH_CONCURRENCY = 16;
/** A push that is so much later than it was due has lost its job. */
const PUSH_STALLED_MS = 20_000;
/** What is older is not looked for any more: a push so late is no service. */
export const PUSH_AGE_MAX_MS = HOUR_MS;
const SWEEP_PAGE_MAX = 1_000;

/** Id: the channel. Its newest message. */
export type DuePush = { readonly channel: ChannelId; readonly seq: number; readonly postedAt: Instant };
/** Id: the channel. The newest message that was looked at. */
type LookedAt = { readonly channel: ChannelId; readonly seq: number };

type Posted = Extract<MessagesEvent, { type: 'chat.message-posted.v1' }>;

export const duePushes = (
  dependencies: AddJobsDependencies & { readonly views: Pick<Views, 'getMany'>; readonly clock: () => Instant },
  { chatPushAfterMs }: { readonly chatPushAfterMs: number },
): Reactor<Posted> => ({
  kind: 'reactor',
  name: 'due-pushes',
  version: 1,
  handles: ['chat.message-posted.v1'],
  // What is looked at later: who has read, what was said, and whether there is a push that nobody has read.
  after: ['inbox', 'messages', 'profile', 'deliveries'],
  indexes: { 'due-pushes': [{ fields: ['postedAt'] }], 'looked-at': [] },
  begin: (event, { 'due-pushes': due }) => {
    const { channel, at } = event.data;
    due?.update(channel, event, () => ({ channel, seq: event.revision, postedAt: at }));
  },
  finished: async (begun) => {
    const due = begun as readonly DuePush[];
    const waiting = new Set(await notLookedAt(dependencies.views, due));
    const tooOld = plus(dependencies.clock(), -PUSH_AGE_MAX_MS);
    return due.map((one) => !waiting.has(one) || one.postedAt < tooOld);
  },
  react: async ({ data: { channel, at }, revision }) => {
    if (msBetween(at, dependencies.clock()) > PUSH_AGE_MAX_MS) return;
    await addJobs(dependencies, CHAT_PUSH_QUEUE, [{ ...pushJob({ channel, seq: revision }), delayMs: chatPushAfterMs }]);
  },
});

export const sweepDuePushes = (
  { views, clock, ...dependencies }: AddJobsDependencies & { readonly views: Pick<Views, 'find' | 'getMany'>; readonly clock: () => Instant },
  { chatPushAfterMs }: { readonly chatPushAfterMs: number },
): Sweep => ({
  name: 'due-pushes',
  everyMs: PUSH_STALLED_MS,
  sweep: async () => {
    const until = plus(clock(), -chatPushAfterMs - PUSH_STALLED_MS);
    let found = 0;
    for (let from = plus(until, -PUSH_AGE_MAX_MS); ;) {
      const due = await views.find<DuePush>('due-pushes', { range: { field: 'postedAt', from, until }, order: { postedAt: 1 }, limit: SWEEP_PAGE_MAX });
      const lost = await notLookedAt(views, due);
      found += lost.length;
      const last = due.at(-1)?.postedAt;
      const added = await addJobs(dependencies, CHAT_PUSH_QUEUE, lost.map(pushJob));
      if (added === 'full' || due.length < SWEEP_PAGE_MAX || last === undefined || last === from) return found;
      from = last;
    }
  },
});

async function notLookedAt(views: Pick<Views, 'getMany'>, due: readonly DuePush[]): Promise<readonly DuePush[]> {
  const lookedAt = await views.getMany<LookedAt>(
    'looked-at',
    due.map(({ channel }) => channel),
  );
  return due.filter(({ seq }, i) => (lookedAt[i]?.seq ?? -1) < seq);
}

const pushJob = ({ channel, seq }: LookedAt): Job => ({ id: `${channel}:${seq}`, data: { channel, seq } });
