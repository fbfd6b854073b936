/**
 * How far begun work has come, written into the documents that reactors began it with. A job must not touch a reactor's
 * checkpoint, so these writes are commits of a projection of their own, which has no events: what was reached within a moment
 * goes into one commit, fenced by a count, and whoever loses the race commits again,
 * as does who was overtaken by the reactor that wrote the same document.
 *
 * Nothing depends on it but how much is done again: what a crash takes away is swept up as if it had come less far.
 */
import { positionIn } from '../../ports/event-log/position.ts';
import type { Document, Loaded, Views, Write } from '../../ports/views/port.ts';
import type { WorkersReporter } from '../telemetry-events.ts';

const PROJECTION = 'work-in-progress';
const FLUSH_AFTER_MS = 200;

export type Progress = AsyncDisposable & {
  /** Sets fields of a begun document; nothing where it is gone by then. */
  moved(collection: string, id: string, set: Document): void;
  /** Removes a begun document; nothing where it is another by then, as when it was begun anew: one whose fields are not these. */
  finished(collection: string, id: string, as?: Document): void;
  /** Writes a document that no reactor writes. */
  noted(collection: string, id: string, document: Document): void;
  /** Resolves when all that was reached so far is written. */
  written(): Promise<void>;
};

type Reached = { readonly collection: string; readonly id: string } & (
  | { readonly how: 'moved'; readonly set: Document }
  | { readonly how: 'finished'; readonly as: Document }
  | { readonly how: 'noted'; readonly document: Document }
);
type Dependencies = { readonly views: Pick<Views, 'load' | 'commit' | 'checkpoint'>; readonly report: WorkersReporter };

export function startProgress({ views, report }: Dependencies, { flushAfterMs = FLUSH_AFTER_MS }: { readonly flushAfterMs?: number } = {}): Progress {
  let reached = new Map<string, Reached>();
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<void> = Promise.resolve();

  const reach = (news: Reached) => {
    reached.set(`${news.collection}/${news.id}`, news);
    timer ??= setTimeout(() => void write(), flushAfterMs);
  };
  const write = (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    return (writing = writing.then(writeReached));
  };
  const writeReached = async () => {
    const batch = [...reached.values()];
    reached = new Map();
    if (batch.length === 0) return;
    try {
      await commitAll(views, batch);
    } catch (error) {
      report({ event: 'progress-failed', work: PROJECTION, error });
    }
  };

  return {
    moved: (collection, id, set) => reach({ how: 'moved', collection, id, set }),
    finished: (collection, id, as = {}) => reach({ how: 'finished', collection, id, as }),
    noted: (collection, id, document) => reach({ how: 'noted', collection, id, document }),
    written: write,
    [Symbol.asyncDispose]: write,
  };
}

async function commitAll(views: Dependencies['views'], batch: readonly Reached[]): Promise<void> {
  for (;;) {
    const from = await views.checkpoint(PROJECTION);
    const writes = await writesOf(views, batch);
    if (writes.length === 0 || (await views.commit({ projection: PROJECTION, from, to: countAfter(from), writes })) === 'committed') return;
  }
}

async function writesOf(views: Dependencies['views'], batch: readonly Reached[]): Promise<readonly Write[]> {
  const writes: Write[] = [];
  for (const [collection, ones] of Map.groupBy(batch, (one) => one.collection)) {
    const ids = ones.map(({ id }) => id);
    const documents = await views.load(collection, ids);
    for (const [i, one] of ones.entries()) writes.push(...writeOf(one, documents[i]));
  }
  return writes;
}

function writeOf(one: Reached, { document, seen, version: over }: Omit<Loaded, 'id'> = { document: undefined, seen: {}, version: 0 }): readonly Write[] {
  const { collection, id } = one;
  switch (one.how) {
    case 'moved':
      return document === undefined ? [] : [{ kind: 'put', collection, id, document: { ...document, ...one.set }, seen, over }];
    case 'finished':
      return document === undefined || !isStill(document, one.as) ? [] : [{ kind: 'remove', collection, id, seen, over }];
    case 'noted':
      return [{ kind: 'put', collection, id, document: one.document, seen }];
  }
}

const isStill = (document: Document, as: Document): boolean => Object.entries(as).every(([field, value]) => document[field] === value);

/** The views ask for a position; nothing is ever read from this one but whether it is still the same. */
function countAfter(from: string | undefined): string {
  return positionIn(0, Number(from?.split('.')[1] ?? 0) + 1);
}
