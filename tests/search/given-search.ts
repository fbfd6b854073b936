/** A log, the views that a search reads, and the worker that indexes: each of them goes on only when the test says so, and may be cut off. */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { TidingsEvent } from '../../domain/events.ts';
import type { Recorded } from '../../domain/shared/event.ts';
import { instant, type Instant } from '../../domain/shared/instant.ts';
import { openEventStore } from '../../event-store/open.ts';
import { createCodec } from '../../ports/event-log/codec.ts';
import { startEmbeddedLog } from '../../ports/event-log/embedded.ts';
import { openKeyring } from '../../ports/event-log/keyring.ts';
import type { Position, StoredEvent } from '../../ports/event-log/port.ts';
import { startSqliteVault } from '../../ports/vault/sqlite.ts';
import { QUERY_LIMIT_MAX, type ViewStore } from '../../ports/views/port.ts';
import { commitPatches, withoutPatches } from '../../projections/engine/divide-writes.ts';
import { foldBatch, type ProjectEvent } from '../../projections/folding/fold.ts';
import { openCheckpoint, type Checkpoint } from '../../projections/progress/checkpoint.ts';
import type { AnyProjector } from '../../projections/projection.ts';
import { messages } from '../../projections/read-models/chat/messages.ts';
import { entriesIn } from '../../projections/read-models/chat/postings.ts';
import { search, type PostingDocument } from '../../projections/read-models/chat/search.ts';
import { termKeys } from '../../projections/read-models/chat/term-keys.ts';
import { activeViews } from '../../projections/view-access/active-views.ts';
import type { TidingsViews } from '../../projections/view-access/tidings-views.ts';
import { indexMessagesWith } from '../../workers/chat/search/index-messages.ts';

export const START: Instant = instant(Date.UTC(2030, 0, 1));
export const SECRET = Buffer.from('the secret of a test');
const RANGE_EVENTS_MAX = 90;
const EVENTS_AT_ONCE_MAX = 200;

const physical = (collection: string) => `${collection}@test`;

export class Killed extends Error {
  override readonly name = 'Killed';
}

/** `kill`: after how many commits of the worker it is cut off, and whether the last one was made. */
export type Kill = { readonly after: number; readonly made: boolean };

type IndexOptions = { readonly leavingTermsMax?: number; readonly stored?: ViewStore };

export type SearchFixture = Awaited<ReturnType<typeof givenSearch>>;

export async function givenSearch(folder: string, views: ViewStore) {
  await using starting = new AsyncDisposableStack();
  const log = starting.use(startEmbeddedLog(await openEventStore(join(folder, 'events'), { noSync: true })));
  const vault = starting.use(await startSqliteVault(join(folder, 'vault.sqlite')));
  const keyring = openKeyring(vault);
  const clock = () => START;
  const codec = createCodec(keyring, clock);
  const appended: StoredEvent[] = [];
  for (const name of log.logs) for await (const event of log.readAll(name)) appended.push(event);
  const projections = [projecting(views, messages as AnyProjector), projecting(views, search as AnyProjector)];
  for (const { schema } of projections) await views.prepare(schema);

  const append = async (stream: string, events: readonly TidingsEvent[]): Promise<number> => {
    let revision = -1;
    for await (const last of log.readStream(stream, { from: 'end', direction: 'backwards', limit: 1 })) revision = last.revision;
    for (let at = 0; at < events.length; at += EVENTS_AT_ONCE_MAX) {
      const part = events.slice(at, at + EVENTS_AT_ONCE_MAX);
      const metadata = { $correlationId: randomUUID(), actor: 'a test', at: START, command: randomUUID(), request: 'r' };
      const encoded = await Promise.all(part.map((event) => codec.encode(stream, { id: randomUUID(), event, metadata })));
      await log.append(stream, encoded, revision < 0 ? 'no-stream' : revision);
      for await (const event of log.readStream(stream, { from: revision + 1 })) appended.push(event);
      revision += part.length;
    }
    return revision;
  };

  const running = starting.move();
  return {
    append,
    keyring,
    keys: termKeys(SECRET),
    clock,
    views: activeViews({ views, versions: { physicalCollectionOf: physical } }) as unknown as TidingsViews,
    /** Lets a projector go on by so many events; by default to the end. */
    project: async (which: 'messages' | 'search', count = Infinity) => {
      const one = projections[which === 'messages' ? 0 : 1];
      const batch = appended.slice(one?.done ?? 0, (one?.done ?? 0) + count);
      for (let at = 0; at < batch.length; at += EVENTS_AT_ONCE_MAX) {
        const decoded = await codec.decodeAll(batch.slice(at, at + EVENTS_AT_ONCE_MAX));
        await one?.apply(decoded.map((event) => event as Recorded<TidingsEvent>));
      }
    },
    /** How many entries all postings have together. */
    entries: async () => {
      const all = await views.find<PostingDocument & { readonly _id: string }>(physical('postings'), {
        range: { field: '_id', from: '' },
        limit: QUERY_LIMIT_MAX,
      });
      return all.reduce((sum, { entries }) => sum + [...entriesIn(0, entries)].length, 0);
    },
    /** A run of the worker, in a process that begins with it. */
    index: async (kill?: Kill, commitDocumentsMax = 1_000, { leavingTermsMax = 1_000, stored = views }: IndexOptions = {}): Promise<void> => {
      await indexMessagesWith(
        { log, codec, stored: kill === undefined ? stored : killing(stored, kill), collectionOf: physical, secret: SECRET, clock },
        { rangeEventsMax: RANGE_EVENTS_MAX, leavingTermsMax, commitDocumentsMax },
      )();
    },
    [Symbol.asyncDispose]: () => running[Symbol.asyncDispose](),
  };
}

function projecting(views: ViewStore, { name, indexes, handles, project }: AnyProjector & { readonly project?: unknown }) {
  const checkpoint: Checkpoint = openCheckpoint(views, `${name}@test`, undefined);
  const fold = { project: project as ProjectEvent, collections: Object.keys(indexes), physical };
  const projection = {
    done: 0,
    schema: Object.fromEntries(Object.entries(indexes).map(([collection, ofCollection]) => [physical(collection), { indexes: ofCollection }])),
    apply: async (events: readonly Recorded<TidingsEvent>[]) => {
      projection.done += events.length;
      const handled = events.filter(({ type }) => handles.includes(type));
      const position = handled.at(-1)?.position as Position | undefined;
      if (position === undefined) return;
      const { writes } = await foldBatch(views, fold, handled);
      await commitPatches(views, checkpoint, writes);
      const again = writes.some(({ kind }) => kind === 'patch') ? withoutPatches((await foldBatch(views, fold, handled)).writes) : writes;
      await checkpoint.move(position, again);
    },
  };
  return projection;
}

const killing = (views: ViewStore, { after, made }: Kill): ViewStore => {
  let commits = 0;
  return {
    ...views,
    commit: async (commit) => {
      commits += 1;
      if (commits > after) throw new Killed();
      const outcome = await views.commit(commit);
      if (commits === after && made) throw new Killed();
      return outcome;
    },
  };
};
