/** Looks whether a message reached those it is for, and asks for a push to whoever it did not: one for all that a person has not read in a channel. */
import type { Commands } from '../../commands/commands.ts';
import type { ContextFor } from '../../commands/handling/context.ts';
import type { Current } from '../../commands/handling/handle.ts';
import { CHANNEL_MEMBERS_MAX } from '../../domain/chat/channel.ts';
import { maySend } from '../../domain/notifications/planning/may-send.ts';
import { destinationsOf } from '../../domain/notifications/planning/destinations.ts';
import type { ChannelId, PersonId } from '../../domain/shared/ids.ts';
import { SECOND_MS, plus, type Instant } from '../../domain/shared/instant.ts';
import type { Job } from '../../ports/job-queue/port.ts';
import type { Presence } from '../../ports/presence/port.ts';
import type { DeliveryStatus } from '../../projections/read-models/deliveries.ts';
import { inboxId } from '../../projections/read-models/inbox.ts';
import type { ActiveViews } from '../../projections/query/read-views.ts';
import { contextForKey } from '../jobs/command-contexts.ts';
import { loadRecipient } from '../notifications/plan/recipient.ts';
import type { Progress } from '../open-work/progress.ts';
import { PUSH_AGE_MAX_MS } from './due-pushes.ts';
import { newestUnreadIn, type Member, type UnreadMessage } from './unread-message.ts';

const CHAT_CATEGORY = 'chat';
const EXCERPT_CHARACTERS_MAX = 120;
/** The newest, one a device: an unread push behind so many that came to nothing is forgotten, and followed by another. */
const PUSHES_LOOKED_AT_MAX = 50;
export const CHAT_PUSH_TTL_SECONDS = 24 * 60 * 60;

type Dependencies = {
  readonly views: Pick<ActiveViews, 'get' | 'find'>;
  readonly presence: Pick<Presence, 'receivedBy'>;
  readonly current: Current;
  readonly commands: Pick<Commands, 'requestNotification'>;
  readonly contextFor: ContextFor;
  readonly progress: Pick<Progress, 'noted'>;
  readonly clock: () => Instant;
};

export const pushUnread =
  (dependencies: Dependencies) =>
  async ({ data }: Pick<Job, 'data'>): Promise<void> => {
    const channel = data['channel'] as ChannelId;
    const seq = data['seq'] as number;
    await tellMembers(dependencies, channel, seq);
    dependencies.progress.noted('looked-at', channel, { channel, seq });
  };

/** Up to a message, and of what is not older than `since`. */
export type LookFor = (about: { readonly person: PersonId; readonly channel: ChannelId; readonly seq: number; readonly since: Instant }) => Promise<void>;

/** Looks for one person as the message's own job looks for all. */
export const pushUnreadTo =
  (dependencies: Dependencies): LookFor =>
  async ({ person, ...about }) => {
    const { views } = dependencies;
    const row = await views.get('inbox', inboxId(person, about.channel));
    if (row?.member === true) await tell(dependencies, newestUnreadIn(views, about), row);
  };

async function tellMembers(dependencies: Dependencies, channel: ChannelId, seq: number): Promise<void> {
  const { views, clock } = dependencies;
  const newsTo = newestUnreadIn(views, { channel, seq, since: plus(clock(), -PUSH_AGE_MAX_MS) });
  const rows = await views.find('inbox', { where: { channel, member: true }, limit: CHANNEL_MEMBERS_MAX });
  await Promise.all(rows.map((row) => tell(dependencies, newsTo, row)));
}

async function tell(dependencies: Dependencies, newsTo: ReturnType<typeof newestUnreadIn>, member: Member): Promise<void> {
  const news = member.muted ? undefined : await newsTo(member);
  if (news !== undefined) await pushTo(dependencies, news, member);
}

