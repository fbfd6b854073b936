/** How far one runner has come in one log: moved together with what it writes, and only from where it stood. */
import type { Position } from '../ports/event-log/port.ts';
import type { Views, Write } from '../ports/views/port.ts';

/** Another runner has moved the checkpoint. */
export class Fenced extends Error {
  override readonly name = 'Fenced';
}

/** What is kept where something was begun and the log's first event is still to be passed. */
const AT_START = '';

export type Checkpoint = {
  position(): Position | undefined;
  /** Makes the writes visible and the new place with them; or throws `Fenced`, and nothing was written. */
  move(to: Position | undefined, writes: readonly Write[]): Promise<void>;
  /** As `move`, where there is nothing to be written: nobody but a waiting reader misses it, so it need not be done each time. */
  passOver(to: Position): void;
  /** Writes where it has passed over to, if it isn't written. */
  flush(): Promise<void>;
};

export const positionOf = (stored: string | undefined): Position | undefined =>
  stored === undefined || stored === AT_START ? undefined : (stored as Position);

export function openCheckpoint(views: Pick<Views, 'commit'>, projection: string, stored: string | undefined): Checkpoint {
  let written = stored;
  let position = positionOf(stored);

  const move = async (to: Position | undefined, writes: readonly Write[]) => {
    const outcome = await views.commit({ projection, from: written, to: to ?? AT_START, writes });
    if (outcome === 'fenced') throw new Fenced(projection);
    written = to ?? AT_START;
    position = to;
  };

  return {
    position: () => position,
    move,
    passOver: (to) => {
      position = to;
    },
    flush: async () => {
      if (position !== positionOf(written)) await move(position, []);
    },
  };
}
