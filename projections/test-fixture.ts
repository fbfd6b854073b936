/** For the tests of projections: a real log, real views and the real codec in a temporary folder; and projectors folded without a log. */
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { sealing, type TidingsEvent } from '../domain/events.ts';
import { erased, type Recorded, type Sealing } from '../domain/shared/event.ts';
import { openEventStore } from '../event-store/open.ts';
import { createCodec, type Codec } from '../ports/event-log/codec.ts';
import { startEmbeddedLog } from '../ports/event-log/embedded.ts';
import { openKeyring } from '../ports/event-log/keyring.ts';
import type { EventLog, Position } from '../ports/event-log/port.ts';
import { positionAt } from '../ports/event-log/position.ts';
import { evenSlotTable } from '../ports/event-log/slots.ts';
import { partitionedLog } from '../ports/event-log/partitioned.ts';
import { startSqliteVault } from '../ports/vault/sqlite.ts';
import type { Document, ViewStore } from '../ports/views/port.ts';
import { startSqliteViews } from '../ports/views/sqlite.ts';
import type { ProjectionsDependencies, ProjectionsEvent } from './dependencies.ts';
import { foldBatch, type ProjectEvent } from './folding/fold.ts';
import { physicalCollection } from './progress/names.ts';
import type { AnyProjector } from './projection.ts';
import { at, type History } from './testing/history.ts';
import { postEdited, postPublished } from './testing/small-projections.ts';

export { at };

export type ProjectionsFixture = AsyncDisposable & {
  readonly log: EventLog;
  readonly views: ViewStore;
  readonly codec: Codec;
  readonly reported: ProjectionsEvent[];
  readonly dependencies: Omit<ProjectionsDependencies, 'decodeShared' | 'written'>;
  append(stream: string, ...events: readonly TidingsEvent[]): Promise<Position>;
};

const METADATA = { $correlationId: 'test', actor: 'system:test', at, command: 'test', request: 'test' };

