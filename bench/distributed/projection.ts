/**
 * Projecting messages from the log into views in MongoDB, beside bare `bulkWrite` of the very same documents in the same transactions:
 * the commits are recorded, and written once more into an empty database.
 */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { AnyBulkWriteOperation, Document as Bson } from 'mongodb';
import type { ChannelId, PersonId } from '../../domain/shared/ids.ts';
import { messagesStream } from '../../domain/shared/streams.ts';
import { openEventStore } from '../../event-store/open.ts';
import { createCodec, type Codec } from '../../ports/event-log/codec.ts';
import { startEmbeddedLog } from '../../ports/event-log/embedded.ts';
import { openKeyring } from '../../ports/event-log/keyring.ts';
import type { EventLog, Position } from '../../ports/event-log/port.ts';
import { connectMongo, type MongoConnection } from '../../ports/mongodb/connect.ts';
import { startSqliteVault } from '../../ports/vault/sqlite.ts';
import { startMongoViews } from '../../ports/views/mongodb.ts';
import type { ViewCommit, ViewSchema, ViewStore } from '../../ports/views/port.ts';
import { messages } from '../../projections/read-models/chat/messages.ts';
import { startProjections } from '../../projections/rollout/start-projections.ts';
import { startMongoServer } from '../../tests/servers/mongodb.ts';
import { temporaryFolder } from '../../tests/start-for-test.ts';
import { secondsSince } from '../shared/statistics.ts';
import type { Report } from './report.ts';
import type { Sizes } from './sizes.ts';
import { clock } from './system.ts';

const GOAL_RATIO = 0.7;
const CHANNELS = 200;
const PEOPLE = 1_000;
const MESSAGES_IN_APPEND = 10;
const TEXT = 'x'.repeat(256);
const ANSWER_TIMEOUT_MS = 30_000;
const PROJECTED_WITHIN_MS = 90_000;

export async function benchProjection(report: Report, { projectedEvents: events }: Sizes): Promise<void> {
  await using folder = await temporaryFolder();
  await using server = await startMongoServer({ isDurable: true });
  await using log = startEmbeddedLog(await openEventStore(join(folder.path, 'events'), { noSync: true }));
  await using vault = await startSqliteVault(join(folder.path, 'vault.sqlite'));
  const codec = createCodec(openKeyring(vault), clock);
  report.progress(`filling a log with ${events} messages`);
  const head = await fillLog(log, codec, events);

  const connect = (database: string) => connectMongo({ url: server.url, name: 'bench', database, answerTimeoutMs: ANSWER_TIMEOUT_MS });
  await using projecting = await connect('projected');
  await using writing = await connect('bare');
  const recorded = recordCommits(await startMongoViews(projecting));
  {
    await using running = await startProjections(
      { log, views: recorded.views, decode: (stored) => codec.decodeAll(stored), clock, appendOperations: async () => undefined },
      { projections: [messages] },
    );
    const reached = await running.waitForViews([messages.name], head, { deadlineMs: PROJECTED_WITHIN_MS });
    if (!reached) throw new Error('The projection did not reach the head in time.');
  }
  const seconds = secondsSince(recorded.preparedAt());
  const documents = recorded.commits.reduce((sum, { writes }) => sum + writes.length, 0);
  report.progress(`${documents} documents in ${recorded.commits.length} commits`);
  const bareSeconds = await writeBare({ from: projecting, to: writing }, recorded);
  report.figure({
    name: 'projecting messages into MongoDB',
    value: documents / seconds,
    unit: 'documents/s',
    peer: { name: 'bare bulkWrite', value: documents / bareSeconds },
    goal: { of: 'ratio', least: GOAL_RATIO },
  });
}

