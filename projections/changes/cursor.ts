/**
 * How far a subscriber has come: a position in each log and, before that is reached by events, how far the listing of what there is has
 * come; or within an event that changes whatever fulfils a condition, how far that has been told.
 */
import type { Position } from '../../ports/event-log/port.ts';
import { isPosition, positionAt } from '../../ports/event-log/position.ts';

export type ChangesCursor = {
  readonly position: Position | undefined;
  readonly listing?: { readonly collection: string; readonly after: string };
  /** `event`: the one. Of several logs, another one's may come first when it goes on. */
  readonly condition?: { readonly event: Position; readonly index: number; readonly after: string };
};

/** `l` lists, `c` stands within an event, `e` between two. */
const CURSOR = /^(?<kind>[elc])~(?<position>[\d._-]*)(?:~(?<place>[\w-]{1,64})~(?<after>[\w-]*))?$/;

/** Which of its conditions, and the event's position. */
const WITHIN = /^(?<index>\d{1,3})-(?<log>\d{1,4})-(?<offset>\d{1,19})$/;

/** `tokenOf` and `positionOf` are those of positions elsewhere, so that a cursor of another history is refused as a position of one is. */
export function writeCursor({ position, listing, condition }: ChangesCursor, tokenOf: (position: Position) => string): string {
  const token = position === undefined ? '' : tokenOf(position);
  if (listing !== undefined) return `l~${token}~${listing.collection}~${encoded(listing.after)}`;
  if (condition !== undefined) return `c~${token}~${condition.index}-${condition.event.replace('.', '-')}~${encoded(condition.after)}`;
  return `e~${token}`;
}

type ReadCursor<Refusal> = { readonly outcome: 'understood'; readonly value: ChangesCursor } | { readonly outcome: 'refused'; readonly refusal: Refusal };

export function readCursor<Refusal>(
  text: string,
  positionOf: (token: string) => { readonly outcome: 'understood'; readonly value: Position } | { readonly outcome: 'refused'; readonly refusal: Refusal },
): ReadCursor<Refusal> | { readonly outcome: 'malformed' } {
  const found = CURSOR.exec(text)?.groups;
  if (found === undefined) return { outcome: 'malformed' };
  const { kind, position: token = '', place, after = '' } = found;
  const understood = token === '' ? undefined : positionOf(token);
  if (understood?.outcome === 'refused') return understood;
  const position = understood?.value;
  if (position !== undefined && !isPosition(position)) return { outcome: 'malformed' };
  if (kind === 'e') return place === undefined ? { outcome: 'understood', value: { position } } : { outcome: 'malformed' };
  if (place === undefined) return { outcome: 'malformed' };
  if (kind === 'l') return { outcome: 'understood', value: { position, listing: { collection: place, after: decoded(after) } } };
  const { index, log, offset } = WITHIN.exec(place)?.groups ?? {};
  if (index === undefined || log === undefined || offset === undefined) return { outcome: 'malformed' };
  const event = positionAt(Number(log), BigInt(offset));
  return { outcome: 'understood', value: { position, condition: { event, index: Number(index), after: decoded(after) } } };
}

const encoded = (text: string): string => Buffer.from(text).toString('base64url');
const decoded = (text: string): string => Buffer.from(text, 'base64url').toString();
