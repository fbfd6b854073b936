/**
 * A document of the views as it was: the events that it was made of, up to then, folded anew. A document remembers its source streams,
 * and only these are read; one that counts or collects remembers none, and then everything that its projector handles is read.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TidingsEvent } from '../../../domain/events.ts';
import type { Recorded } from '../../../domain/shared/event.ts';
import { writtenAs } from '../../../domain/upcast.ts';
import type { Codec } from '../../../ports/event-log/codec.ts';
import type { EventLog, Position, StoredEvent } from '../../../ports/event-log/port.ts';
import { distance, sortable } from '../../../ports/event-log/position.ts';
import type { Document, ViewStore } from '../../../ports/views/port.ts';
import { startSqliteViews } from '../../../ports/views/sqlite.ts';
import { foldBatch, type ProjectEvent } from '../../../projections/folding/fold.ts';
import { followActiveVersions } from '../../../projections/progress/active-versions.ts';
import type { AnyProjector } from '../../../projections/projection.ts';
import { projectors } from '../../../projections/read-models/projectors.ts';
import { cataloguedViews } from '../../analytics/catalogue.ts';
import { withoutWords } from '../../analytics/without-words.ts';
import { ControlFailure, type OperationRequest } from '../protocol.ts';
import { paceOf } from './paced.ts';
import type { ViewLine } from './protocol.ts';

const BATCH_EVENTS_MAX = 200;
/** Of several streams all events are held at once, to be put in order. */
const HELD_EVENTS_MAX = 100_000;

type Dependencies = {
  readonly log: Pick<EventLog, 'logs' | 'head' | 'readStream' | 'subscribe'>;
  readonly codec: Pick<Codec, 'decodeAll'>;
  readonly stored: Pick<ViewStore, 'load'>;
};
type Request = OperationRequest<'show-view'>;
type Batch = readonly Recorded<TidingsEvent>[];

export async function* showView(dependencies: Dependencies, request: Request, signal: AbortSignal): AsyncIterable<ViewLine> {
  const { collection, id, replay } = request;
  const projector: AnyProjector | undefined = projectors.find(({ indexes }) => collection in indexes);
  if (projector === undefined)
    throw new ControlFailure(
      'unknown',
      `No view is called ${collection}; there are ${cataloguedViews()
        .map((view) => view.collection)
        .join(', ')}.`,
    );
  const streams = replay ? [] : await sourcesOf(dependencies, collection, id);
  if (!replay && streams.length === 0) {
    yield { is: 'needs-replay', positions: await lengthOf(dependencies.log) };
    return;
  }
  const batches = replay ? everything(dependencies, projector, request, signal) : ofStreams(dependencies, projector, { streams, request }, signal);
  await using folding = await foldingInto(projector);
  let [events, at] = [0, null as string | null];
  for await (const batch of batches) {
    await folding.fold(batch);
    events += batch.length;
    at = batch.reduce((latest, { metadata }) => (latest === null || metadata.at > latest ? metadata.at : latest), at);
    yield { is: 'progress', events };
  }
  const document = await folding.views.get<Document>(collection, id);
  yield { is: 'document', document: document === undefined ? null : shownOf(document, request), events, streams: streams.length, at };
}

function shownOf({ position: _position, ...document }: Document, { collection, personal }: Request): Document {
  const schema = cataloguedViews().find((view) => view.collection === collection)?.schema ?? {};
  return personal === 'revealed' ? document : withoutWords(document, schema);
}

/** The streams whose revisions the document, or what is left of it, remembers. */
async function sourcesOf({ log, codec, stored }: Dependencies, collection: string, id: string): Promise<readonly string[]> {
  await using versions = await followActiveVersions({ log, decode: (events) => codec.decodeAll(events) }, projectors);
  const [loaded] = await stored.load(versions.physicalCollectionOf(collection), [id]);
  if (loaded === undefined || (loaded.version === 0 && loaded.document === undefined)) throw new ControlFailure('unknown', `${collection} never had ${id}.`);
  return Object.keys(loaded.seen);
}

