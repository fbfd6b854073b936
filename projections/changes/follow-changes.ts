/**
 * The documents of a projection as they change, for workers outside. Nothing is written for it: the log tells which documents an event
 * concerns, and these are read once the projection has passed the event. So a document that changed several times in between is told
 * once, as it is by then; none is left out, and what is told of one document is never older than what was told before.
 */
import { writtenAs } from '../../domain/upcast.ts';
import type { Recorded } from '../../domain/shared/event.ts';
import type { Instant } from '../../domain/shared/instant.ts';
import type { EventLog, Position, StoredEvent } from '../../ports/event-log/port.ts';
import type { CacheTally } from '../../ports/cache-tallies.ts';
import { covers, merge } from '../../ports/event-log/position.ts';
import type { Document, DocumentQuery, ViewStore } from '../../ports/views/port.ts';
import type { Decode } from '../dependencies.ts';
import type { ProjectEvent } from '../folding/fold.ts';
import type { BuildId } from '../progress/names.ts';
import type { AnyProjector } from '../projection.ts';
import type { ActiveViews } from '../view-access/active-views.ts';
import type { WaitForViews } from '../view-access/wait-for-views.ts';
import type { ChangesCursor } from './cursor.ts';
import { mergeSubscriptions } from './merge-subscriptions.ts';
import { namedDocuments, type NamedDocuments } from './named-documents.ts';
import { shareNames, type NamedEvent, type NamesOf } from './shared-names.ts';

/** `document` is undefined where it was removed. `version` grows, as text, with each change of the document, also from one build to the next. */
export type DocumentChange = { readonly collection: string; readonly id: string; readonly version: string; readonly document: Document | undefined };

/** `cursor`: everything until then was told; several batches may have the same, for what a few events concern goes together. `at`: of the event that it stands behind; absent in the listing of what there is. */
export type ChangeBatch = { readonly changes: readonly DocumentChange[]; readonly cursor: ChangesCursor; readonly at?: Instant; readonly caughtUp: boolean };

export type FollowOptions = {
  /** From the beginning where it is absent: first every document that there is. */
  readonly after?: ChangesCursor | undefined;
  /** Of these collections. */
  readonly collections: ReadonlySet<string>;
  /** Only the documents whose ids are wanted; others aren't read. */
  readonly isWanted: (collection: string, id: string) => boolean;
  readonly signal: AbortSignal;
};

export type ProjectionChanges = { readonly follow: (projector: string, options: FollowOptions) => AsyncGenerator<ChangeBatch, void, undefined> };

export type ChangesDependencies = {
  readonly log: Pick<EventLog, 'logs' | 'subscribe' | 'readStream' | 'head'>;
  readonly decode: Decode;
  /** Counts what another subscriber of this process has asked about already. */
  readonly decodedEvents?: CacheTally | undefined;
  readonly stored: Pick<ViewStore, 'load' | 'pluck'>;
  /** Refuses where a build has never caught up. */
  readonly views: Pick<ActiveViews<Readonly<Record<string, Document>>>, 'getMany'>;
  readonly collectionOf: (collection: string) => string;
  readonly buildOf: (projector: string) => BuildId;
  readonly positionOf: (projector: string) => Promise<Position | undefined>;
  readonly waitForViews: WaitForViews;
};

/** So many documents that are wanted are told at once, of so many events at most. */
const WANTED_AT_ONCE = 20;
const EVENTS_AT_ONCE = 200;
const DOCUMENTS_AT_ONCE = 100;
const RELEASED = 'operations.event-resolved.v1';
const WAIT_MS = 60_000;
const [VERSION_DIGITS, BUILD_DIGITS, DOCUMENT_DIGITS] = [4, 6, 12];

export function createProjectionChanges(dependencies: ChangesDependencies, projectors: readonly AnyProjector[]): ProjectionChanges {
  const namesOfAll = shareNames(dependencies.decode, ({ type }) => type !== RELEASED, dependencies.decodedEvents);
  return {
    follow: (name, options) => {
      const projector = projectors.find((one) => one.name === name);
      if (projector === undefined) throw new TypeError(`There is no projector ${name}.`);
      return follow({ ...dependencies, namesOfAll }, projector, options);
    },
  };
}

