/**
 * Documents as the projectors of a process have written them last, so that they aren't loaded again for each event that changes them.
 * What is recalled may be old: a runner of another log may have written the document since. So a fold that recalled it counts only if it
 * writes it again, at the version it was recalled at: the view store refuses that where it is old, and everything is loaded then.
 *
 * What was used least recently goes first, by halves, as in `ports/views/sqlite/recent-documents.ts`.
 */
import { emptyTally, type CacheTally } from '../../ports/cache-tallies.ts';
import type { DocumentWrite, LoadedDocument, SourceRevisions, ViewCommit, ViewStore } from '../../ports/views/port.ts';
import type { FoldResult, LoadForFold } from './fold.ts';

/** Text, and so nothing that a fold could change; and a document comes out as it would from the view store. */
type Written = { readonly json: string | undefined; readonly seen: SourceRevisions; readonly version: number };

/** What an entry takes in memory beside the text of its document: the key, the entry, the revisions it has seen. */
const ENTRY_BYTES = 400;

const bytesOf = ({ json }: Written): number => ENTRY_BYTES + (json?.length ?? 0);

/** Where no setting says so. */
export const WRITTEN_DOCUMENTS_BYTES_MAX = 16 * 1_024 * 1_024;

/** Of all runners of a process. */
export class WrittenDocuments {
  readonly #halfBytesMax: number;
  readonly tally: CacheTally;
  #young = new Map<string, Written>();
  #old = new Map<string, Written>();
  #youngBytes = 0;
  #runners = 0;

  /** `bytesMax`: estimated; 0: none is kept. */
  constructor({ bytesMax, tally = emptyTally() }: { readonly bytesMax: number; readonly tally?: CacheTally }) {
    this.#halfBytesMax = bytesMax / 2;
    this.tally = tally;
  }

  /** A prefix of keys that nobody else has. What was kept under another one is never found again, and gives way in its turn. */
  newPrefix(): string {
    this.#runners += 1;
    return `${this.#runners} `;
  }

  find(key: string): Written | undefined {
    const young = this.#young.get(key);
    if (young !== undefined) return young;
    const old = this.#old.get(key);
    if (old !== undefined) this.keep(key, old);
    return old;
  }

  keep(key: string, written: Written): void {
    this.forget(key);
    const bytes = bytesOf(written);
    if (bytes > this.#halfBytesMax) return;
    if (this.#youngBytes + bytes > this.#halfBytesMax) {
      this.tally.evictions += this.#old.size;
      [this.#old, this.#young, this.#youngBytes] = [this.#young, new Map(), 0];
    }
    this.#young.set(key, written);
    this.#youngBytes += bytes;
  }

  forget(key: string): void {
    const young = this.#young.get(key);
    if (young !== undefined) this.#youngBytes -= bytesOf(young);
    this.#young.delete(key);
    this.#old.delete(key);
  }
}

export type RememberedViews = Pick<ViewStore, 'commit'> & {
  /** For one fold. Afterwards `isSure` tells whether it may be committed; where not, it is to be made again from the view store. */
  recall(): { readonly load: LoadForFold; isSure(folded: FoldResult): boolean };
  /** Nothing of what was written before is recalled. */
  forget(): void;
};

/** The views of one runner: all its commits go through here. */
export function rememberWritten(views: Pick<ViewStore, 'load' | 'commit'>, documents: WrittenDocuments): RememberedViews {
  let prefix = documents.newPrefix();
  /** Not right after a commit that was refused, or changed documents that it doesn't name: what follows is loaded. */
  let isTrusted = true;
  const keyOf = (collection: string, id: string) => `${prefix}${collection} ${id}`;
  const forget = () => {
    prefix = documents.newPrefix();
    isTrusted = false;
  };
  const remember = ({ writes }: ViewCommit) => {
    for (const write of writes) {
      if (write.kind === 'patch') return forget();
      const key = keyOf(write.collection, write.id);
      // Most documents are written once and never again: those that are, are known by their second time.
      if (write.kind === 'increment' || write.expectedVersion === undefined || write.expectedVersion === 0) documents.forget(key);
      else documents.keep(key, writtenBy(write, write.expectedVersion + 1));
    }
  };

  return {
    commit: async (commit) => {
      const outcome = await views.commit(commit);
      if (outcome === 'committed') remember(commit);
      else forget();
      return outcome;
    },
    recall: () => {
      const isRecalling = isTrusted;
      isTrusted = true;
      const recalled: { readonly collection: string; readonly id: string }[] = [];
      const found = (collection: string, id: string, created: ReadonlySet<string>): LoadedDocument | undefined => {
        const written = documents.find(keyOf(collection, id));
        if (written !== undefined) {
          documents.tally.hits += 1;
          return { id, document: documentOf(written), seen: written.seen, version: written.version };
        }
        return created.has(id) ? { id, document: undefined, seen: {}, version: 0 } : undefined;
      };
      return {
        load: async (collection, ids, created) => {
          if (!isRecalling) return await views.load(collection, ids);
          const known = ids.map((id) => found(collection, id, created));
          const missing = ids.filter((_, n) => known[n] === undefined);
          documents.tally.misses += missing.length;
          for (const one of known) if (one !== undefined) recalled.push({ collection, id: one.id });
          const loaded = missing.length === 0 ? [] : await views.load(collection, missing);
          let next = 0;
          return known.map((one) => one ?? (loaded[next++] as LoadedDocument));
        },
        isSure: ({ writes, unprocessable }) => {
          const guarded = new Set(writes.flatMap((write) => (isGuarded(write) ? [keyOf(write.collection, write.id)] : [])));
          const unguarded = recalled.map(({ collection, id }) => keyOf(collection, id)).filter((key) => !guarded.has(key));
          for (const key of unguarded) documents.forget(key);
          return unguarded.length === 0 && (unprocessable.size === 0 || recalled.length === 0);
        },
      };
    },
    forget,
  };
}

type Replacement = Extract<DocumentWrite, { kind: 'put' | 'remove' }>;

const isGuarded = (write: DocumentWrite): write is Replacement => (write.kind === 'put' || write.kind === 'remove') && write.expectedVersion !== undefined;

const writtenBy = (write: Replacement, version: number): Written => ({
  json: write.kind === 'put' ? JSON.stringify(write.document) : undefined,
  seen: write.seen,
  version,
});

const documentOf = ({ json }: Written): LoadedDocument['document'] => (json === undefined ? undefined : (JSON.parse(json) as LoadedDocument['document']));