async function lengthOf(log: Dependencies['log']): Promise<number> {
  const heads = await Promise.all(log.logs.map((name) => log.head(name)));
  return heads.reduce((sum, head) => sum + (head === undefined ? 0 : distance(undefined, head)), 0);
}

/** One stream is in order as it is read; several are put in the order of the log. */
async function* ofStreams(
  { log, codec }: Dependencies,
  projector: AnyProjector,
  { streams, request }: { readonly streams: readonly string[]; readonly request: Request },
  signal: AbortSignal,
): AsyncIterable<Batch> {
  const types = new Set(writtenAs(projector.handles));
  const pace = paceOf(request.share, signal);
  let held: StoredEvent[] = [];
  for (const stream of streams) {
    pace.begin();
    for await (const event of log.readStream(stream)) {
      signal.throwIfAborted();
      if (types.has(event.type)) held.push(event);
      if (held.length > HELD_EVENTS_MAX) throw new ControlFailure('failed', `Its streams have more than ${HELD_EVENTS_MAX} events: ask for it with --replay.`);
      if (streams.length > 1 || held.length < BATCH_EVENTS_MAX) continue;
      yield await decoded(codec, held, request);
      held = [];
      pace.end();
      await pace.pause();
      pace.begin();
    }
    pace.end();
  }
  const ordered = streams.length === 1 ? held : held.toSorted((a, b) => (sortable(a.position) < sortable(b.position) ? -1 : 1));
  for (let from = 0; from < ordered.length; from += BATCH_EVENTS_MAX) yield await decoded(codec, ordered.slice(from, from + BATCH_EVENTS_MAX), request);
}

async function* everything({ log, codec }: Dependencies, projector: AnyProjector, request: Request, signal: AbortSignal): AsyncIterable<Batch> {
  const pace = paceOf(request.share, signal);
  const over = new AbortController();
  const options = { types: writtenAs(projector.handles), batchEventsMax: BATCH_EVENTS_MAX, signal: AbortSignal.any([signal, over.signal]) };
  for (const name of log.logs) {
    if ((await log.head(name)) === undefined) continue;
    pace.begin();
    for await (const { events, caughtUp } of log.subscribe(name, options)) {
      yield await decoded(codec, events, request);
      if (caughtUp) break;
      pace.end();
      await pace.pause();
      pace.begin();
    }
  }
  over.abort();
}

async function decoded(codec: Dependencies['codec'], stored: readonly StoredEvent[], { at }: Request): Promise<Batch> {
  const events = (await codec.decodeAll(stored)).filter((event) => !(event instanceof Error)) as Batch;
  return at === undefined ? events : events.filter(({ metadata }) => metadata.at <= at);
}

type Folding = AsyncDisposable & { readonly views: ViewStore; fold(batch: Batch): Promise<void> };

/** As a runner folds, into views of its own. */
async function foldingInto(projector: AnyProjector): Promise<Folding> {
  const folder = await mkdtemp(join(tmpdir(), 'tidings-as-it-was-'));
  const views = await startSqliteViews(join(folder, 'views.sqlite'));
  const definition = { project: projector.project as ProjectEvent, collections: Object.keys(projector.indexes), physical: (collection: string) => collection };
  await views.prepare(Object.fromEntries(Object.entries(projector.indexes).map(([collection, indexes]) => [collection, { indexes }])));
  let from: string | undefined;
  return {
    views,
    fold: async (batch) => {
      if (batch.length === 0) return;
      const { writes, unprocessable } = await foldBatch(views, definition, batch);
      for (const { error } of unprocessable.values()) throw error;
      const to = batch.at(-1)?.position as Position;
      await views.commit({ projection: projector.name, from, to, writes });
      from = to;
    },
    [Symbol.asyncDispose]: async () => {
      await views[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
