/**
 * What a person has seen and read in the notification centre, of everything that came until a moment: one event however much it is.
 * What is marked one by one is in `item.ts`.
 */
import { categoryKey } from '../../people/category.ts';
import { accept, refuse, type Decider, type Decision } from '../../shared/decider.ts';
import type { PersonId } from '../../shared/ids.ts';
import type { Instant } from '../../shared/instant.ts';
import type { CentreEvent } from './events.ts';
import type { ItemState } from './item.ts';

/** Categories that are read to different moments. Reading everything begins anew. */
export const CATEGORIES_READ_MAX = 200;

/** `number`: the newest marking that reached as far. */
export type ReadUpTo = { readonly upTo: Instant; readonly number: number };

export type CentreState = {
  readonly seenUpTo?: Instant;
  /** How often everything, or a category, was marked as read. */
  readonly timesRead: number;
  readonly read?: ReadUpTo;
  /** By `categoryKey`, those that are read further than everything is. */
  readonly categories: Readonly<Record<string, ReadUpTo>>;
};

export type CentreCommand =
  | { readonly type: 'see'; readonly person: PersonId; readonly upTo: Instant; readonly at: Instant }
  | { readonly type: 'read'; readonly person: PersonId; readonly upTo: Instant; readonly category?: string; readonly at: Instant };

export const NOTHING_READ: CentreState = { timesRead: 0, categories: {} };

export const centre: Decider<CentreState, CentreCommand, CentreEvent> = {
  initialState: NOTHING_READ,
  // A person opens the centre several times a day.
  snapshotVersion: 1,

  evolve: (state, event) => {
    switch (event.type) {
      case 'notifications.centre-seen.v1':
        return { ...state, seenUpTo: latest(state.seenUpTo, event.data.upTo) };
      case 'notifications.centre-read.v1':
        return afterReading(state, event.data);
    }
  },

  decide: (state, { person, at, ...command }) => {
    const upTo = command.upTo < at ? command.upTo : at; // what comes later was not there to be seen
    switch (command.type) {
      case 'see':
        if (state.seenUpTo !== undefined && upTo <= state.seenUpTo) return accept();
        return accept({ type: 'notifications.centre-seen.v1', data: { person, upTo, at } });
      case 'read':
        return read(state, { person, upTo, at, ...(command.category !== undefined && { category: command.category }) });
    }
  },
};

type Reading = { readonly person: PersonId; readonly upTo: Instant; readonly category?: string; readonly at: Instant };

/** Also where it is no further than before: something may have been marked as unread since. */
function read(state: CentreState, reading: Reading): Decision<CentreEvent> {
  const { category } = reading;
  const isNew = category !== undefined && state.categories[categoryKey(category)] === undefined;
  if (isNew && Object.keys(state.categories).length >= CATEGORIES_READ_MAX) return refuse('categories-read-full', { max: CATEGORIES_READ_MAX });
  return accept({ type: 'notifications.centre-read.v1', data: { ...reading, number: state.timesRead + 1 } });
}

function afterReading(
  state: CentreState,
  { upTo, category, number }: { readonly upTo: Instant; readonly category?: string; readonly number: number },
): CentreState {
  const timesRead = Math.max(state.timesRead, number);
  if (category !== undefined) {
    const key = categoryKey(category);
    return { ...state, timesRead, categories: { ...state.categories, [key]: further(state.categories[key], { upTo, number }) } };
  }
  const all = further(state.read, { upTo, number });
  return { ...state, timesRead, read: all, categories: Object.fromEntries(Object.entries(state.categories).filter(([, one]) => one.upTo > all.upTo)) };
}

/** One that reaches less far, though it is newer, leaves what was read before as it is. */
const further = (before: ReadUpTo | undefined, now: ReadUpTo): ReadUpTo => (before !== undefined && before.upTo > now.upTo ? before : now);

const latest = (one: Instant | undefined, other: Instant): Instant => (one !== undefined && one > other ? one : other);

/** As it came into the centre, and what was said of it alone. */
export type CentreItem = { readonly at: Instant; readonly category: string; readonly item: ItemState };

export function isRead({ at, category, item: { read: own, readBefore = 0 } }: CentreItem, { read: all, categories }: CentreState): boolean {
  if (own === 'read') return true;
  const covers = (one: ReadUpTo | undefined) => one !== undefined && at <= one.upTo && (own !== 'unread' || one.number > readBefore);
  return covers(all) || covers(categories[categoryKey(category)]);
}

/** What is read was seen. */
export const isSeen = (one: CentreItem, state: CentreState): boolean =>
  (state.seenUpTo !== undefined && one.at <= state.seenUpTo) || one.item.read !== undefined || isRead(one, state);
