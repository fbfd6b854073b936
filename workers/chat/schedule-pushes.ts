/**
 * Adds a delayed job for the messages of a channel, which requests pushes for members whose devices haven't acknowledged them by then:
 * a missing acknowledgement decides, not a closed socket. Messages that are due close to each other share a job. The open work is one
 * document a channel, its newest message, for the job of the newest message answers for older ones. How far jobs have looked is a
 * document of its own, so that neither overwrites the other.
 */
import { crc32 } from 'node:zlib';
import type { MessagesEvent } from '../../domain/chat/events.ts';
import type { ChannelId } from '../../domain/shared/ids.ts';
import { HOUR_MS, SECOND_MS, epochMs, instant, msBetween, plus, type Instant } from '../../domain/shared/instant.ts';
import type { Job } from '../../ports/job-queue/port.ts';
import type { ViewStore } from '../../ports/views/port.ts';
import type { TidingsReactor } from '../../projections/read-models/projectors.ts';
import { addJobs, type AddJobsDependencies } from '../jobs/add-jobs.ts';
import type { Sweep } from '../jobs/sweeper.ts';

export const CHAT_PUSH_QUEUE = 'chat-push';
export const CHAT_PUSH_CONCURRENCY = 16;
/** A message that wasn't looked at so long after it was due has lost its job. */
const PUSH_STALLED_MS = 20_000;
/** Messages of a channel that are due within this time of each other share a job. */
const GATHERED_MS_MAX = SECOND_MS;
/** No push is made for an older message: it would be of no use any more. */
export const PUSH_AGE_MAX_MS = HOUR_MS;
const SWEEP_PAGE_MAX = 1_000;

/** Id: the channel. Its newest message. */
export type DuePush = { readonly channel: ChannelId; readonly seq: number; readonly postedAt: Instant };
/** Id: the channel. The newest message whose job has run. */
type LookedAt = { readonly channel: ChannelId; readonly seq: number };

type Posted = Extract<MessagesEvent, { type: 'chat.message-posted.v1' }>;

export const duePushes = (
  dependencies: AddJobsDependencies & { readonly views: Pick<ViewStore, 'getMany'>; readonly clock: () => Instant },
  { chatPushAfterMs }: { readonly chatPushAfterMs: number },
): TidingsReactor<Posted> => {
  const addedJobs = rememberWaiting();
  return {
    kind: 'reactor',
    name: 'due-pushes',
    version: 1,
    handles: ['chat.message-posted.v1'],
    // A push comes seconds after its message.
    paceMs: 250,
    // The views that the job reads.
    after: ['channels', 'inbox', 'messages', 'profile', 'deliveries'],
    indexes: { 'due-pushes': [{ fields: ['postedAt'] }], 'looked-at': [] },
    openWork: (event, { 'due-pushes': due }) => {
      const { channel, at, imported } = event.data;
      if (imported !== undefined) return;
      due?.update(channel, event, () => ({ channel, seq: event.revision, postedAt: at }));
    },
    isDone: async (open) => {
      const due = open as readonly DuePush[];
      const waiting = new Set(await notLookedAtAmong(dependencies.views, due));
      const tooOld = plus(dependencies.clock(), -PUSH_AGE_MAX_MS);
      return due.map((one) => !waiting.has(one) || one.postedAt < tooOld);
    },
    react: async ({ data: { channel, at, imported }, revision }) => {
      if (imported !== undefined) return;
      if (msBetween(at, dependencies.clock()) > PUSH_AGE_MAX_MS) return dependencies.report({ event: 'push-not-requested', reason: 'message-too-old' });
      const job = gatheredJob({ channel, seq: revision, postedAt: at }, { now: dependencies.clock(), chatPushAfterMs });
      if (addedJobs.has(channel, job)) return;
      const beganMs = performance.now();
      if ((await addJobs(dependencies, CHAT_PUSH_QUEUE, [job])) !== 'full') addedJobs.put(channel, job, beganMs);
    },
  };
};

