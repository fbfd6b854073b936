/** Requests a push for each member that a message hasn't reached: one for all that a person hasn't read in a channel. */
import type { Commands } from '../../commands/commands.ts';
import type { ContextFor } from '../../commands/handling/command-context.ts';
import { CHANNEL_MEMBERS_MAX } from '../../domain/chat/channel.ts';
import { CHAT_CATEGORY } from '../../domain/notifications/categories/our-categories.ts';
import type { ChannelId, PersonId } from '../../domain/shared/ids.ts';
import { plus, type Instant } from '../../domain/shared/instant.ts';
import type { Job } from '../../ports/job-queue/port.ts';
import { inboxId, type InboxRow } from '../../projections/read-models/inbox.ts';
import { contextForKey } from '../jobs/command-contexts.ts';
import type { Progress } from '../open-work/work-progress.ts';
import type { WorkersReporter } from '../telemetry-events.ts';
import { CHAT_PUSH_TTL_SECONDS, chatPushFacts, reasonNotToPush, type ChatPushDependencies } from './chat-push-checks.ts';
import { PUSH_AGE_MAX_MS } from './schedule-pushes.ts';
import { newestUnreadIn, type UnreadMessage } from './unread-message.ts';
import { newestFailedPush } from './unread-pushes.ts';

type MemberDependencies = ChatPushDependencies & {
  readonly commands: Pick<Commands, 'requestNotification'>;
  readonly contextFor: ContextFor;
  readonly report: WorkersReporter;
};

/** The job of a message: looks at all members of the channel. */
export const pushUnread =
  (dependencies: MemberDependencies & { readonly progress: Pick<Progress, 'put'> }) =>
  async ({ data }: Pick<Job, 'data'>): Promise<void> => {
    const { views, clock, progress } = dependencies;
    const channel = data['channel'] as ChannelId;
    const seq = data['seq'] as number;
    const push = pushUpTo(dependencies, { channel, seq, since: plus(clock(), -PUSH_AGE_MAX_MS) });
    const rows = await views.find('inbox', { where: { channel, member: true }, limit: CHANNEL_MEMBERS_MAX });
    await Promise.all(rows.map((row) => push(row.person, row)));
    progress.put('looked-at', channel, { channel, seq });
  };

/** Messages up to `seq` that are not older than `since`. */
type Extent = { readonly channel: ChannelId; readonly seq: number; readonly since: Instant };

export type PushUnreadToMember = (about: Extent & { readonly person: PersonId }) => Promise<void>;

/** Looks at one person as the message's own job looks at all members. */
export const pushUnreadToMember =
  (dependencies: MemberDependencies): PushUnreadToMember =>
  async ({ person, ...extent }) =>
    pushUpTo(dependencies, extent)(person, await dependencies.views.get('inbox', inboxId(person, extent.channel)));

function pushUpTo(dependencies: MemberDependencies, extent: Extent): (person: PersonId, row: InboxRow | undefined) => Promise<void> {
  const newestUnread = newestUnreadIn(dependencies.views, extent);
  return async (person, row) => {
    const { channel, seq } = extent;
    const facts = chatPushFacts(dependencies, { person, channel, seq, row, newestUnread });
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
