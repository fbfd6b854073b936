/** The view store: projections keep their documents here, and their checkpoints; the two always change together. */
import { Outage } from '../outage.ts';

export type Scalar = string | number | boolean | null;
/** A JSON object; no dates, no bigints. */
export type Document = { readonly [field: string]: unknown };

/** Most documents that one query answers. */
export const QUERY_LIMIT_MAX = 5_000;
/** Most values in one list of a query. */
export const QUERY_LIST_MAX = 1_000;

/**
 * What a commit should write at most, so that it is made in a second on any adapter, and no server refuses it: the runner divides what
 * is more. `pagesOfPatch` divides a patch. Bytes are those of the documents as JSON.
 */
export const COMMIT_DOCUMENTS_MAX = 1_000;
export const COMMIT_BYTES_MAX = 4 * 1_024 * 1_024;

/** Top-level fields in order; a query uses an index whose first fields are its equalities and whose next is its range and order. `_id` may be one. */
export type CollectionIndex = { readonly fields: readonly string[] };
export type ViewSchema = { readonly [collection: string]: { readonly indexes: readonly CollectionIndex[] } };

/**
 * One change of one collection, in the order in which the changes happen.
 *
 * - `put` and `remove` replace the whole document with the one the projection computed; `seen` is the newest revision of each
 *   source stream in it. A removed document leaves its `seen` and its position behind as a tombstone and is invisible to every query.
 * - `increment` adds to numbers of a document, which begins with zeros where there is none. It is for counters only. A removed
 *   document stays removed.
 * - `patch` sets fields of every document that matches, and of those only the ones whose ids are within `ids`, where it is given.
 *
 * Where a document changed last in the log is its own field `position`: `put` has it in the document, `patch` in what it sets, the
 * others name it.
 */
export type DocumentWrite =
  | ({ readonly kind: 'put'; readonly document: Document } & Replacement)
  | ({ readonly kind: 'remove'; readonly position?: string } & Replacement)
  | {
      readonly kind: 'increment';
      readonly collection: string;
      readonly id: string;
      readonly by: Readonly<Record<string, number>>;
      readonly position?: string;
    }
  | PatchWrite;

export type PatchWrite = {
  readonly kind: 'patch';
  readonly collection: string;
  readonly where: Readonly<Record<string, Scalar>>;
  readonly set: Document;
  readonly ids?: { readonly after?: string; readonly until: string };
};

/** `expectedVersion`: the version that the write was computed from, if any; the write is only right while the document is still at it. */
type Replacement = {
  readonly collection: string;
  readonly id: string;
  readonly seen: SourceRevisions;
  readonly expectedVersion?: number;
  /** What was there before is not left on the disk: it leaves it as what a `patch` overwrites does. */
  readonly forgets?: true;
};

/** By source stream: the newest revision that a document includes. */
export type SourceRevisions = Readonly<Record<string, number>>;
/** `version` grows with every commit that writes the document, by a write of any kind; 0 where there never was one. `position`: a tombstone has one as well. */
export type LoadedDocument = {
  readonly id: string;
  readonly document: Document | undefined;
  readonly seen: SourceRevisions;
  readonly version: number;
  readonly position?: string;
};

/** Fields named in a query must be in an index of the collection, or be `_id`. */
export type DocumentQuery = {
  /** Every field equals; a list means one of. An absent field is null. */
  readonly where?: Readonly<Record<string, Scalar | readonly Scalar[]>>;
  /** Only values of the bound's own type are within, so two bounds are of one type. Nothing equals a list or an object, and none is in a range. */
  readonly range?: { readonly field: string; readonly after?: Scalar; readonly from?: Scalar; readonly before?: Scalar; readonly until?: Scalar };
  /**
   * Null and absent come first, then numbers, texts by their UTF-8, what is no scalar, false, true. Documents that are equal in all of
   * these fields follow by `_id`, in the last field's direction.
   */
  readonly order?: Readonly<Record<string, 1 | -1>>;
  readonly limit: number;
};

/** `more`: documents follow that didn't fit into the limits of the query. */
export type DocumentPage<Doc> = { readonly documents: readonly Doc[]; readonly more: boolean };

export type ViewCommit = {
  /** `inbox@2`, or a shard of it where it has several: `inbox@2/3`. */
  readonly projection: string;
  /** The checkpoint from which the batch began: nothing is written unless it is still the stored one. */
  readonly from: string | undefined;
  readonly to: string;
  readonly writes: readonly DocumentWrite[];
};

/**
 * What is stored isn't what was written. It is never answered: whoever reads it gets this error, whose message names the file and a
 * remedy. `document` is the one that was read, where it is known which.
 */
export class ViewsDamaged extends Outage {
  override readonly name = 'ViewsDamaged';
  readonly document: { readonly collection: string; readonly id: string } | undefined;
  constructor(message: string, { document, ...options }: ErrorOptions & { readonly document?: { readonly collection: string; readonly id: string } } = {}) {
    super(message, options);
    this.document = document;
  }
}

/** The view store can’t be reached, or doesn’t answer in time; its file is locked, or its disk full. */
export class ViewsUnavailable extends Outage {
  override readonly name = 'ViewsUnavailable';
}

/** The view that a query would be answered from has never caught up: it would answer too little. */
export class ViewsNotReady extends Outage {
  override readonly name = 'ViewsNotReady';
}

/** `damage`: a sentence for each thing that isn't as it was written, at most so many. */
export type ViewsVerification = { readonly documents: number; readonly damage: readonly string[] };
export const DAMAGE_TOLD_MAX = 100;

/** `fenced`: another runner has moved the checkpoint. `write-conflict`: another writer, perhaps the runner of another log, has written a document meanwhile. */
export type CommitOutcome = 'committed' | 'fenced' | 'write-conflict';

