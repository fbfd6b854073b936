/** How far a person has read in a channel, and of what they want to be told there: by the view, and by the newest events of the inbox, which the view may not have yet. */
import type { ChannelLevel } from '../../../domain/chat/events.ts';
import type { ReadPointer } from '../../../domain/chat/inbox.ts';
import { advanceReadPointer } from '../../../domain/chat/inbox.ts';
import type { ChannelId, PersonId } from '../../../domain/shared/ids.ts';
import { inboxStream } from '../../../domain/shared/streams.ts';
import { inboxId, isMuted, type InboxRow } from '../../../projections/read-models/chat/inbox.ts';
import type { ToldDependencies } from './dependencies.ts';
import { readNewest } from './read-newest.ts';

/** A view that is more of a person's events behind than these is taken as it is. */
const INBOX_EVENTS_READ_MAX = 100;

export type InboxNow = {
  readonly read: ReadPointer;
  readonly muted: boolean;
  readonly level: ChannelLevel;
  /** False where the view knows nothing of the channel, as after its loss. */
  readonly isKnown: boolean;
};

/** The view is read first: what comes after it is in the log. */
export async function inboxNow(
  { reader, views, clock }: Pick<ToldDependencies, 'reader' | 'views' | 'clock'>,
  person: PersonId,
  channel: ChannelId,
): Promise<InboxNow> {
  const row = await views.get('inbox', inboxId(person, channel));
  let read: ReadPointer = { seq: row?.readUpTo ?? -1, messageCount: row?.readMessages ?? 0 };
  let muting: Pick<InboxRow, 'muted' | 'mutedUntil'> | undefined;
  let level: ChannelLevel | undefined;
  for await (const event of readNewest(reader, inboxStream(person), INBOX_EVENTS_READ_MAX)) {
    if (event.type === 'chat.read-up-to.v1' && event.data.channel === channel) read = advanceReadPointer(read, event.data);
    if (event.type === 'chat.channel-muted.v1' && event.data.channel === channel) muting ??= { muted: true, mutedUntil: event.data.until ?? null };
    if (event.type === 'chat.channel-unmuted.v1' && event.data.channel === channel) muting ??= { muted: false, mutedUntil: null };
    if (event.type === 'chat.level-chosen.v1' && event.data.channel === channel) level ??= event.data.level;
  }
  const known = muting ?? row;
  return { read, muted: known !== undefined && isMuted(known, clock()), level: level ?? row?.level ?? 'all', isKnown: row !== undefined };
}
