/**
 * From the log to a view: the message history, events a second, with decoding and unsealing. Beside it, in the same run, the same
 * rows written straight into SQLite, so that the ratio says what the projecting costs whatever the machine.
 */
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { ChannelId, PersonId } from '../domain/shared/ids.ts';
import { instant } from '../domain/shared/instant.ts';
import { openEventStore } from '../event-store/open.ts';
import { createCodec, type Codec } from '../ports/event-log/codec.ts';
import { startEmbeddedLog } from '../ports/event-log/embedded.ts';
import { openKeyring } from '../ports/event-log/keyring.ts';
import type { EventLog, Position } from '../ports/event-log/port.ts';
import { startSqliteVault } from '../ports/vault/sqlite.ts';
import { startSqliteViews } from '../ports/views/sqlite.ts';
import { messageId, messages, type Message } from '../projections/read-models/messages.ts';
import { startProjections } from '../projections/rollout/run.ts';

const EVENTS = Number(process.argv[2] ?? 60_000);
const CHANNELS = 500;
const PEOPLE = 1_000;
const TEXT = 'x'.repeat(256);
const MESSAGES_A_TURN = 10;
const ROWS_A_TRANSACTION = 1_000;
const DEADLINE_MS = 600_000;
const at = instant(Date.now());

/** In the order of the log: channels take turns, a few messages each. */
const rounds: readonly (readonly Message[])[] = Array.from({ length: Math.ceil(EVENTS / MESSAGES_A_TURN) }, (_, turn) =>
  Array.from({ length: MESSAGES_A_TURN }, (_, index) => messageOf(turn % CHANNELS, Math.floor(turn / CHANNELS) * MESSAGES_A_TURN + index)),
);

function messageOf(number: number, seq: number): Message {
  const channel = `channel-${number}` as ChannelId;
  const sender = `person-${(number * 7 + seq) % PEOPLE}` as PersonId;
  return { channel, seq, sender, text: TEXT, clientId: randomUUID(), at, messageCount: seq + 1 };
}

const folder = await mkdtemp(join(tmpdir(), 'tidings-bench-'));
try {
  await using log = startEmbeddedLog(await openEventStore(join(folder, 'events'), { noSync: true }));
  await using vault = await startSqliteVault(join(folder, 'vault.sqlite'));
  const codec = createCodec(openKeyring(vault));
  const head = await fill(log, codec);

  const straight = writeStraight(join(folder, 'straight.sqlite'));
  const projected = await project(log, codec, head);
  const line = (name: string, perSecond: number) => console.log(`${name.padEnd(52)} ${Math.round(perSecond).toLocaleString('en')} events/s`);
  line('the same rows straight into SQLite', straight);
  line('message history, from the log to the view', projected);
  console.log(`${'ratio'.padEnd(52)} ${(projected / straight).toFixed(2)}`);
} finally {
  await rm(folder, { recursive: true });
}

async function fill(log: EventLog, codec: Codec): Promise<Position> {
  let head: Position | undefined;
  const metadata = { $correlationId: 'bench', actor: 'system:bench', at, command: 'bench', request: 'bench' };
  for (const round of rounds) {
    const [first] = round;
    if (first === undefined) continue;
    const stream = `messages-${first.channel}`;
    const events = await Promise.all(
      round.map(async ({ seq: _seq, ...data }) => {
        const event = { type: 'chat.message-posted.v1', data: { ...data, text: TEXT } } as const;
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
  const start = performance.now();
  await using running = await startProjections(
    { log, views, decode: (stored) => codec.decodeAll(stored), clock: () => instant(Date.now()), appendOperations: async () => undefined },
    { projections: [messages] },
  );
  if (!(await running.reached([messages.name], head, { deadlineMs: DEADLINE_MS }))) throw new Error('It did not get there in time.');
  return perSecond(performance.now() - start);
}

/** What the views keep of a message, in a table of the same form. */
function writeStraight(file: string): number {
  using database = new DatabaseSync(file);
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL');
  database.exec(
    'CREATE TABLE messages (_id TEXT PRIMARY KEY NOT NULL, document TEXT, seen TEXT NOT NULL, sender); CREATE INDEX senders ON messages (sender, _id)',
  );
  const insert = database.prepare('INSERT INTO messages VALUES (?, ?, ?, ?)');
  const rows = rounds.flat();
  const start = performance.now();
  for (let from = 0; from < rows.length; from += ROWS_A_TRANSACTION) {
    database.exec('BEGIN');
    for (const message of rows.slice(from, from + ROWS_A_TRANSACTION)) {
      const seen = JSON.stringify({ [`messages-${message.channel}`]: message.seq });
      insert.run(messageId(message.channel, message.seq), JSON.stringify(message), seen, message.sender);
    }
    database.exec('COMMIT');
  }
  return perSecond(performance.now() - start);
}

function perSecond(elapsedMs: number): number {
  return EVENTS / (elapsedMs / 1_000);
}