async function* follow(
  dependencies: ChangesDependencies & { readonly namesOfAll: NamesOf },
  projector: AnyProjector,
  { after, collections, isWanted, signal }: FollowOptions,
): AsyncGenerator<ChangeBatch, void, undefined> {
  const { log, namesOfAll, views, waitForViews } = dependencies;
  const offered = Object.keys(projector.indexes).filter((collection) => collections.has(collection));
  for (const collection of offered.slice(0, 1)) await views.getMany(collection, []); // refuses where the projection isn't built
  const read = (collection: string, ids: readonly string[]) => readDocuments(dependencies, projector.name, collection, ids);

  let cursor = after ?? (await startOf(dependencies, projector.name, offered));
  if (cursor.listing !== undefined) {
    for await (const batch of listDocuments(dependencies, { cursor, offered, isWanted, read })) {
      if (signal.aborted) return;
      yield batch;
      ({ cursor } = batch);
    }
  }

  const types = [...writtenAs(projector.handles), RELEASED];
  for await (const { events, position, caughtUp } of mergeSubscriptions(log, { after: cursor.position, types, signal })) {
    const own = await namesOfAll(events, { of: `${projector.name}@${projector.version}`, name: (event) => namesOf(dependencies, projector, event) });
    const last = own.at(-1);
    if (last !== undefined) await passed(waitForViews, projector.name, last.position, signal);
    if (signal.aborted) return;
    const wantedIn = ({ ids }: NamedDocuments) => offered.flatMap((collection) => [...(ids.get(collection) ?? [])].filter((id) => isWanted(collection, id)));
    for (const { named, end } of nameTogether(own, (names) => wantedIn(names).length)) {
      const { at } = end;
      for await (const batch of changesOf(dependencies, { cursor, named, event: end.position, offered, isWanted, read })) {
        if (signal.aborted) return;
        yield { ...batch, at, caughtUp: false };
      }
      cursor = reached(cursor, end.position);
      yield { changes: [], cursor, at, caughtUp: false };
    }
    cursor = reached(cursor, position);
    yield { changes: [], cursor, caughtUp };
  }
}

const startOf = async ({ positionOf }: ChangesDependencies, projector: string, offered: readonly string[]): Promise<ChangesCursor> => ({
  position: await positionOf(projector),
  ...(offered[0] !== undefined && { listing: { collection: offered[0], after: '' } }),
});

/** How far an event of another log is told stays. */
function reached({ position: before, condition }: ChangesCursor, until: Position | undefined): ChangesCursor {
  const position = merge(before, until);
  return { position, ...(condition !== undefined && !covers(position, condition.event) && { condition }) };
}

async function passed(waitForViews: WaitForViews, projector: string, position: Position, signal: AbortSignal): Promise<void> {
  while (!signal.aborted && !(await waitForViews([projector], position, { deadlineMs: WAIT_MS, signal })));
}

type Reading = {
  readonly cursor: ChangesCursor;
  readonly offered: readonly string[];
  readonly isWanted: FollowOptions['isWanted'];
  readonly read: (collection: string, ids: readonly string[]) => Promise<readonly DocumentChange[]>;
};

/** Every document that there is, by collection and id. What changes meanwhile is told again by the events from `position` on. */
async function* listDocuments(dependencies: ChangesDependencies, { cursor, offered, isWanted, read }: Reading): AsyncGenerator<ChangeBatch, void, undefined> {
  const { position, listing } = cursor;
  const from = offered.indexOf(listing?.collection ?? '');
  for (const collection of offered.slice(Math.max(from, 0))) {
    let after = collection === listing?.collection ? listing.after : '';
    for await (const ids of pagesOfIds(dependencies, collection, {}, after)) {
      after = ids.at(-1) ?? after;
      yield {
        changes: await read(
          collection,
          ids.filter((id) => isWanted(collection, id)),
        ),
        cursor: { position, listing: { collection, after } },
        caughtUp: false,
      };
    }
  }
  yield { changes: [], cursor: { position }, caughtUp: false };
}

