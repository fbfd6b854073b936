/** Requests a push for each member that a message hasn't reached: one for all that a person hasn't read in a channel. */
import type { Commands } from '../../commands/commands.ts';
import type { ContextFor } from '../../commands/handling/command-context.ts';
import { CHAT_CATEGORY } from '../../domain/notifications/categories/our-categories.ts';
import type { ChannelId, PersonId } from '../../domain/shared/ids.ts';
import { plus, type Instant } from '../../domain/shared/instant.ts';
import type { Job } from '../../ports/job-queue/port.ts';
import { inboxId, type InboxRow } from '../../projections/read-models/chat/inbox.ts';
import { messageId, type ChannelHead } from '../../projections/read-models/chat/messages.ts';
import type { TidingsViews } from '../../projections/view-access/tidings-views.ts';
import { contextForKey } from '../jobs/command-contexts.ts';
import { receivedUpTo } from '../notifications/tell/received-up-to.ts';
import type { Progress } from '../open-work/work-progress.ts';
import type { WorkersReporter } from '../telemetry-events.ts';
import { CHAT_PUSH_TTL_SECONDS, chatPushFacts, reasonNotToPush, type ChatPushDependencies } from './chat-push-checks.ts';
import { PUSH_AGE_MAX_MS } from './schedule-pushes.ts';
import { newestUnreadIn, type UnreadMessage } from './unread-message.ts';
import { newestFailedPush } from './unread-pushes.ts';

/** Together, so many messages may come in a channel between one that is due and the newest that is; most often a second's. */
const PAGES_OF_NEWER_MESSAGES = [12, 48, 140];

type MemberDependencies = ChatPushDependencies & {
  readonly views: Pick<TidingsViews, 'get' | 'find' | 'getMany'>;
  readonly commands: Pick<Commands, 'requestNotification'>;
  readonly contextFor: ContextFor;
  readonly report: WorkersReporter;
};

/**
 * The job of a channel's messages that are due: looks at all members. Most often their devices have received everything, which presence
 * knows; only of the others is anything read from the views.
 */
export const pushUnread =
  (dependencies: MemberDependencies & { readonly progress: Pick<Progress, 'put'> }, { chatPushAfterMs }: { readonly chatPushAfterMs: number }) =>
  async ({ data }: Pick<Job, 'data'>): Promise<void> => {
    const { views, presence, clock, report, progress } = dependencies;
    const channel = data['channel'] as ChannelId;
    const dueUntil = (data['dueUntil'] as Instant | undefined) ?? plus(clock(), -chatPushAfterMs);
    const [head, members] = await Promise.all([views.get('channel-heads', channel), membersOf(views, channel)]);
    const received = await receivedUpTo(presence, members, channel);
    const newest = head?.lastMessage ?? -1;
    const [behind, upToDate] = partition(members, (member) => member !== head?.lastSender && (received.get(member) ?? -1) < newest);
    for (const member of upToDate) report({ event: 'push-not-requested', reason: member === head?.lastSender ? 'read' : 'received' });
    const seq = behind.length === 0 ? newest : await newestDue(views, { channel, head, dueUntil, atLeast: data['seq'] as number });
    if (behind.length > 0) {
      const push = pushUpTo(dependencies, { channel, seq, since: plus(clock(), -PUSH_AGE_MAX_MS) }, async () => received);
      const rows = await views.getMany(
        'inbox',
        behind.map((person) => inboxId(person, channel)),
      );
      await Promise.all(behind.map((person, i) => push(person, rows[i])));
    }
    progress.put('looked-at', channel, { channel, seq });
  };

const membersOf = async (views: Pick<TidingsViews, 'get'>, channel: ChannelId): Promise<readonly PersonId[]> =>
  (await views.get('channels', channel))?.members ?? [];

type Due = { readonly channel: ChannelId; readonly head: ChannelHead | undefined; readonly dueUntil: Instant; readonly atLeast: number };

/**
 * The newest message that was posted until then: newer ones have a job of their own. Where that is behind too many of those, the one that
 * the job is for. It is nearly always among the next few, and what comes after the first page with a newer one is not read.
 */