/** Several logs have equal shares of the slots, as several clusters do. */
export async function givenLog({ logs = 1 }: { readonly logs?: number } = {}): Promise<ProjectionsFixture> {
  const folder = await mkdtemp(join(tmpdir(), 'tidings-projections-'));
  const stores = await Promise.all(Array.from({ length: logs }, (_, number) => openEventStore(join(folder, `events-${number}`), { noSync: true })));
  const log = partitionedLog(
    stores.map((store, number) => startEmbeddedLog(store, { log: number, name: `log-${number}` })),
    evenSlotTable(logs),
  );
  const vault = await startSqliteVault(join(folder, 'vault.sqlite'));
  const views = await startSqliteViews(join(folder, 'views.sqlite'));
  const codec = createCodec(openKeyring(vault), () => at);
  const reported: ProjectionsEvent[] = [];

  const append = async (stream: string, ...events: readonly TidingsEvent[]): Promise<Position> => {
    for (;;) {
      let expected: number | 'no-stream' = 'no-stream';
      for await (const { revision } of log.readStream(stream, { from: 'end', direction: 'backwards', limit: 1 })) expected = revision;
      const encoded = await Promise.all(events.map(async (event) => await codec.encode(stream, { id: randomUUID(), event, metadata: METADATA })));
      const appended = await log.append(stream, encoded, expected);
      if (appended.outcome === 'appended') return appended.position;
    }
  };

  return {
    log,
    views,
    codec,
    reported,
    append,
    dependencies: {
      log,
      views,
      decode: (stored) => codec.decodeAll(stored),
      clock: () => at,
      report: (report) => void reported.push(report),
      appendOperations: async (stream, event) => void (await append(stream, event)),
    },
    [Symbol.asyncDispose]: async () => {
      await views[Symbol.asyncDispose]();
      await vault[Symbol.asyncDispose]();
      await log[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** As after the loss of all views. */
export async function emptyViews(): Promise<AsyncDisposable & { readonly views: ViewStore }> {
  const folder = await mkdtemp(join(tmpdir(), 'tidings-views-'));
  const views = await startSqliteViews(join(folder, 'views.sqlite'));
  return {
    views,
    [Symbol.asyncDispose]: async () => {
      await views[Symbol.asyncDispose]();
      await rm(folder, { recursive: true });
    },
  };
}

/** Posts `p<from>` and so on, each published and edited. Answers the last position. */
export async function appendPosts({ append }: Pick<ProjectionsFixture, 'append'>, posts: number, from = 0): Promise<Position> {
  let position = '' as Position;
  for (let i = from; i < from + posts; i += 1) position = await append(`post-p${i}`, postPublished(`p${i}`), postEdited(`p${i}`, 'b'));
  return position;
}

const WAIT_MAX_MS = 60_000;

/** Polls until the condition holds. */
export async function waitUntil(holds: () => Promise<boolean> | boolean): Promise<void> {
  for (const end = performance.now() + WAIT_MAX_MS; !(await holds()); await delay(5)) {
    if (performance.now() > end) throw new Error(`The condition did not hold within ${WAIT_MAX_MS} ms: ${holds.toString()}`);
  }
}

/** As the events would come from the log; an event's index in the list is its position. */
export function recordedEvents(
  events: readonly { readonly stream: string; readonly revision: number; readonly event: TidingsEvent }[],
): readonly Recorded<TidingsEvent>[] {
  return events.map(({ stream, revision, event }, index) => ({
    ...event,
    id: `${stream}@${revision}`,
    stream,
    key: stream.slice(stream.indexOf('-') + 1),
    revision,
    position: positionAt(0, index),
    metadata: METADATA,
  }));
}

/** One stream after another. */
export const inStreamOrder = (history: History) =>
  recordedEvents(Object.entries(history).flatMap(([stream, events]) => events.map((event, revision) => ({ stream, revision, event }))));

/** The streams interleaved: each choice picks the next stream among those that have events left. */
export function interleaved(history: History, choices: readonly number[]) {
  const left = Object.entries(history).map(([stream, events]) => ({ stream, events, revision: 0 }));
  const mixed: { stream: string; revision: number; event: TidingsEvent }[] = [];
  for (let turn = 0; left.length > 0; turn += 1) {
    const index = (choices[turn % Math.max(1, choices.length)] ?? 0) % left.length;
    const one = left[index];
    const event = one?.events[one.revision];
    if (one === undefined || event === undefined) left.splice(index, 1);
    else mixed.push({ stream: one.stream, revision: one.revision++, event });
  }
  return recordedEvents(mixed);
}

/** As the codec decodes after an erasure: the person's key is gone, so the personal fields of all later events are erased. */
export function withErasures(events: readonly Recorded<TidingsEvent>[]): readonly Recorded<TidingsEvent>[] {
  const erasedPeople = new Set<string>();
  return events.map((event) => {
    if (event.type === 'people.person-erased.v1') erasedPeople.add(event.key);
    const personal = Object.entries(sealing[event.type] as Sealing);
    const data = Object.entries(event.data).map(([field, value]) => {
      const subject = personal.find(([name]) => name === field)?.[1];
      const owner = subject === '$key' ? event.key : (event.data as Record<string, unknown>)[subject ?? ''];
      return [field, erasedPeople.has(String(owner)) ? erased : value];
    });
    return { ...event, data: Object.fromEntries(data) } as Recorded<TidingsEvent>;
  });
}

export type DocumentsByCollection = Readonly<Record<string, Readonly<Record<string, Document>>>>;

type Batches = readonly (readonly Recorded<TidingsEvent>[])[];

/** Folds batches as a runner does, and answers every document, without the positions. */
export async function foldedDocuments(views: ViewStore, projector: AnyProjector, batches: Batches): Promise<DocumentsByCollection> {
  const physical = await foldInto(views, projector, batches);
  const found = await Promise.all(Object.keys(projector.indexes).map(async (collection) => [collection, await allOf(views, physical(collection))] as const));
  return Object.fromEntries(found);
}

/** Folds batches as a runner does, and answers where its collections are. */
export async function foldInto(views: ViewStore, projector: AnyProjector, batches: Batches): Promise<(collection: string) => string> {
  const build = { version: projector.version, build: nextBuild++ };
  const physical = (collection: string) => physicalCollection(collection, build);
  const collections = Object.keys(projector.indexes);
  await views.prepare(Object.fromEntries(collections.map((collection) => [physical(collection), { indexes: projector.indexes[collection] ?? [] }])));
  let from: string | undefined;
  for (const [turn, batch] of batches.entries()) {
    const handled = batch.filter(({ type }) => projector.handles.includes(type));
    const { writes, unprocessable } = await foldBatch(views, { project: projector.project as ProjectEvent, collections, physical }, handled);
    for (const { error } of unprocessable.values()) throw error;
    await views.commit({ projection: `test${build.build}`, from, to: String(turn), writes });
    from = String(turn);
  }
  return physical;
}

let nextBuild = 1;

export async function allOf(views: ViewStore, collection: string): Promise<Readonly<Record<string, Document>>> {
  const documents = await views.find(collection, { order: { _id: 1 }, limit: 1_000 });
  return Object.fromEntries(documents.map(({ _id, position: _position, ...document }) => [_id, document]));
}
