/** Who works on a part, until when, and how far it is done. A worker that dies loses its part when its time is over, and the next begins at the last cursor. */
import { accept, refuse, type Decider } from '../shared/decider.ts';
import { epochMs, plus, SECOND_MS, type Instant } from '../shared/instant.ts';
import type { PartOfWork, SubscriptionsEvent } from './events.ts';

export const PART_HELD_MS = 30 * SECOND_MS;
export const PARTS_MAX = 64;
export const CURSOR_CHARACTERS_MAX = 1_000;

export type PartState =
  | { readonly status: 'none' }
  | { readonly status: 'held'; readonly holder: string; readonly until: Instant; readonly cursor: string | null }
  | { readonly status: 'free'; readonly cursor: string | null };

/** `cursor`: how far the holder has come; absent where it has nothing to say. */
export type PartCommand = PartOfWork & { readonly holder: string; readonly cursor?: string | undefined; readonly at: Instant } & (
    { readonly type: 'hold' } | { readonly type: 'release' }
  );

export const partOfWork: Decider<PartState, PartCommand, SubscriptionsEvent> = {
  initialState: { status: 'none' },
  reads: 'tail',

  evolve: (_state, event) => {
    const { cursor, holder } = event.data;
    switch (event.type) {
      case 'subscriptions.part-held.v1':
        return { status: 'held', holder, until: event.data.until, cursor };
      case 'subscriptions.part-released.v1':
        return { status: 'free', cursor };
    }
  },

  decide: (state, { type, app, projection, group, of, part, holder, cursor, at }) => {
    const isHolder = state.status === 'held' && state.holder === holder;
    if (state.status === 'held' && !isHolder && epochMs(state.until) > epochMs(at)) {
      return refuse('part-taken', { retryAfterSeconds: Math.ceil((epochMs(state.until) - epochMs(at)) / SECOND_MS) });
    }
    // Only who holds it knows how far it is done: whoever comes back after another has held it goes on where that one was.
    const stored = state.status === 'none' ? null : state.cursor;
    const reached = isHolder || state.status === 'none' ? (cursor ?? stored) : stored;
    const data = { app, projection, group, of, part, holder, cursor: reached, at };
    switch (type) {
      case 'hold':
        return accept({ type: 'subscriptions.part-held.v1', data: { ...data, until: plus(at, PART_HELD_MS) } });
      case 'release':
        return isHolder ? accept({ type: 'subscriptions.part-released.v1', data }) : accept();
    }
  },
};