const CHANNELS_REMEMBERED_MAX = 10_000;

type GatheredJob = Job & { readonly delayMs: number };
type WaitingJobs = { has(channel: ChannelId, job: GatheredJob): boolean; put(channel: ChannelId, job: GatheredJob, addedAtMs: number): void };

/** Of each channel the job that this process has added last, for half of its delay: it can't have run, and adding it again would do nothing. */
function rememberWaiting(): WaitingJobs {
  const added = new Map<ChannelId, { readonly id: string; readonly untilMs: number }>();
  return {
    has: (channel, { id }) => {
      const last = added.get(channel);
      return last?.id === id && performance.now() < last.untilMs;
    },
    put: (channel, { id, delayMs }, addedAtMs) => {
      if (added.size >= CHANNELS_REMEMBERED_MAX) added.clear();
      added.set(channel, { id, untilMs: addedAtMs + delayMs / 2 });
    },
  };
}

/**
 * The job of all messages of the channel that are due in the same slot of time, when that has passed. A message that is due already when
 * its turn comes, as where much happens or after an outage, is looked at with those that are due in the slot of now: that job can't have run.
 */
function gatheredJob({ channel, seq, postedAt }: DuePush, { now, chatPushAfterMs }: { readonly now: Instant; readonly chatPushAfterMs: number }): GatheredJob {
  const slotMs = Math.max(1, Math.min(GATHERED_MS_MAX, chatPushAfterMs / 10));
  const beginMs = partOf(channel) * slotMs;
  const slotOf = (ms: number) => Math.ceil((ms - beginMs) / slotMs);
  const slot = Math.max(slotOf(epochMs(postedAt) + chatPushAfterMs), slotOf(epochMs(now) + 1));
  const dueMs = Math.round(slot * slotMs + beginMs);
  // A clock that was set back meanwhile holds no push back.
  const delayMs = Math.min(dueMs - epochMs(now), chatPushAfterMs + slotMs);
  return { id: `${channel}@${dueMs}`, data: { channel, seq, dueUntil: instant(dueMs - chatPushAfterMs) }, delayMs };
}

/** From 0 to 1: where in a slot a channel's own slots begin. So the looks of all channels are spread, and don't come at the same moment. */
const partOf = (channel: ChannelId): number => crc32(channel) / 2 ** 32;

export const sweepDuePushes = (
  { views, clock, ...dependencies }: AddJobsDependencies & { readonly views: Pick<ViewStore, 'find' | 'getMany'>; readonly clock: () => Instant },
  { chatPushAfterMs }: { readonly chatPushAfterMs: number },
): Sweep => ({
  name: 'due-pushes',
  everyMs: PUSH_STALLED_MS,
  sweep: async () => {
    const until = plus(clock(), -chatPushAfterMs - PUSH_STALLED_MS);
    let found = 0;
    for (let from = plus(until, -PUSH_AGE_MAX_MS); ;) {
      const due = await views.find<DuePush>('due-pushes', { range: { field: 'postedAt', from, until }, order: { postedAt: 1 }, limit: SWEEP_PAGE_MAX });
      const lost = await notLookedAtAmong(views, due);
      found += lost.length;
      const last = due.at(-1)?.postedAt;
      const added = await addJobs(dependencies, CHAT_PUSH_QUEUE, lost.map(pushJob));
      if (added === 'full' || due.length < SWEEP_PAGE_MAX || last === undefined || last === from) return found;
      from = last;
    }
  },
});

async function notLookedAtAmong(views: Pick<ViewStore, 'getMany'>, due: readonly DuePush[]): Promise<readonly DuePush[]> {
  const lookedAt = await views.getMany<LookedAt>(
    'looked-at',
    due.map(({ channel }) => channel),
  );
  return due.filter(({ seq }, i) => (lookedAt[i]?.seq ?? -1) < seq);
}

const pushJob = ({ channel, seq }: LookedAt): Job => ({ id: `${channel}:${seq}`, data: { channel, seq } });
