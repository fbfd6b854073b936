/** A checkpoint: how far one runner has come in one log, committed atomically with its writes by compare-and-set. */
import type { Position } from '../../ports/event-log/port.ts';
import type { DocumentWrite, ViewStore } from '../../ports/views/port.ts';

/** Another runner has moved the checkpoint. */
export class Fenced extends Error {
  override readonly name = 'Fenced';
}

/** A runner of another log, or a job, has written a document meanwhile: writes that were computed from it must be computed again. */
export class WriteConflict extends Error {
  override readonly name = 'WriteConflict';
}

export type Checkpoint = {
  position(): Position | undefined;
  /** As the views have it, unless another runner has moved it. */
  stored(): string | undefined;
  /** Commits the writes together with the new position; or throws `Fenced` or `WriteConflict`, and nothing was written. */
  move(to: Position | undefined, writes: readonly DocumentWrite[]): Promise<void>;
  /**
   * Moves where there is nothing else to write. A commit costs more than what it would tell, so the position is stored only where none is,
   * or where what is stored is as old as that: a runner that is killed begins there again.
   */
  pass(to: Position, options: { readonly storedWithinMs: number }): Promise<void>;
  /** Stores the position, if it isn't stored yet. */
  flush(): Promise<void>;
};

/** Stored where work was opened before the runner has passed the log's first event. */
const AT_START = '';
/**
 * Follows a position that was written more than once, with a count: a runner that started from the time before is fenced, also where
 * neither moves on.
 */
const REWRITE_MARK = '~';

export function positionOf(stored: string | undefined): Position | undefined {
  const text = stored === undefined ? AT_START : withoutRewrites(stored);
  return text === AT_START ? undefined : (text as Position);
}

const withoutRewrites = (stored: string): string => stored.split(REWRITE_MARK, 1)[0] ?? stored;

function storedAs(to: Position | undefined, before: string | undefined): string {
  const text = to ?? AT_START;
  if (before === undefined || withoutRewrites(before) !== text) return text;
  return `${text}${REWRITE_MARK}${Number(before.slice(text.length + REWRITE_MARK.length)) + 1}`;
}

export function openCheckpoint(views: Pick<ViewStore, 'commit'>, projection: string, stored: string | undefined): Checkpoint {
  let written = stored;
  let position = positionOf(stored);
  let writtenAtMs = performance.now();

  const move = async (to: Position | undefined, writes: readonly DocumentWrite[]) => {
    const next = storedAs(to, written);
    const outcome = await views.commit({ projection, from: written, to: next, writes });
    switch (outcome) {
      case 'fenced':
        throw new Fenced(projection);
      case 'write-conflict':
        throw new WriteConflict(projection);
      case 'committed':
        break;
    }
    written = next;
    writtenAtMs = performance.now();
    position = to;
  };

  return {
    position: () => position,
    stored: () => written,
    move,
    pass: async (to, { storedWithinMs }) => {
      if (written === undefined || performance.now() - writtenAtMs >= storedWithinMs) await move(to, []);
      else position = to;
    },
    flush: async () => {
      if (position !== positionOf(written)) await move(position, []);
    },
  };
}
