/** Channels of messages whose words are as frequent as words are: in the log, and in the views as their projectors leave them. */
import { randomUUID } from 'node:crypto';
import type { ChannelId, PersonId } from '../../domain/shared/ids.ts';
import { instant } from '../../domain/shared/instant.ts';
import { messagesStream } from '../../domain/shared/streams.ts';
import type { Codec } from '../../ports/event-log/codec.ts';
import type { EventLog } from '../../ports/event-log/port.ts';
import type { DocumentWrite, ViewStore } from '../../ports/views/port.ts';
import { messageId } from '../../projections/read-models/chat/messages.ts';

const VOCABULARY_WORDS = 20_000;
const MESSAGE_WORDS = 12;
const PEOPLE_IN_CHANNEL = 8;
const MESSAGES_AT_ONCE = 200;
const START_MS = Date.UTC(2026, 0, 1);
const FILLER = 'bench-fill';

/** A seed draws the same words in each run. */
export function createWords(seed: number) {
  let state = seed;
  const random = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  /** The frequency of a word falls with its rank. */
  const word = () => `word${Math.floor(VOCABULARY_WORDS ** random()) - 1}`;
  return { word, message: () => Array.from({ length: MESSAGE_WORDS }, word).join(' '), random };
}

type Filling = { readonly log: EventLog; readonly codec: Codec; readonly views: ViewStore; readonly physical: (collection: string) => string };

/** `nth`: which of them, so that channels are not all of one time. */
export async function fillChannel(
  { log, codec, views, physical }: Filling,
  { channel, nth, messages, message }: { readonly channel: ChannelId; readonly nth: number; readonly messages: number; readonly message: () => string },
): Promise<void> {
  const stream = messagesStream(channel);
  for (let first = 0; first < messages; first += MESSAGES_AT_ONCE) {
    const writes: DocumentWrite[] = [];
    const count = Math.min(MESSAGES_AT_ONCE, messages - first);
    const encoded = Array.from({ length: count }, (_, i) => {
      const seq = first + i;
      const at = instant(START_MS + (seq * 1_000 + nth) * 1_000);
      const sender = `person-${(nth + seq) % PEOPLE_IN_CHANNEL}` as PersonId;
      const data = { channel, sender, text: message(), clientId: String(seq), at, messageCount: seq + 1 };
      writes.push({
        kind: 'put',
        collection: physical('messages'),
        id: messageId(channel, seq),
        document: { ...data, seq, unread: `${seq} ${sender}` },
        seen: { [stream]: seq },
      });
      const metadata = { $correlationId: randomUUID(), actor: sender, at, command: randomUUID(), request: 'r' };
      return codec.encode(stream, { id: randomUUID(), event: { type: 'chat.message-posted.v1', data }, metadata });
    });
    await log.append(stream, await Promise.all(encoded), first === 0 ? 'no-stream' : first - 1);
    const from = await views.checkpoint(FILLER);
    await views.commit({ projection: FILLER, from, to: String(Number(from ?? 0) + 1), writes });
  }
  const lastAt = instant(START_MS + ((messages - 1) * 1_000 + nth) * 1_000);
  const head = { channel, headSeq: messages - 1, messageCount: messages, lastMessage: messages - 1, lastSender: 'person-0', lastAt };
  const from = await views.checkpoint(FILLER);
  const writes: DocumentWrite[] = [{ kind: 'put', collection: physical('channel-heads'), id: channel, document: head, seen: {} }];
  await views.commit({ projection: FILLER, from, to: String(Number(from ?? 0) + 1), writes });
}

export async function beginIndex({ views, physical }: Pick<Filling, 'views' | 'physical'>, channels: readonly ChannelId[]): Promise<void> {
  const from = await views.checkpoint(FILLER);
  const writes = channels.map((channel): DocumentWrite => {
    const document = { channel, from: null, to: null, pending: true };
    return { kind: 'put', collection: physical('searched-channels'), id: channel, document, seen: {} };
  });
  await views.commit({ projection: FILLER, from, to: String(Number(from ?? 0) + 1), writes });
}
