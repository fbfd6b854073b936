/** Where a search goes on: by channel, below which `seq`. A channel that isn't named begins at its newest message. */
import { createHash } from 'node:crypto';
import type { ChannelId } from '../../domain/shared/ids.ts';

/** What 200 channels need. */
export const SEARCH_CURSOR_CHARACTERS_MAX = 5_000;

/** Names a channel among those of one person. */
const NAME_CHARACTERS = 8;
const RADIX = 36;

export type SearchCursor = { boundOf(channel: ChannelId): number | undefined };

/** A cursor that nobody was given leads nowhere in particular. */
export function parseSearchCursor(text: string | undefined): SearchCursor {
  const bounds = new Map((text ?? '').split('.').map((entry) => [entry.slice(0, NAME_CHARACTERS), Number.parseInt(entry.slice(NAME_CHARACTERS), RADIX)]));
  return {
    boundOf: (channel) => {
      const bound = bounds.get(nameOf(channel));
      return bound === undefined || Number.isNaN(bound) ? undefined : bound;
    },
  };
}

export const searchCursorOf = (bounds: Iterable<readonly [ChannelId, number]>): string =>
  Array.from(bounds, ([channel, bound]) => nameOf(channel) + bound.toString(RADIX)).join('.');

const nameOf = (channel: ChannelId): string => createHash('sha256').update(channel).digest('base64url').slice(0, NAME_CHARACTERS);
