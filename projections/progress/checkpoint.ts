/** How far one runner has come in one log: moved together with what it writes, and only from where it stood. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Position } from '../../ports/event-log/port.ts';
import type { ViewStore, DocumentWrite } from '../../ports/views/port.ts';

/** Another runner has moved the checkpoint. */
export class Fenced extends Error {
  override readonly name = 'Fenced';
}

/** A document was written meanwhile by a runner of another log, or by a job: what was computed from it must be computed again. */
export class WriteConflict extends Error {
  override readonly name = 'Overtaken';
}

/** Whoever overtakes has got on, so all get on in the end; who is overtaken more often than this has met a bug. */
const CONFLICT_TRIES_MAX = 100;
const CONFLICT_PAUSE_MAX_MS = 10;

/** Does `work`, which loads, folds and moves, anew where it was overtaken; after pauses, so that two don't go on meeting in step. */
export async function retryOnConflict<Value>(work: () => Promise<Value>): Promise<Value> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof WriteConflict) || tries === CONFLICT_TRIES_MAX) throw error;
      await delay(Math.random() * Math.min(tries - 1, CONFLICT_PAUSE_MAX_MS));
    }
  }
}

/** What is kept where something was begun and the log's first event is still to be passed. */
const AT_START = '';
/** Follows the place where it was written more than once, and how often: whoever began from the time before is fenced, also where neither moves on. */
const REWRITE_MARK = '~';

export type Checkpoint = {
  position(): Position | undefined;
  /** As the views have it, if nobody else has moved it. */
  stored(): string | undefined;
  /** Makes the writes visible and the new place with them; or throws `Fenced` or `Overtaken`, and nothing was written. */
  move(to: Position | undefined, writes: readonly DocumentWrite[]): Promise<void>;
  /** As `move`, where there is nothing to be written: nobody but a waiting reader misses it, so it need not be done each time. */
  skipTo(to: Position): void;
  /** Writes where it has passed over to, if it isn't written. */
  flush(): Promise<void>;
};

export function positionOf(stored: string | undefined): Position | undefined {
  const place = stored === undefined ? AT_START : placeOf(stored);
  return place === AT_START ? undefined : (place as Position);
}

const placeOf = (stored: string): string => stored.split(REWRITE_MARK, 1)[0] ?? stored;

function storedAs(to: Position | undefined, before: string | undefined): string {
  const place = to ?? AT_START;
  if (before === undefined || placeOf(before) !== place) return place;
  return `${place}${REWRITE_MARK}${Number(before.slice(place.length + REWRITE_MARK.length)) + 1}`;
}

export function openCheckpoint(views: Pick<ViewStore, 'commit'>, projection: string, stored: string | undefined): Checkpoint {
  let written = stored;
  let position = positionOf(stored);

  const move = async (to: Position | undefined, writes: readonly DocumentWrite[]) => {
    const stored = storedAs(to, written);
    const outcome = await views.commit({ projection, from: written, to: stored, writes });
    switch (outcome) {
      case 'fenced':
        throw new Fenced(projection);
      case 'write-conflict':
        throw new WriteConflict(projection);
      case 'committed':
        break;
    }
    written = stored;
    position = to;
  };

  return {
    position: () => position,
    stored: () => written,
    move,
    skipTo: (to) => {
      position = to;
    },
    flush: async () => {
      if (position !== positionOf(written)) await move(position, []);
    },
  };
}