async function fillLog(log: EventLog, codec: Codec, events: number): Promise<Position> {
  let head: Position | undefined;
  const metadata = { $correlationId: 'bench', actor: 'system:bench', at: clock(), command: 'bench', request: 'bench' };
  for (let append = 0; append < events / MESSAGES_IN_APPEND; append++) {
    const channel = `room-${append % CHANNELS}` as ChannelId;
    const stream = messagesStream(channel);
    const first = Math.floor(append / CHANNELS) * MESSAGES_IN_APPEND;
    const encoded = await Promise.all(
      Array.from({ length: MESSAGES_IN_APPEND }, async (_, n) => {
        const sender = `person-${(append * 7 + n) % PEOPLE}` as PersonId;
        const data = { channel, sender, text: TEXT, clientId: randomUUID(), at: clock(), messageCount: first + n + 1, unread: `${first + n} ${sender}` };
        return await codec.encode(stream, { id: randomUUID(), event: { type: 'chat.message-posted.v1', data }, metadata });
      }),
    );
    const appended = await log.append(stream, encoded, first === 0 ? 'no-stream' : first - 1);
    if (appended.outcome === 'appended') head = appended.position;
  }
  if (head === undefined) throw new Error('Nothing was appended.');
  return head;
}

type Recorded = {
  readonly views: ViewStore;
  readonly schemas: ViewSchema[];
  readonly commits: ViewCommit[];
  /** When its collections were there. */ readonly preparedAt: () => number;
};

/** The commits that wrote documents. */
function recordCommits(views: ViewStore): Recorded {
  const schemas: ViewSchema[] = [];
  const commits: ViewCommit[] = [];
  let preparedAt = performance.now();
  const recording: ViewStore = {
    ...views,
    prepare: async (schema) => {
      schemas.push(schema);
      await views.prepare(schema);
      if (commits.length === 0) preparedAt = performance.now();
    },
    commit: async (commit) => {
      const outcome = await views.commit(commit);
      if (outcome === 'committed' && commit.writes.length > 0) commits.push(commit);
      return outcome;
    },
  };
  return { views: recording, schemas, commits, preparedAt: () => preparedAt };
}

/** The rows as they were stored, those that were new inserted, with the same indexes, and a checkpoint a transaction. Returns seconds. */
async function writeBare({ from, to }: { readonly from: MongoConnection; readonly to: MongoConnection }, { schemas, commits }: Recorded): Promise<number> {
  const prepared = await startMongoViews(to);
  for (const schema of schemas) await prepared.prepare(schema);
  const transactions: (readonly (readonly [string, readonly AnyBulkWriteOperation<Row>[]])[])[] = [];
  for (const { writes } of commits) {
    const byCollection = Map.groupBy(writes, ({ collection }) => collection);
    const operations = [...byCollection].map(async ([collection, its]) => {
      const ids = its.flatMap((write) => ('id' in write ? [write.id] : []));
      const added = new Set(its.flatMap((write) => (write.kind === 'put' && write.expectedVersion === 0 ? [write.id] : [])));
      const rows = await from.database
        .collection<Row>(collection)
        .find({ _id: { $in: ids } })
        .toArray();
      const [inserted, updated] = [rows.filter(({ _id }) => added.has(_id)), rows.filter(({ _id }) => !added.has(_id))];
      const operations = [
        ...inserted.map((document) => ({ insertOne: { document } })),
        ...updated.map(({ _id, ...row }) => ({ updateOne: { filter: { _id }, update: { $set: row } } })),
      ];
      return [collection, operations] as const;
    });
    transactions.push(await Promise.all(operations));
  }
  const checkpoints = to.database.collection<Row>('_checkpoints');
  const startedAt = performance.now();
  for (const [n, operations] of transactions.entries()) {
    const session = to.client.startSession();
    session.startTransaction({ readConcern: { level: 'snapshot' }, writeConcern: { w: 'majority', journal: true } });
    await checkpoints.updateOne({ _id: 'bare' }, { $set: { position: String(n) } }, { session, upsert: true });
    for (const [collection, its] of operations) await to.database.collection<Row>(collection).bulkWrite(its, { session, ordered: true });
    await session.commitTransaction();
    await session.endSession();
  }
  return secondsSince(startedAt);
}

type Row = Bson & { readonly _id: string };
