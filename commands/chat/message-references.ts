/** Messages as a command that is about them needs to see them: their events, whether they are withdrawn, and what stands between two people. */
import { directPeerOf, type ChannelState } from '../../domain/chat/channel-state.ts';
import type { AskedQuote, QuoteTarget } from '../../domain/chat/content/cut-quote.ts';
import { hasDisappeared } from '../../domain/chat/disappearing.ts';
import type { MessagesEvent } from '../../domain/chat/events.ts';
import { messageMarks, type MessageMarksState } from '../../domain/chat/message-marks.ts';
import type { Relation } from '../../domain/people/counterpart.ts';
import { relationships, relationBetween } from '../../domain/people/relationships.ts';
import type { Recorded } from '../../domain/shared/event.ts';
import type { ChannelId, PersonId } from '../../domain/shared/ids.ts';
import type { Instant } from '../../domain/shared/instant.ts';
import { messageMarksStream, messagesStream, relationshipsStream } from '../../domain/shared/streams.ts';
import type { CommandHandling } from '../handling/handle.ts';
import type { LogReader } from '../handling/load-stream.ts';

export type Reading = LogReader & Pick<CommandHandling, 'loadState'>;

/** The event of a channel's messages at a revision; undefined where there is none. */
export async function messageAt({ log, codec }: LogReader, id: ChannelId, seq: number): Promise<Recorded<MessagesEvent> | undefined> {
  for await (const stored of log.readStream(messagesStream(id), { from: seq, limit: 1 })) return (await codec.decode(stored)) as Recorded<MessagesEvent>;
  return undefined;
}

export const referenceTo = async (reader: LogReader, id: ChannelId, message: number) => ({ message, target: await messageAt(reader, id, message) });

/** What is known of the message beside its place in the channel: of nearly all messages nothing. */
export const marksOf = async ({ loadState }: Pick<CommandHandling, 'loadState'>, id: ChannelId, message: number): Promise<MessageMarksState> =>
  (await loadState(messageMarks, messageMarksStream(id, message))).state;

export const isClosed = ({ closedAt }: MessageMarksState): boolean => closedAt !== undefined;

/** The message that is replied to, with what is quoted of it. Whether it is withdrawn matters to who quotes it, and to nobody else. */
export async function repliedTo(
  reader: Reading,
  id: ChannelId,
  { replyTo, quote, at }: { readonly replyTo?: number; readonly quote?: AskedQuote; readonly at: Instant },
) {
  if (replyTo === undefined) return quote === undefined ? {} : { quote: { ...quote, version: undefined, isEdit: false } };
  const reference = await referenceTo(reader, id, replyTo);
  if (quote === undefined) return { replyTo: reference };
  const { from, to, edit } = quote;
  const [version, marks] = await Promise.all([edit === undefined ? reference.target : messageAt(reader, id, edit), marksOf(reader, id, replyTo)]);
  const target: QuoteTarget = { from, to, version, isEdit: edit !== undefined };
  return { replyTo: { ...reference, isClosed: isClosed(marks), hasDisappeared: hasDisappeared(reference.target, at) }, quote: target };
}

/** In a direct channel a block by either person silences both; in a group it does not. */
export async function relationIn({ loadState }: Pick<CommandHandling, 'loadState'>, membership: ChannelState, sender: PersonId): Promise<Relation> {
  const peer = directPeerOf(membership, sender);
  if (peer === undefined) return 'clear';
  const [mine, theirs] = await Promise.all([loadState(relationships, relationshipsStream(sender)), loadState(relationships, relationshipsStream(peer))]);
  return relationBetween({ person: sender, relationships: mine.state }, { person: peer, relationships: theirs.state });
}