async function pushTo(dependencies: Dependencies, news: UnreadMessage, { person, readUpTo }: Member): Promise<void> {
  const { views, presence } = dependencies;
  const { channel, seq, sender } = news;
  const received = await presence.receivedBy(person, channel);
  if (received !== undefined && received >= seq) return;
  const before = await unreadPushes(views, { person, channel, readUpTo });
  if (before.some(({ status }) => !IN_VAIN.has(status))) return;
  if (!(await canBePushed(dependencies, news, person))) return;
  const name = (await views.get('profiles', sender))?.name ?? '';
  await requestPush(dependencies, news, { person, readUpTo, inVain: newestInVain(before), name });
}

/** Ends that nobody was told anything by. */
const IN_VAIN: ReadonlySet<DeliveryStatus> = new Set(['suppressed', 'failed', 'expired', 'cancelled', 'undelivered']);

/** Of pushes about this channel: those of messages that the person has not read. */
async function unreadPushes(
  views: Pick<ActiveViews, 'find'>,
  { person, channel, readUpTo }: { readonly person: PersonId; readonly channel: ChannelId; readonly readUpTo: number | null },
): Promise<readonly Push[]> {
  const found = await views.find('deliveries', {
    where: { recipient: person, aboutChannel: channel },
    range: { field: 'aboutSeq', after: readUpTo ?? -1 },
    order: { aboutSeq: -1 },
    limit: PUSHES_LOOKED_AT_MAX,
  });
  return found.map(({ aboutSeq, status }) => ({ seq: aboutSeq ?? -1, status }));
}

/** To one device, about the message. */
type Push = { readonly seq: number; readonly status: DeliveryStatus };

/** The newest message about which every push has ended, and told nobody anything. */
function newestInVain(pushes: readonly Push[]): number | undefined {
  const ended = [...Map.groupBy(pushes, ({ seq }) => seq)].filter(([, its]) => its.every(({ status }) => IN_VAIN.has(status)));
  return ended.length === 0 ? undefined : Math.max(...ended.map(([seq]) => seq));
}

/** Now, or when quiet hours are over. Nothing is asked for that can't be sent: there may be a device, or the wish, by the next message. */
async function canBePushed({ current, clock }: Dependencies, { channel, seq }: UnreadMessage, person: PersonId): Promise<boolean> {
  const source = { kind: 'chat', channel, seq } as const;
  const known = { ...(await loadRecipient(current, person, source)), at: clock() };
  const sending = { channel: 'push', source, category: CHAT_CATEGORY, critical: false, expiresAt: plus(known.at, CHAT_PUSH_TTL_SECONDS * SECOND_MS) } as const;
  return destinationsOf(known.contacts, 'push', source).some((way) => maySend({ ...sending, ...way }, known).verdict !== 'suppress');
}

type Unreached = {
  readonly person: PersonId;
  readonly readUpTo: number | null;
  readonly inVain: number | undefined;
  readonly name: string;
};

/**
 * The key is the person, the channel, how far they have read and which push came to nothing: until one of these goes on, asking again
 * is the same request, also before the views know of the first. So a push that was held back because a device received the message
 * after all, or that no vendor took, stands in nobody’s way for the next message; one that was handed over, or may still be, does,
 * until the person reads. What is said stays the sender’s: it is sealed for them, and goes when they go.
 */
async function requestPush(
  { commands, contextFor, clock }: Dependencies,
  { channel, seq, sender, text }: UnreadMessage,
  { person, readUpTo, inVain, name }: Unreached,
): Promise<void> {
  const body = { person, channel, readUpTo, inVain };
  await commands.requestNotification(
    {
      source: { kind: 'chat', channel, seq },
      recipients: [person],
      author: sender,
      category: CHAT_CATEGORY,
      channels: ['push'],
      priority: 'high',
      content: { title: name, body: excerptOf(text) },
      collapseKey: channel,
      ttlSeconds: CHAT_PUSH_TTL_SECONDS,
    },
    contextForKey([person, channel, readUpTo, inVain].join('\n'), { contextFor, part: 'chat-push', type: 'request-notification', body, at: clock() }),
  );
}

function excerptOf(text: string): string {
  const characters = Array.from(text);
  return characters.length <= EXCERPT_CHARACTERS_MAX ? text : `${characters.slice(0, EXCERPT_CHARACTERS_MAX - 1).join('')}…`;
}
