/** Looks whether a message reached those it is for, and asks for a push to whoever it did not: one for all that a person has not read in a channel. */
import type { Commands } from '../../commands/commands.ts';
import type { ContextFor } from '../../commands/context.ts';
import type { Current } from '../../commands/handle.ts';
import { CHANNEL_MEMBERS_MAX } from '../../domain/chat/channel.ts';
import { contacts } from '../../domain/people/contacts.ts';
import type { ChannelId, PersonId } from '../../domain/shared/ids.ts';
import type { Instant } from '../../domain/shared/instant.ts';
import type { Job } from '../../ports/job-queue/port.ts';
import type { Presence } from '../../ports/presence/port.ts';
import { messageId, type Message } from '../../projections/messages.ts';
import type { ActiveViews } from '../../projections/read-views.ts';
import { under } from '../as-system.ts';
import type { Progress } from '../progress.ts';

const CHAT_CATEGORY = 'chat';
/** Who withdraws so many in a row has nothing told of what was said before. */
const MESSAGES_LOOKED_AT_MAX = 5;
const EXCERPT_CHARACTERS_MAX = 120;
/** Of a person, the newest: an unread push behind so many others is forgotten, and followed by another. */
const DELIVERIES_LOOKED_AT_MAX = 50;
const CHAT_PUSH_TTL_SECONDS = 24 * 60 * 60;

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
    const message = await newestToTell(dependencies.views, channel, seq);
    if (message !== undefined) await pushTo(dependencies, message);
    dependencies.progress.noted('looked-at', channel, { channel, seq });
  };

type Told = Message & { readonly text: string };

/** What was withdrawn, or whose sender was erased, is nothing to tell; what was said before it may be, and its own job may be lost. */
async function newestToTell(views: Pick<ActiveViews, 'find'>, channel: ChannelId, seq: number): Promise<Told | undefined> {
  const range = { field: '_id', after: `${channel}:`, until: messageId(channel, seq) };
  const newest = await views.find('messages', { range, order: { _id: -1 }, limit: MESSAGES_LOOKED_AT_MAX });
  return newest.flatMap((message) => (message.text === null ? [] : [{ ...message, text: message.text }]))[0];
}

async function pushTo(dependencies: Dependencies, message: Told): Promise<void> {
  const { views, presence, current } = dependencies;
  const { channel, seq, sender } = message;
  const rows = await views.find('inbox', { where: { channel, member: true }, limit: CHANNEL_MEMBERS_MAX });
  const unread = rows.filter(({ person, muted, readUpTo }) => person !== sender && !muted && (readUpTo ?? -1) < seq);
  if (unread.length === 0) return;
  const name = (await views.get('profiles', sender))?.name ?? '';
  await Promise.all(
    unread.map(async ({ person, readUpTo }) => {
      const received = await presence.receivedBy(person, channel);
      if (received !== undefined && received >= seq) return;
      if (await hasUnreadPush(views, { person, channel, readUpTo })) return;
      // Who has no device now may have one for the next message: nothing is asked for that can't be sent.
      if ((await current(contacts, `contacts-${person}`)).state.devices.length === 0) return;
      await requestPush(dependencies, message, { person, readUpTo, received, name });
    }),
  );
}

/** A push about this channel that was handed over, of a message that the person has not read. */
async function hasUnreadPush(
  views: Pick<ActiveViews, 'find'>,
  { person, channel, readUpTo }: { readonly person: PersonId; readonly channel: ChannelId; readonly readUpTo: number | null },
): Promise<boolean> {
  const newest = await views.find('deliveries', { where: { recipient: person }, order: { position: -1 }, limit: DELIVERIES_LOOKED_AT_MAX });
  return newest.some(
    ({ source, status }) =>
      source.kind === 'chat' && source.channel === channel && source.seq > (readUpTo ?? -1) && (status === 'accepted' || status === 'delivered'),
  );
}

type Unreached = { readonly person: PersonId; readonly readUpTo: number | null; readonly received: number | undefined; readonly name: string };

/**
 * The key is the person, the channel, how far they have read and what their devices have received: until one of these goes on,
 * asking again is the same request. A push that was held back, because a device received the message just before it was sent,
 * stands in nobody’s way for the next message; one that was handed over does, until the person reads (`hasUnreadPush`). What is
 * said stays the sender’s: it is sealed for them, and goes when they go.
 */
async function requestPush(
  { commands, contextFor, clock }: Dependencies,
  { channel, seq, sender, text }: Told,
  { person, readUpTo, received, name }: Unreached,
): Promise<void> {
  const body = { person, channel, readUpTo, received };
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
    under(`${person}\n${channel}\n${readUpTo ?? ''}\n${received ?? ''}`, { contextFor, part: 'chat-push', type: 'request-notification', body, at: clock() }),
  );
}

function excerptOf(text: string): string {
  const characters = Array.from(text);
  return characters.length <= EXCERPT_CHARACTERS_MAX ? text : `${characters.slice(0, EXCERPT_CHARACTERS_MAX - 1).join('')}…`;
}
