/** What this process has told people itself. Bounded: what is forgotten is told twice, which is harmless. */
import type { Position } from '../event-log/port.ts';
import type { ToldMessages } from './hints.ts';

/** Some 100 bytes each. It is looked up within a second. */
const REMEMBERED_MAX = 20_000;

export function createToldMessages(): ToldMessages {
  const positions = new Set<Position>();
  return {
    remember: (position) => {
      positions.add(position);
      if (positions.size <= REMEMBERED_MAX) return;
      for (const oldest of positions) {
        positions.delete(oldest);
        break;
      }
    },
    has: (position) => positions.has(position),
  };
}
