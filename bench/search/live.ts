/** What a message costs that is said now: its own projection, and beside it the search, in a channel that is indexed and in one that isn't. */
import { randomUUID } from 'node:crypto';
import type { TidingsEvent } from '../../domain/events.ts';
import type { Recorded } from '../../domain/shared/event.ts';
import type { ChannelId, PersonId } from '../../domain/shared/ids.ts';
import type { Instant } from '../../domain/shared/instant.ts';
import { messagesStream } from '../../domain/shared/streams.ts';
import type { Codec } from '../../ports/event-log/codec.ts';
import type { EventLog, Position } from '../../ports/event-log/port.ts';
import type { ViewStore } from '../../ports/views/port.ts';
import { foldBatch, type ProjectEvent } from '../../projections/folding/fold.ts';
import { openCheckpoint } from '../../projections/progress/checkpoint.ts';
import { messages } from '../../projections/read-models/chat/messages.ts';
import { search } from '../../projections/read-models/chat/search.ts';
import { indexMessagesWith } from '../../workers/chat/search/index-messages.ts';
import { beginIndex } from './fill.ts';

const ROUNDS = 100;
/** So many come one after the other in a channel between two runs of the worker, which are ten seconds apart. */
const BATCHES = [1, 5, 25] as const;
const SENDER = 'person-1' as PersonId;

type Given = {
  readonly log: EventLog;
  readonly codec: Codec;
  readonly views: ViewStore;
  readonly physical: (collection: string) => string;
  readonly secret: Uint8Array;
  readonly clock: () => Instant;
  readonly message: () => string;
};

export async function measureLive(given: Given): Promise<void> {
  const { views, physical, log, codec, secret, clock } = given;
  const index = indexMessagesWith({ log, codec, stored: views, collectionOf: physical, secret, clock });
  const own = projecting(given, 'messages@1', { ...messages, project: messages.project as ProjectEvent });
  const searching = projecting(given, 'search@1', { ...search, project: search.project as ProjectEvent });
  for (const batch of BATCHES) {
    const [indexed, other] = [`indexed-${batch}` as ChannelId, `other-${batch}` as ChannelId];
    await beginIndex(given, [indexed]);
    await index();
    const micros = { own: 0, indexed: 0, other: 0 };
    // In turns, so that what the machine does besides hits all of them.
    for (let round = 0; round < ROUNDS; round++) {
      const said = await say(given, indexed, round, batch);
      const elsewhere = await say(given, other, round, batch);
      for (const event of said) micros.own += await cpuOf(() => own([event]));
      for (const event of said) micros.indexed += await cpuOf(() => searching([event]));
      micros.indexed += await cpuOf(index);
      for (const event of elsewhere) micros.other += await cpuOf(() => searching([event]));
    }
    const each = (one: number) => `${Math.round(one / ROUNDS / batch)} µs (${(one / micros.own).toFixed(2)} ×)`;
    console.log(
      `${batch} said between two runs, each: own projection ${each(micros.own)}, indexed ${each(micros.indexed)}, in a channel never searched ${each(micros.other)}`,
    );
  }
}

async function cpuOf(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return user + system;
}

async function say({ log, codec, clock, message }: Given, channel: ChannelId, round: number, count: number): Promise<readonly Recorded<TidingsEvent>[]> {
  const stream = messagesStream(channel);
  const first = round * count;
  const at = clock();
  const encoded = Array.from({ length: count }, (_, i) => {
    const data = { channel, sender: SENDER, text: message(), clientId: String(first + i), at, messageCount: first + i + 1 };
    const metadata = { $correlationId: randomUUID(), actor: SENDER, at, command: randomUUID(), request: 'r' };
    return codec.encode(stream, { id: randomUUID(), event: { type: 'chat.message-posted.v1', data }, metadata });
  });
  await log.append(stream, await Promise.all(encoded), first === 0 ? 'no-stream' : first - 1);
  const stored = [];
  for await (const event of log.readStream(stream, { from: first })) stored.push(event);
  return (await codec.decodeAll(stored)).map((event) => event as Recorded<TidingsEvent>);
}

type Projecting = { readonly indexes: object; readonly project: ProjectEvent };

function projecting({ views, physical }: Given, name: string, { indexes, project }: Projecting) {
  const checkpoint = openCheckpoint(views, name, undefined);
  const fold = { project, collections: Object.keys(indexes), physical };
  return async (events: readonly Recorded<TidingsEvent>[]) => {
    const { writes } = await foldBatch(views, fold, events);
    if (writes.length > 0) await checkpoint.move(events.at(-1)?.position as Position, writes);
  };
}
