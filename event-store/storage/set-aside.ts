/**
 * Events that were set aside: their records were damaged, and an operator let reads skip them. A hole is in the log at their position,
 * and the index still refers to it, so that the stream's revisions continue where they were.
 */
import type { Tables } from './tables.ts';

export const SET_ASIDE_STREAM = '$set-aside';
export const SET_ASIDE_EVENT_TYPE = '$event-set-aside';

const FACT_PREFIX = 'set-aside:';
const AFTER_FACTS = 'set-aside;'; // the next character

export const setAsideFact = (position: number): string => `${FACT_PREFIX}${position}`;

export function loadSetAside(tables: Tables): Set<number> {
  const positions = new Set<number>();
  for (const { key } of tables.facts.getRange({ start: FACT_PREFIX, end: AFTER_FACTS })) positions.add(Number(String(key).slice(FACT_PREFIX.length)));
  return positions;
}