async function newestDue(views: Pick<TidingsViews, 'find'>, { channel, head, dueUntil, atLeast }: Due): Promise<number> {
  const { lastMessage = null, lastAt = null } = head ?? {};
  if (lastMessage === null || lastAt === null) return atLeast;
  if (lastAt <= dueUntil) return Math.max(lastMessage, atLeast);
  let found = atLeast;
  let from = atLeast;
  for (const limit of PAGES_OF_NEWER_MESSAGES) {
    const range = { field: '_id', from: messageId(channel, from), until: messageId(channel, lastMessage) };
    const messages = await views.find('messages', { range, order: { _id: 1 }, limit });
    found = messages.findLast(({ at }) => at <= dueUntil)?.seq ?? found;
    const last = messages.at(-1);
    if (last === undefined || messages.length < limit || last.at > dueUntil) break;
    from = last.seq + 1;
  }
  return found;
}

/** Messages up to `seq` that are not older than `since`. */
type Extent = { readonly channel: ChannelId; readonly seq: number; readonly since: Instant };

export type PushUnreadToMember = (about: Extent & { readonly person: PersonId }) => Promise<void>;

/** Looks at one person as the message's own job looks at all members. */
export const pushUnreadToMember =
  (dependencies: MemberDependencies): PushUnreadToMember =>
  async ({ person, ...extent }) => {
    const { views, presence } = dependencies;
    const received = () => receivedUpTo(presence, [person], extent.channel);
    await pushUpTo(dependencies, extent, received)(person, await views.get('inbox', inboxId(person, extent.channel)));
  };

function pushUpTo(
  dependencies: MemberDependencies,
  extent: Extent,
  received: () => Promise<ReadonlyMap<PersonId, number>>,
): (person: PersonId, row: InboxRow | undefined) => Promise<void> {
  const newestUnread = newestUnreadIn(dependencies.views, { ...extent, now: dependencies.clock() });
  return async (person, row) => {
    const { channel, seq } = extent;
    const facts = chatPushFacts(dependencies, { person, channel, seq, row, newestUnread, received });
    const reason = await reasonNotToPush(facts);
    if (reason !== undefined) return dependencies.report({ event: 'push-not-requested', reason });
    const message = await facts.message();
    if (typeof message === 'string') return;
    await requestPush(dependencies, message, { person, readUpTo: row?.readUpTo ?? null, failedPush: newestFailedPush(await facts.pushes()) });
  };
}

type PushTarget = { readonly person: PersonId; readonly readUpTo: number | null; readonly failedPush: number | undefined };

/**
 * The key is the person, the channel, how far they have read, and the newest failed push. While none of these changes, requesting
 * again is the same request, also before the views know of the first one. So a push that was held back because a device received
 * the message after all, or that no vendor accepted, doesn't stand in the way of the next message; one that was handed over, or may
 * still be, does until the person reads. Its words are not repeated here: it tells those of the moment when it is sent.
 */
async function requestPush(
  { commands, contextFor, clock }: MemberDependencies,
  { channel: chatChannel, seq, sender }: UnreadMessage,
  { person, readUpTo, failedPush }: PushTarget,
): Promise<void> {
  const body = { person, channel: chatChannel, readUpTo, inVain: failedPush }; // hashed and compared with requests of the past: its fields stay
  await commands.requestNotification(
    {
      source: { kind: 'chat', channel: chatChannel, seq },
      recipients: [person],
      author: sender,
      category: CHAT_CATEGORY,
      channels: ['push', 'in-app'],
      priority: 'high',
      collapseKey: chatChannel,
      ttlSeconds: CHAT_PUSH_TTL_SECONDS,
    },
    contextForKey([person, chatChannel, readUpTo, failedPush].join('\n'), { contextFor, worker: 'chat-push', type: 'request-notification', body, at: clock() }),
  );
}

function partition<One>(all: readonly One[], isFirst: (one: One) => boolean): readonly [readonly One[], readonly One[]] {
  return [all.filter(isFirst), all.filter((one) => !isFirst(one))];
}