/** What these events concern. An event that changes whatever fulfils a condition is told in pages, between which the cursor says how far. */
async function* changesOf(
  dependencies: ChangesDependencies,
  { cursor, named, event, offered, isWanted, read }: Reading & { readonly named: NamedDocuments; readonly event: Position },
): AsyncGenerator<Pick<ChangeBatch, 'changes' | 'cursor'>, void, undefined> {
  for (const collection of offered) {
    const ids = [...(named.ids.get(collection) ?? [])].filter((id) => isWanted(collection, id));
    for (let from = 0; from < ids.length; from += DOCUMENTS_AT_ONCE) {
      yield { changes: await read(collection, ids.slice(from, from + DOCUMENTS_AT_ONCE)), cursor };
    }
  }
  for (const [index, { collection, where }] of named.conditions.entries()) {
    const begun = cursor.condition?.event === event ? cursor.condition : undefined;
    if (!offered.includes(collection) || (begun !== undefined && begun.index > index)) continue;
    for await (const ids of pagesOfIds(dependencies, collection, where, begun?.index === index ? begun.after : '')) {
      const changes = await read(
        collection,
        ids.filter((id) => isWanted(collection, id)),
      );
      yield { changes, cursor: { position: cursor.position, condition: { event, index, after: ids.at(-1) ?? '' } } };
    }
  }
}

async function* pagesOfIds(
  { stored, collectionOf }: ChangesDependencies,
  collection: string,
  where: NonNullable<DocumentQuery['where']>,
  after: string,
): AsyncGenerator<readonly string[], void, undefined> {
  for (let last = after; ;) {
    const range = { field: '_id', after: last };
    const ids = await stored.pluck(collectionOf(collection), '_id', { where, range, order: { _id: 1 }, limit: DOCUMENTS_AT_ONCE });
    if (ids.length > 0) yield ids;
    if (ids.length < DOCUMENTS_AT_ONCE) return;
    last = ids.at(-1) ?? last;
  }
}

async function readDocuments(
  { stored, collectionOf, buildOf }: ChangesDependencies,
  projector: string,
  collection: string,
  ids: readonly string[],
): Promise<readonly DocumentChange[]> {
  if (ids.length === 0) return [];
  const { version, build } = buildOf(projector);
  const prefix = `${String(version).padStart(VERSION_DIGITS, '0')}.${String(build).padStart(BUILD_DIGITS, '0')}`;
  const found = await stored.load(collectionOf(collection), ids);
  // A document that never was has no version: the event that named it made none.
  return found.flatMap(({ id, document, version: ofDocument }) =>
    ofDocument === 0 ? [] : [{ collection, id, version: `${prefix}.${String(ofDocument).padStart(DOCUMENT_DIGITS, '0')}`, document }],
  );
}

/** What some events concern that follow one another, and the last of them. */
type Named = { readonly named: NamedDocuments; readonly end: NamedEvent };

/** An event with a condition is alone, so that a cursor can stand within it; of others a few go together. */
function* nameTogether(events: readonly NamedEvent[], wantedOf: (named: NamedDocuments) => number): Generator<Named, void, undefined> {
  let together: { named: NamedDocuments; end: NamedEvent; events: number; wanted: number } | undefined;
  for (const end of events) {
    const { named } = end;
    if (named.conditions.length > 0) {
      if (together !== undefined) yield together;
      together = undefined;
      yield { named, end };
    } else {
      const wanted = wantedOf(named);
      // What nobody wants is passed over with the others.
      const names = wanted === 0 && together !== undefined ? together.named : together === undefined ? named : mergeIds(together.named, named);
      together = { named: names, end, events: (together?.events ?? 0) + 1, wanted: (together?.wanted ?? 0) + wanted };
      if (together.events < EVENTS_AT_ONCE && together.wanted < WANTED_AT_ONCE) continue;
      yield together;
      together = undefined;
    }
  }
  if (together !== undefined) yield together;
}

const mergeIds = (one: NamedDocuments, other: NamedDocuments): NamedDocuments => ({
  ids: new Map([...one.ids].map(([collection, ids]) => [collection, new Set([...ids, ...(other.ids.get(collection) ?? [])])])),
  conditions: [],
});

/** A dead letter that was released concerns what the events concern that waited behind it. */
async function namesOf({ log, decode }: ChangesDependencies, projector: AnyProjector, event: Recorded): Promise<NamedDocuments> {
  const collections = Object.keys(projector.indexes);
  const project = projector.project as ProjectEvent;
  if (event.type !== RELEASED) return namedDocuments(project, collections, [event]);
  const { projection, stream, revision } = event.data as { readonly projection: string; readonly stream: string; readonly revision: number };
  const handled = new Set(writtenAs(projector.handles));
  const waiting: StoredEvent[] = [];
  if (projection === projector.name) for await (const one of log.readStream(stream, { from: revision })) if (handled.has(one.type)) waiting.push(one);
  const decoded = (await decode(waiting)).flatMap((one) => (one instanceof Error ? [] : [one]));
  return namedDocuments(project, collections, decoded);
}