/**
 * - `commit` makes all writes and the checkpoint visible together, or none of them.
 * - Losing everything here costs a rebuild, never a fact: it need not be durable, but it must be consistent after a crash.
 * - Reads see the newest commit.
 */
export type ViewStore = AsyncDisposable & {
  /** Creates the missing ones of these collections and their indexes. */
  prepare(schema: ViewSchema): Promise<void>;
  commit(commit: ViewCommit): Promise<CommitOutcome>;
  checkpoint(projection: string): Promise<string | undefined>;
  checkpoints(): Promise<ReadonlyMap<string, string>>;
  /**
   * Deletes a projection's checkpoint, and its shards' checkpoints, and empties its collections. Wherever it is interrupted: no commit
   * of the projection is made over what it left, and whoever asks for the projection's checkpoint has finished it first. Throws
   * `TypeError` for the name of a shard, which is one with a slash.
   */
  drop(projection: string, collections: readonly string[]): Promise<void>;
  /** For folding: documents with the revisions they have seen, tombstones included, in the order asked for. */
  load(collection: string, ids: readonly string[]): Promise<readonly LoadedDocument[]>;
  get<Doc extends Document>(collection: string, id: string): Promise<Doc | undefined>;
  /** In the order asked for; `undefined` where there is none. */
  getMany<Doc extends Document>(collection: string, ids: readonly string[]): Promise<readonly (Doc | undefined)[]>;
  find<Doc extends Document>(collection: string, query: DocumentQuery): Promise<readonly (Doc & { readonly _id: string })[]>;
  /** What `find` answers, up to `bytesMax` bytes of documents as JSON, and at least one: however long the documents are, no more is read. */
  findPage<Doc extends Document>(
    collection: string,
    query: DocumentQuery & { readonly bytesMax: number },
  ): Promise<DocumentPage<Doc & { readonly _id: string }>>;
  /** What `getMany` answers, up to `bytesMax` bytes of documents as JSON, and at least the first: the answer may be shorter than the list of ids. */
  getFirst<Doc extends Document>(collection: string, ids: readonly string[], bytesMax: number): Promise<readonly (Doc | undefined)[]>;
  /** The text in one field of each document that `find` would answer, where it is text. An index names the field, so the documents aren't read. */
  pluck(collection: string, field: string, query: DocumentQuery): Promise<readonly string[]>;
  count(collection: string, where?: DocumentQuery['where']): Promise<number>;
  /** Which installation these views are of; undefined until the first `adopt`. */
  identity(): Promise<string | undefined>;
  /** Stores the identity where `replaces` is the stored one. Answers what is stored then. */
  adopt(identity: string, options: { readonly replaces: string | undefined }): Promise<string>;
  /** Reads and checks everything, beside all other work. Rejects when the signal aborts. */
  verify(signal?: AbortSignal): Promise<ViewsVerification>;
};

/**
 * The patch page by page: each is to be committed before the next is asked for, and all of them at the same place in the log. Its
 * condition should be all fields of an index.
 */
export async function* pagesOfPatch(views: Pick<ViewStore, 'findPage' | 'pluck'>, patch: PatchWrite): AsyncGenerator<PatchWrite, void> {
  const { collection, where } = patch;
  let after: string | undefined;
  const afterLast = () => ({ field: '_id', ...(after === undefined ? { from: '' } : { after }) });
  for (;;) {
    const ids = await views.pluck(collection, '_id', { where, range: afterLast(), order: { _id: 1 }, limit: QUERY_LIMIT_MAX });
    for (let at = COMMIT_DOCUMENTS_MAX; at < ids.length + COMMIT_DOCUMENTS_MAX; at += COMMIT_DOCUMENTS_MAX) {
      const last = ids[Math.min(at, ids.length) - 1] ?? '';
      for (let more = true; more;) {
        const page: DocumentPage<{ readonly _id: string }> = await views.findPage(collection, {
          where,
          range: { ...afterLast(), until: last },
          order: { _id: 1 },
          limit: COMMIT_DOCUMENTS_MAX,
          bytesMax: COMMIT_BYTES_MAX,
        });
        const until = page.documents.at(-1)?._id;
        if (until === undefined) break;
        yield { ...patch, ids: { until, ...(after === undefined ? {} : { after }) } };
        after = until;
        more = page.more;
      }
      after = last;
    }
    if (ids.length < QUERY_LIMIT_MAX) return;
  }
}

export type Bound = string | number | boolean;
export type Bounds = { readonly lower: Bound | undefined; readonly upper: Bound | undefined; readonly isLowerIn: boolean; readonly isUpperIn: boolean };

/** A bound that is null is none. Throws `TypeError` for a range that has no bound, or bounds of two types. */
export function boundsOf({ field, after, from, before, until }: NonNullable<DocumentQuery['range']>): Bounds {
  const lower = after ?? from ?? undefined;
  const upper = before ?? until ?? undefined;
  if (lower === undefined && upper === undefined) throw new TypeError(`The range of ${field} needs a bound that is not null.`);
  if (lower !== undefined && upper !== undefined && typeof lower !== typeof upper) throw new TypeError(`The range of ${field} has bounds of two types.`);
  return { lower, upper, isLowerIn: (after ?? undefined) === undefined, isUpperIn: (before ?? undefined) === undefined };
}

/** Throws `TypeError` for the name of a shard. */
export function assertNoShard(projection: string): void {
  if (projection.includes('/')) throw new TypeError(`${projection} is a shard, and is dropped with its projection.`);
}

/** What only reads. */
export type ReadableViews = Pick<
  ViewStore,
  'checkpoint' | 'checkpoints' | 'load' | 'get' | 'getMany' | 'find' | 'findPage' | 'getFirst' | 'pluck' | 'count' | 'identity'
>;
