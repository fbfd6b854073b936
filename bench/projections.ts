/**
 * Projecting the message history from the log into a view, in events a second, with decoding and unsealing. Beside it, in the same run,
 * the same rows are written straight into SQLite: the ratio is what projecting costs, whatever the machine.
 * `npx node bench/projections.ts [events]`.
 */
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { ChannelId, PersonId } from '../domain/shared/ids.ts';
import { instant } from '../domain/shared/instant.ts';
import { messagesStream } from '../domain/shared/streams.ts';
import { openEventStore } from '../event-store/open.ts';
import { createCodec, type Codec } from '../ports/event-log/codec.ts';
import { startEmbeddedLog } from '../ports/event-log/embedded.ts';
import { openKeyring } from '../ports/event-log/keyring.ts';
import type { EventLog, Position } from '../ports/event-log/port.ts';
import { startSqliteVault } from '../ports/vault/sqlite.ts';
import { startSqliteViews } from '../ports/views/sqlite.ts';
import { messageId, messages, type MessageDocument } from '../projections/read-models/chat/messages.ts';
import { startProjections } from '../projections/rollout/start-projections.ts';
import { formatRate, formatRatio, secondsSince } from './shared/statistics.ts';

const EVENTS = Number(process.argv[2] ?? 60_000);
const CHANNELS = 500;
const PEOPLE = 1_000;
const TEXT = 'x'.repeat(256);
const MESSAGES_IN_BATCH = 10;
const TRANSACTION_ROWS = 1_000;
const DEADLINE_MS = 600_000;
const at = instant(Date.now());

/** In the order of the log: the channels take turns with a batch of messages each. */
const batches: readonly (readonly MessageDocument[])[] = Array.from({ length: Math.ceil(EVENTS / MESSAGES_IN_BATCH) }, (_, batch) =>
  Array.from({ length: MESSAGES_IN_BATCH }, (_, index) => createMessage(batch % CHANNELS, Math.floor(batch / CHANNELS) * MESSAGES_IN_BATCH + index)),
);

function createMessage(number: number, seq: number): MessageDocument {
  const channel = `room-${number}` as ChannelId;
  const sender = `person-${(number * 7 + seq) % PEOPLE}` as PersonId;
  return { channel, seq, sender, text: TEXT, clientId: randomUUID(), at, messageCount: seq + 1, unread: `${seq} ${sender}` };
}

const folder = await mkdtemp(join(tmpdir(), 'tidings-bench-'));
try {
  await using log = startEmbeddedLog(await openEventStore(join(folder, 'events'), { noSync: true }));
  await using vault = await startSqliteVault(join(folder, 'vault.sqlite'));
  const codec = createCodec(openKeyring(vault), () => at);
  const head = await fillLog(log, codec);

  const direct = writeDirectly(join(folder, 'direct.sqlite'));
  const projected = await project(log, codec, head);
  const printRate = (name: string, perSecond: number) => console.log(`${name.padEnd(52)} ${formatRate(perSecond)} events/s`);
  printRate('the same rows straight into SQLite', direct);
  printRate('message history, from the log to the view', projected);
  console.log(`${'ratio'.padEnd(52)} ${formatRatio(projected, direct)}`);
} finally {
  await rm(folder, { recursive: true });
}

async function fillLog(log: EventLog, codec: Codec): Promise<Position> {
  let head: Position | undefined;
  const metadata = { $correlationId: 'bench', actor: 'system:bench', at, command: 'bench', request: 'bench' };
  for (const batch of batches) {
    const [first] = batch;
    if (first === undefined) continue;
    const stream = messagesStream(first.channel);
    const events = await Promise.all(
      batch.map(async ({ channel, sender, clientId, messageCount }) => {
        const event = { type: 'chat.message-posted.v1', data: { channel, sender, text: TEXT, clientId, at, messageCount } } as const;
        return await codec.encode(stream, { id: randomUUID(), event, metadata });
      }),
    );
    const appended = await log.append(stream, events, first.seq === 0 ? 'no-stream' : first.seq - 1);
    if (appended.outcome === 'appended') head = appended.position;
  }
  if (head === undefined) throw new Error('Nothing was appended.');
  return head;
}

async function project(log: EventLog, codec: Codec, head: Position): Promise<number> {
  await using views = await startSqliteViews(join(folder, 'views.sqlite'));
  const startedAt = performance.now();
  await using running = await startProjections(
    { log, views, decode: (stored) => codec.decodeAll(stored), clock: () => instant(Date.now()), appendOperations: async () => undefined },
    { projections: [messages] },
  );
  if (!(await running.waitForViews([messages.name], head, { deadlineMs: DEADLINE_MS }))) throw new Error('The projection did not reach the head in time.');
  return EVENTS / secondsSince(startedAt);
}

/** Writes what the views keep of a message into a table of the same form. */
function writeDirectly(file: string): number {
  using database = new DatabaseSync(file);
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL');
  database.exec(
    'CREATE TABLE messages (_id TEXT PRIMARY KEY NOT NULL, document TEXT, seen TEXT NOT NULL, sender); CREATE INDEX senders ON messages (sender, _id)',
  );
  const insert = database.prepare('INSERT INTO messages VALUES (?, ?, ?, ?)');
  const rows = batches.flat();
  const startedAt = performance.now();
  for (let from = 0; from < rows.length; from += TRANSACTION_ROWS) {
    database.exec('BEGIN');
    for (const message of rows.slice(from, from + TRANSACTION_ROWS)) {
      const seen = JSON.stringify({ [messagesStream(message.channel)]: message.seq });
      insert.run(messageId(message.channel, message.seq), JSON.stringify(message), seen, message.sender);
    }
    database.exec('COMMIT');
  }
  return EVENTS / secondsSince(startedAt);
}
