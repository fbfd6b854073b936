/**
 * Which of several clusters has a stream. The part of its name after the category hashes to one of 4,096 slots, and a stored table
 * names each slot's cluster; so streams that share an id (`channel-7`, `messages-7`) are together. A slot is moved by copying its
 * streams while it is fenced, never by editing the table while writers run.
 */
import { createHash } from 'node:crypto';
import type { VaultRecords } from '../vault/port.ts';

export const SLOTS = 4_096;

/** The last `until` of its ranges is `SLOTS`. */
export type SlotTable = VaultRecords['slot-table'];

/** Even shares of the slots; with one log, all of them. */
export const evenSlotTable = (logs: number): SlotTable => ({
  ranges: Array.from({ length: logs }, (_, log) => ({ until: Math.round((SLOTS * (log + 1)) / logs), log })),
});

/** The first twelve bits of the key's SHA-256: the same in every process, for ever. */
export function slotOf(stream: string): number {
  const [first = 0, second = 0] = createHash('sha256').update(keyOf(stream)).digest();
  return (first << 4) | (second >> 4);
}

/** A stream about one log is in that log, whatever its slot: `dead-letters-inbox` in the first, `dead-letters-inbox/1` in the second; `checkpoint-planning/1.3` too. */
const STREAM_ABOUT_A_LOG = /^(?:dead-letters-[^/]+|vault-identity|restores-log|checkpoint-[^/]+)(?:\/(\d+)(?:\.\d+)?)?$/;

export function logOf(table: SlotTable, stream: string): number {
  const aboutALog = STREAM_ABOUT_A_LOG.exec(stream);
  if (aboutALog !== null) return Number(aboutALog[1] ?? 0);
  const own = table.categories?.[stream.slice(0, dashIn(stream))];
  if (own !== undefined) return own;
  const slot = slotOf(stream);
  const range = table.ranges.find(({ until }) => slot < until);
  if (range === undefined) throw new Error(`the slot table ends before slot ${slot}`);
  return range.log;
}

/** Every log that the table names. */
export const logsIn = ({ ranges, categories = {} }: SlotTable): readonly number[] => [
  ...new Set([...ranges.map(({ log }) => log), ...Object.values(categories)]),
];

const dashIn = (stream: string) => (stream.includes('-') ? stream.indexOf('-') : stream.length);
const keyOf = (stream: string) => stream.slice(dashIn(stream) + 1);
