/**
 * Records how far open work has come, in the documents that reactors opened it with. A job must not move a reactor's checkpoint, so
 * these writes are commits of a projection of their own, which has no events: the changes of a moment go into one commit, fenced by
 * a count, and a commit that conflicts with another process or with the reactor is made again.
 *
 * A crash only costs repeated work: a sweeper finds work whose progress was lost as if it had come less far.
 */
import { randomInt } from 'node:crypto';
import { positionAt } from '../../ports/event-log/position.ts';
import type { Document, LoadedDocument, ViewStore, DocumentWrite } from '../../ports/views/port.ts';
import { WriteConflict } from '../../projections/progress/checkpoint.ts';
import { BOOKKEEPING } from '../../projections/progress/names.ts';
import { retryOnConflict } from '../../projections/progress/retry-on-conflict.ts';
import type { WorkersReporter } from '../telemetry-events.ts';

const WORK = 'work-in-progress';
/** Processes that write at the same moment should not conflict: each takes one of so many checkpoints. */
const CHECKPOINTS = 64;
const FLUSH_AFTER_MS = 200;

export type Progress = AsyncDisposable & {
  /** Sets fields of an open document; does nothing where it is removed by then. */
  advance(collection: string, id: string, set: Document): void;
  /** Removes an open document; does nothing where its fields aren't those of `expected`, as when the work was opened anew by then. */
  finish(collection: string, id: string, expected?: Document): void;
  /** Writes a document that no reactor writes. */
  put(collection: string, id: string, document: Document): void;
  /** Resolves when all changes so far are written. */
  flush(): Promise<void>;
};

type ProgressChange = { readonly collection: string; readonly id: string } & (
  | { readonly how: 'advance'; readonly set: Document }
  | { readonly how: 'finish'; readonly expected: Document }
  | { readonly how: 'put'; readonly document: Document }
);
type Dependencies = { readonly views: Pick<ViewStore, 'load' | 'commit' | 'checkpoint'>; readonly report: WorkersReporter };

export function startProgress({ views, report }: Dependencies, { flushAfterMs = FLUSH_AFTER_MS }: { readonly flushAfterMs?: number } = {}): Progress {
  const projection = `${BOOKKEEPING}${WORK}/${randomInt(CHECKPOINTS)}`;
  let pending = new Map<string, ProgressChange>();
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<void> = Promise.resolve();

  const enqueue = (change: ProgressChange) => {
    pending.set(`${change.collection}/${change.id}`, change);
    timer ??= setTimeout(() => void flush(), flushAfterMs);
  };
  const flush = (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    return (writing = writing.then(commitPending));
  };
  const commitPending = async () => {
    const batch = [...pending.values()];
    pending = new Map();
    if (batch.length === 0) return;
    try {
      await commitAll(views, projection, batch);
    } catch (error) {
      report({ event: 'progress-failed', work: WORK, error });
    }
  };

  return {
    advance: (collection, id, set) => enqueue({ how: 'advance', collection, id, set }),
    finish: (collection, id, expected = {}) => enqueue({ how: 'finish', collection, id, expected }),
    put: (collection, id, document) => enqueue({ how: 'put', collection, id, document }),
    flush,
    [Symbol.asyncDispose]: flush,
  };
}

/** Another process, or a reactor, may write between reading and committing. Throws where that doesn't end. */
const commitAll = (views: Dependencies['views'], projection: string, batch: readonly ProgressChange[]): Promise<void> =>
  retryOnConflict(async () => {
    const from = await views.checkpoint(projection);
    const writes = await writesOf(views, batch);
    if (writes.length === 0) return;
    const outcome = await views.commit({ projection, from, to: countAfter(from), writes });
    if (outcome !== 'committed') throw new WriteConflict(projection);
  });

async function writesOf(views: Dependencies['views'], batch: readonly ProgressChange[]): Promise<readonly DocumentWrite[]> {
  const writes: DocumentWrite[] = [];
  for (const [collection, ones] of Map.groupBy(batch, (one) => one.collection)) {
    const ids = ones.map(({ id }) => id);
    const documents = await views.load(collection, ids);
    for (const [i, one] of ones.entries()) writes.push(...writeOf(one, documents[i]));
  }
  return writes;
}

function writeOf(
  one: ProgressChange,
  { document, seen, version: expectedVersion }: Omit<LoadedDocument, 'id'> = { document: undefined, seen: {}, version: 0 },
): readonly DocumentWrite[] {
  const { collection, id } = one;
  switch (one.how) {
    case 'advance':
      return document === undefined ? [] : [{ kind: 'put', collection, id, document: { ...document, ...one.set }, seen, expectedVersion }];
    case 'finish':
      return document === undefined || !hasFields(document, one.expected) ? [] : [{ kind: 'remove', collection, id, seen, expectedVersion }];
    case 'put':
      return [{ kind: 'put', collection, id, document: one.document, seen }];
  }
}

const hasFields = (document: Document, expected: Document): boolean => Object.entries(expected).every(([field, value]) => document[field] === value);

/** The views require a position; this one is only compared for being the same. */
function countAfter(from: string | undefined): string {
  return positionAt(0, Number(from?.split('.')[1] ?? 0) + 1);
}
