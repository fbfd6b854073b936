/**
 * Documents as they were read last, so that what many people look at is fetched, checked and parsed once. Nothing in here is ever older
 * than the file: every commit to the file is announced here before it is made, and until it is over none of its documents is kept.
 *
 * What was used least recently goes first, by halves: documents are kept in a young half, which becomes the old one when it is full;
 * whoever asks for an old one makes it young again. (The scheme of V8's two semi-spaces and of the "2Q" family, without a list that every
 * read would have to change.)
 */
import type { CacheTally } from '../../cache-tallies.ts';
import type { Document, DocumentWrite } from '../port.ts';

/** `document`: undefined where there is none. It is frozen, for it is answered to many. */
export type Recent = { readonly document: Document | undefined; readonly bytes: number };

type Half = { readonly collections: Map<string, Map<string, Recent>>; bytes: number };

/** What an entry takes in memory beside the text of its document: the id, the entry, its place in the map. */
const ENTRY_BYTES = 256;
/** An object of V8 takes so many times the bytes of its JSON, roughly. */
const OBJECT_RATIO = 3;

export class RecentDocuments {
  readonly #halfBytesMax: number;
  readonly #tally: CacheTally;
  #young: Half = emptyHalf();
  #old: Half = emptyHalf();
  /** How many commits under way write a document, or any document of a collection. */
  readonly #changing = new Map<string, Map<string, number>>();
  readonly #patching = new Map<string, number>();

  /** `bytesMax`: estimated, of the heap. */
  constructor({ bytesMax, tally }: { readonly bytesMax: number; readonly tally: CacheTally }) {
    this.#halfBytesMax = bytesMax / 2;
    this.#tally = tally;
  }

  find(collection: string, id: string): Recent | undefined {
    const { found, missing } = this.findMany(collection, [id]);
    return missing.length > 0 ? undefined : found[0];
  }

  /** In the order of the ids. `missing`: those that have to be read. */
  findMany(collection: string, ids: readonly string[]): { readonly found: readonly (Recent | undefined)[]; readonly missing: readonly string[] } {
    const missing: string[] = [];
    const young = this.#young.collections.get(collection);
    const old = this.#old.collections.get(collection);
    const found = ids.map((id) => {
      const recent = young?.get(id) ?? this.#renewed(collection, id, old?.get(id));
      if (recent === undefined) missing.push(id);
      return recent;
    });
    this.#tally.misses += missing.length;
    this.#tally.hits += ids.length - missing.length;
    return { found, missing };
  }

  #renewed(collection: string, id: string, old: Recent | undefined): Recent | undefined {
    if (old !== undefined) this.#add(collection, id, old);
    return old;
  }

  /** Keeps what was read just now. `jsonBytes`: of the document. */
  keep(collection: string, id: string, document: Document | undefined, jsonBytes: number): void {
    if (this.#patching.has(collection) || this.#changing.get(collection)?.has(id) === true) return;
    this.#add(collection, id, { document: frozen(document), bytes: ENTRY_BYTES + OBJECT_RATIO * jsonBytes });
  }

  /** Called before the writes are made. What they write is not kept until the answer is disposed of, when they have been made or refused. */
  change(writes: readonly DocumentWrite[]): Disposable {
    for (const write of writes) {
      if (write.kind === 'patch') this.#patch(write.collection);
      else {
        const changing = this.#changing.get(write.collection) ?? new Map<string, number>();
        this.#changing.set(write.collection, changing);
        changing.set(write.id, (changing.get(write.id) ?? 0) + 1);
        this.#young.collections.get(write.collection)?.delete(write.id);
        this.#old.collections.get(write.collection)?.delete(write.id);
      }
    }
    const end = () => {
      for (const write of writes) {
        if (write.kind === 'patch') countDown(this.#patching, write.collection);
        else countDown(this.#changing.get(write.collection), write.id);
      }
    };
    return { [Symbol.dispose]: end };
  }

  /** The same for whole collections. */
  changeAll(collections: readonly string[]): Disposable {
    for (const collection of collections) this.#patch(collection);
    const end = () => {
      for (const collection of collections) countDown(this.#patching, collection);
    };
    return { [Symbol.dispose]: end };
  }

  #patch(collection: string): void {
    this.#patching.set(collection, (this.#patching.get(collection) ?? 0) + 1);
    this.#young.collections.delete(collection);
    this.#old.collections.delete(collection);
  }

  #add(collection: string, id: string, recent: Recent): void {
    if (recent.bytes > this.#halfBytesMax) return;
    if (this.#young.bytes + recent.bytes > this.#halfBytesMax) {
      for (const documents of this.#old.collections.values()) this.#tally.evictions += documents.size;
      this.#old = this.#young;
      this.#young = emptyHalf();
    }
    const documents = this.#young.collections.get(collection);
    if (documents === undefined) this.#young.collections.set(collection, new Map([[id, recent]]));
    else documents.set(id, recent);
    this.#young.bytes += recent.bytes;
  }
}

function frozen<Value>(value: Value): Value {
  if (typeof value !== 'object' || value === null) return value;
  for (const field of Object.values(value)) frozen(field);
  return Object.freeze(value);
}

const emptyHalf = (): Half => ({ collections: new Map(), bytes: 0 });

function countDown(counts: Map<string, number> | undefined, key: string): void {
  const left = (counts?.get(key) ?? 0) - 1;
  if (left > 0) counts?.set(key, left);
  else counts?.delete(key);
}
