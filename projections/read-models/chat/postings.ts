/**
 * A posting: the messages of a block of a channel that have a term, each with its time, in the order of their `seq`. They are one text of
 * entries of one length: the place within the block, then the time in seconds.
 */
import type { ChannelId } from '../../../domain/shared/ids.ts';

export const BLOCK_MESSAGES = 500;

/** `at`: seconds since 1970. */
export type PostingEntry = { readonly seq: number; readonly at: number };

const RADIX = 36;
const PLACE_CHARACTERS = 2;
const TIME_CHARACTERS = 7;
const ENTRY_CHARACTERS = PLACE_CHARACTERS + TIME_CHARACTERS;
const TIME_MAX = RADIX ** TIME_CHARACTERS - 1;

export const blockOf = (seq: number): number => Math.floor(seq / BLOCK_MESSAGES);
export const blockId = (channel: ChannelId, block: number): string => `${channel}:${block}`;
export const postingId = (channel: ChannelId, key: string, block: number): string => `${channel}:${key}:${block}`;

/** Times from before 1970 are kept as 1970. */
export const secondsOf = (at: string): number => Math.min(Math.max(0, Math.floor(Date.parse(at) / 1_000)), TIME_MAX);

/** Newest first, each taken apart when it is asked for: a frequent term has hundreds, and a page of a search looks at few. */
export function* entriesIn(block: number, entries: string): Generator<PostingEntry, undefined> {
  for (let place = entries.length - ENTRY_CHARACTERS; place >= 0; place -= ENTRY_CHARACTERS) {
    const time = place + PLACE_CHARACTERS;
    yield {
      seq: block * BLOCK_MESSAGES + Number.parseInt(entries.slice(place, time), RADIX),
      at: Number.parseInt(entries.slice(time, place + ENTRY_CHARACTERS), RADIX),
    };
  }
}

export function withEntry(entries: string, { seq, at }: PostingEntry): string {
  const entry = placeOf(seq) + at.toString(RADIX).padStart(TIME_CHARACTERS, '0');
  const { from, until } = rangeOf(entries, seq);
  return entries.slice(0, from) + entry + entries.slice(until);
}

export function withoutEntry(entries: string, seq: number): string {
  const { from, until } = rangeOf(entries, seq);
  return from === until ? entries : entries.slice(0, from) + entries.slice(until);
}

const placeOf = (seq: number): string => (seq % BLOCK_MESSAGES).toString(RADIX).padStart(PLACE_CHARACTERS, '0');

/** Without taking all of them apart. */
export function hasEntry(entries: string, seq: number): boolean {
  const { from, until } = rangeOf(entries, seq);
  return from < until;
}

/** Where the message stands, or would. Most are put at an end. */
function rangeOf(entries: string, seq: number): { readonly from: number; readonly until: number } {
  const place = placeOf(seq);
  let [low, high] = [0, entries.length / ENTRY_CHARACTERS];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (entries.slice(middle * ENTRY_CHARACTERS, middle * ENTRY_CHARACTERS + PLACE_CHARACTERS) < place) low = middle + 1;
    else high = middle;
  }
  const from = low * ENTRY_CHARACTERS;
  return { from, until: entries.startsWith(place, from) ? from + ENTRY_CHARACTERS : from };
}
