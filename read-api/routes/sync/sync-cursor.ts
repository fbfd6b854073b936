/**
 * What a client hands back to be told what is new since. Where everything up to a position was told it is that position alone. Between
 * two pages of one answer it also says from where on the answer is, and down to which entry it was told: the newest comes first. One event
 * may change many entries, so that a position alone would not tell which of them were told.
 */
import type { Refusal } from '../../../domain/shared/decider.ts';
import type { PositionTokens } from '../../../edge/position-tokens.ts';
import type { Position } from '../../../ports/event-log/port.ts';
import { isPosition, positionOfSortable, sortable } from '../../../ports/event-log/position.ts';

export type SyncCursor = {
  /** Everything up to there is known to the client; undefined: nothing is. */
  readonly since: Position | undefined;
  /** Of an answer that goes on: up to where it tells everything, and before which entry it goes on (`entryKey`). */
  readonly page?: { readonly upTo: Position; readonly before: string };
};

export type UnderstoodCursor = { readonly outcome: 'understood'; readonly cursor: SyncCursor } | { readonly outcome: 'refused'; readonly refusal: Refusal };

const SEPARATOR = '~';
const ENTRY = /^(\d{1,4}\.\d{1,19})((?:\/[\w-]{1,64}){0,2})$/;

/** Sorts by the position of its document, and at one position by what it is. */
export const entryKey = (position: string, kind: string, id: string): string => `${position}/${kind}/${id}`;

export function cursorToken({ since, page }: SyncCursor, { tokenOf }: Pick<PositionTokens, 'tokenOf'>): string | undefined {
  if (page === undefined) return since === undefined ? undefined : tokenOf(since);
  const [position = '', ...entry] = page.before.split('/');
  return [tokenOf(page.upTo), [positionOfSortable(position), ...entry].join('/'), ...(since === undefined ? [] : [since])].join(SEPARATOR);
}

export function parseCursor(token: string | undefined, { positionOf }: Pick<PositionTokens, 'positionOf'>): UnderstoodCursor {
  if (token === undefined) return { outcome: 'understood', cursor: { since: undefined } };
  const [first = '', before, since, ...rest] = token.split(SEPARATOR);
  const understood = positionOf(first);
  if (understood.outcome === 'refused') return understood;
  if (before === undefined) return { outcome: 'understood', cursor: { since: understood.value } };
  const [, position, entry = ''] = ENTRY.exec(before) ?? [];
  if (rest.length > 0 || position === undefined || !(since === undefined || isPosition(since)))
    return { outcome: 'refused', refusal: { code: 'position-invalid' } };
  return { outcome: 'understood', cursor: { since, page: { upTo: understood.value, before: sortable(position as Position) + entry } } };
}
