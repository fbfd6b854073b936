/**
 * The documents of one batch in memory. A fold first only names the documents it needs (`collectKeys`), then they are loaded together
 * and folded (`foldDocuments`), and at the end there is one write for each document that changed.
 */
import type { Position } from '../../ports/event-log/port.ts';
import { sortable } from '../../ports/event-log/position.ts';
import type { Document, DocumentWrite, LoadedDocument, Scalar, SourceRevisions } from '../../ports/views/port.ts';
import type { Collection, Collections } from '../projection.ts';

type AnyCollections = Collections<Readonly<Record<string, Document>>>;
type AnyCollection = Collection<Document>;

/** `created`: those among them that the fold creates before it changes them. */
export type NeededIds = { readonly needed: ReadonlySet<string>; readonly created: ReadonlySet<string> };

/** Learns which documents a fold needs. */
export function collectKeys(collections: readonly string[]): { readonly views: AnyCollections; readonly ids: ReadonlyMap<string, NeededIds> } {
  const ids = new Map(collections.map((collection) => [collection, { needed: new Set<string>(), created: new Set<string>() }]));
  const collecting = ({ needed, created }: { readonly needed: Set<string>; readonly created: Set<string> }): AnyCollection => ({
    update: (id) => {
      needed.add(id);
      return 'unchanged';
    },
    create: (id) => {
      if (!needed.has(id)) created.add(id);
      needed.add(id);
      return 'unchanged';
    },
    forget: (id) => {
      needed.add(id);
      return 'unchanged';
    },
    merge: (id) => void needed.add(id),
    mergeExisting: (id) => void needed.add(id),
    increment: () => undefined,
    patch: () => undefined,
  });
  return { ids, views: Object.fromEntries([...ids].map(([collection, its]) => [collection, collecting(its)])) };
}

export type FoldSession = {
  readonly views: AnyCollections;
  /** Documents that change from now on change at this position. */
  setPosition(position: Position): void;
  writes(): readonly DocumentWrite[];
};

/** `physical` names a collection as the views know it. */
export function foldDocuments(loaded: ReadonlyMap<string, readonly LoadedDocument[]>, physical: (collection: string) => string): FoldSession {
  const current: FoldPosition = { position: undefined };
  const working = new Map([...loaded].map(([collection, documents]) => [collection, collectionOf(physical(collection), documents, current)]));
  return {
    views: Object.fromEntries([...working].map(([name, { collection }]) => [name, collection])),
    setPosition: (position) => {
      current.position = position;
    },
    writes: () => [...working.values()].flatMap((one) => one.writes()),
  };
}

type FoldPosition = { position: Position | undefined };

type WorkingCollection = { readonly collection: AnyCollection; writes(): readonly DocumentWrite[] };

type WorkingDocument = {
  readonly id: string;
  document: Document | undefined;
  seen: SourceRevisions;
  readonly version: number;
  changedAt: Position | undefined;
  forgets?: true;
};

/** In place of the revisions that a document has seen: it is gone for good, whatever comes of any stream. No stream is called so. */
const FORGOTTEN = '(forgotten)';

/** One collection's documents of this batch, and the writes that store their changes. */
function collectionOf(name: string, documents: readonly LoadedDocument[], current: FoldPosition): WorkingCollection {
  const working = new Map<string, WorkingDocument>();
  for (const { id, document, seen, version } of documents) working.set(id, { id, document, seen, version, changedAt: undefined });
  const increments = new Map<string, Increment>();
  const patches: Extract<DocumentWrite, { kind: 'patch' }>[] = [];

  const loadedDocument = (id: string): WorkingDocument => {
    const found = working.get(id);
    if (found === undefined) throw new Error(`A fold named ${id} of ${name} only after it had read: the documents it names may not depend on what it reads.`);
    return found;
  };

  const collection: AnyCollection = {
    update: (id, source, fold) => {
      const stored = loadedDocument(id);
      if ((stored.seen[source.stream] ?? -1) >= source.revision || FORGOTTEN in stored.seen) return 'unchanged';
      const before = stored.document;
      const after = fold(before);
      if (after === before && after !== undefined && isOnlySource(stored.seen, source.stream)) return 'unchanged';
      stored.seen = { ...stored.seen, [source.stream]: source.revision };
      stored.document = after;
      stored.changedAt = current.position;
      if (before === undefined) return after === undefined ? 'unchanged' : 'created';
      return after === undefined ? 'removed' : 'changed';
    },

    create: (id, source, fold) => collection.update(id, source, fold),

    forget: (id, source, fold) => {
      const change = collection.update(id, source, fold);
      const stored = loadedDocument(id);
      if (change === 'changed' || change === 'removed') stored.forgets = true;
      if (stored.document === undefined) stored.seen = { [FORGOTTEN]: 0 };
      return change;
    },

    merge: (id, fold) => {
      const stored = loadedDocument(id);
      stored.document = fold(stored.document);
      stored.changedAt = current.position;
    },

    mergeExisting: (id, fold) => {
      const stored = loadedDocument(id);
      const after = stored.document && fold(stored.document);
      if (after === stored.document) return;
      stored.document = after;
      stored.changedAt = current.position;
    },

    increment: (id, by) => {
      const sums: Record<string, number> = increments.get(id)?.by ?? {};
      for (const [field, amount] of Object.entries(by)) sums[field] = (sums[field] ?? 0) + amount;
      increments.set(id, { by: sums, changedAt: current.position });
    },

    patch: (where, set) => {
      patches.push({ kind: 'patch', collection: name, where, set: { ...set, ...positionField(current.position) } });
      for (const stored of working.values()) {
        if (stored.document === undefined || !matches(stored.document, where)) continue;
        stored.document = { ...stored.document, ...set };
        stored.changedAt = current.position;
      }
    },
  };
  return {
    collection,
    writes: () => {
      const puts = [...putsOf(name, working)];
      if (patches.length === 0) return [...incrementsOf(name, increments), ...puts];
      // A patch also changes the stored form of the documents in memory: they are written again after it, at whatever version it left them.
      return [...puts, ...patches, ...incrementsOf(name, increments), ...puts.map(({ expectedVersion: _stale, ...put }) => put)];
    },
  };
}

type Increment = { readonly by: Record<string, number>; readonly changedAt: Position | undefined };

function* incrementsOf(collection: string, increments: ReadonlyMap<string, Increment>): Iterable<DocumentWrite> {
  for (const [id, { by, changedAt }] of increments) yield { kind: 'increment', collection, id, by, ...positionField(changedAt) };
}

function* putsOf(collection: string, working: ReadonlyMap<string, WorkingDocument>): Iterable<Extract<DocumentWrite, { kind: 'put' | 'remove' }>> {
  for (const { id, document, seen, version: expectedVersion, changedAt, forgets } of working.values()) {
    if (changedAt === undefined) continue;
    const replacing = { collection, id, seen, expectedVersion, ...(forgets === true && { forgets }) };
    if (document === undefined) yield { kind: 'remove', ...replacing, ...positionField(changedAt) };
    else yield { kind: 'put', ...replacing, document: { ...document, ...positionField(changedAt) } };
  }
}

const positionField = (position: Position | undefined): { readonly position?: string } => (position === undefined ? {} : { position: sortable(position) });

const matches = (document: Document, where: Readonly<Record<string, Scalar>>): boolean =>
  Object.entries(where).every(([field, value]) => (document[field] ?? null) === value);

function isOnlySource(seen: SourceRevisions, stream: string): boolean {
  for (const source in seen) if (source !== stream) return false;
  return true;
}
