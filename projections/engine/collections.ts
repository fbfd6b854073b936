/**
 * The documents of one batch in memory. First they are only named (`naming`), then loaded at once, then folded (`folding`), and
 * at the end there is one write for each that changed.
 */
import type { Position } from '../../ports/event-log/port.ts';
import { sortable } from '../../ports/event-log/position.ts';
import type { Document, LoadedDocument, Scalar, SourceRevisions, DocumentWrite } from '../../ports/views/port.ts';
import type { Collection, Collections } from '../projection.ts';

type AnyCollections = Collections<Readonly<Record<string, Document>>>;
type AnyCollection = Collection<Document>;

type WorkingDocument = {
  readonly id: string;
  document: Document | undefined;
  seen: SourceRevisions;
  readonly version: number;
  changedAt: Position | undefined;
};

/** Learns which documents a fold needs. */
export function collectKeys(collections: readonly string[]): { readonly views: AnyCollections; readonly ids: ReadonlyMap<string, ReadonlySet<string>> } {
  const ids = new Map(collections.map((collection) => [collection, new Set<string>()]));
  const name = (named: Set<string>): AnyCollection => ({
    update: (id) => {
      named.add(id);
      return 'unchanged';
    },
    merge: (id) => void named.add(id),
    increment: () => undefined,
    patch: () => undefined,
  });
  return { ids, views: Object.fromEntries([...ids].map(([collection, named]) => [collection, name(named)])) };
}

export type FoldSession = {
  readonly views: AnyCollections;
  /** The position that what changes from now on changes at. */
  at(position: Position): void;
  writes(): readonly DocumentWrite[];
};

/** `physical` names a collection as the views know it. */
export function foldDocuments(loaded: ReadonlyMap<string, readonly LoadedDocument[]>, physical: (collection: string) => string): FoldSession {
  const now: FoldPosition = { position: undefined };
  const memories = new Map([...loaded].map(([collection, documents]) => [collection, collectionOf(physical(collection), documents, now)]));
  return {
    views: Object.fromEntries([...memories].map(([collection, memory]) => [collection, memory.collection])),
    at: (position) => {
      now.position = position;
    },
    writes: () => [...memories.values()].flatMap((memory) => memory.writes()),
  };
}

type FoldPosition = { position: Position | undefined };

type WorkingCollection = { readonly collection: AnyCollection; writes(): readonly DocumentWrite[] };

/** One collection's documents of this batch, and what is to be written of them. */
function collectionOf(name: string, documents: readonly LoadedDocument[], now: FoldPosition): WorkingCollection {
  const known = new Map<string, WorkingDocument>();
  for (const { id, document, seen, version } of documents) known.set(id, { id, document, seen, version, changedAt: undefined });
  const increments = new Map<string, Record<string, number>>();
  const patches: Extract<DocumentWrite, { kind: 'patch' }>[] = [];

  const named = (id: string): WorkingDocument => {
    const held = known.get(id);
    if (held === undefined) throw new Error(`A fold named ${id} of ${name} only after it had read: the documents it names may not depend on what it reads.`);
    return held;
  };

  const collection: AnyCollection = {
    update: (id, source, fold) => {
      const held = named(id);
      if ((held.seen[source.stream] ?? -1) >= source.revision) return 'unchanged';
      const before = held.document;
      const after = fold(before);
      if (after === before && after !== undefined && isOnlySource(held.seen, source.stream)) return 'unchanged';
      held.seen = { ...held.seen, [source.stream]: source.revision };
      held.document = after;
      held.changedAt = now.position;
      if (before === undefined) return after === undefined ? 'unchanged' : 'created';
      return after === undefined ? 'removed' : 'changed';
    },

    merge: (id, fold) => {
      const held = named(id);
      held.document = fold(held.document);
      held.changedAt = now.position;
    },

    increment: (id, by) => {
      const sums = increments.get(id) ?? {};
      for (const [field, amount] of Object.entries(by)) sums[field] = (sums[field] ?? 0) + amount;
      increments.set(id, sums);
    },

    patch: (where, set) => {
      patches.push({ kind: 'patch', collection: name, where, set: { ...set, ...positioned(now.position) } });
      for (const held of known.values()) {
        if (held.document === undefined || !matches(held.document, where)) continue;
        held.document = { ...held.document, ...set };
        held.changedAt = now.position;
      }
    },
  };
  return {
    collection,
    writes: () => {
      const puts = [...putsOf(name, known)];
      if (patches.length === 0) return [...incrementsOf(name, increments), ...puts];
      // A patch also changes the stored form of what is held: that is written again after it, at whatever version it was left.
      return [...puts, ...patches, ...incrementsOf(name, increments), ...puts.map(({ expectedVersion: _over, ...put }) => put)];
    },
  };
}

function* incrementsOf(collection: string, increments: ReadonlyMap<string, Readonly<Record<string, number>>>): Iterable<DocumentWrite> {
  for (const [id, by] of increments) yield { kind: 'increment', collection, id, by };
}

function* putsOf(collection: string, known: ReadonlyMap<string, WorkingDocument>): Iterable<Extract<DocumentWrite, { kind: 'put' | 'remove' }>> {
  for (const { id, document, seen, version: expectedVersion, changedAt } of known.values()) {
    if (changedAt === undefined) continue;
    if (document === undefined) yield { kind: 'remove', collection, id, seen, expectedVersion };
    else yield { kind: 'put', collection, id, document: { ...document, ...positioned(changedAt) }, seen, expectedVersion };
  }
}

const positioned = (position: Position | undefined): { readonly position?: string } => (position === undefined ? {} : { position: sortable(position) });

const matches = (document: Document, where: Readonly<Record<string, Scalar>>): boolean =>
  Object.entries(where).every(([field, value]) => (document[field] ?? null) === value);

function isOnlySource(seen: SourceRevisions, stream: string): boolean {
  for (const source in seen) if (source !== stream) return false;
  return true;
}
