/** A part of a channel's history apart from the newest: where somebody jumped to. It grows at both ends until it meets the newest. */
import { MESSAGES_KEPT_MAX, type Message, type Messages } from './messages.ts';

export type Elsewhere = {
  /** By seq, the oldest first, without a hole. */
  readonly messages: readonly Message[];
  /** Send it as `before` for older ones. Null: there are none. */
  readonly older: number | null;
  /** Send it as `after` for newer ones. Null: there are none but those of the newest. */
  readonly newer: number | null;
};

/** So many of the newest are kept while somebody reads elsewhere, and for the next start. */
export const NEWEST_KEPT_MAX = 200;

/** Too many at one end are let go at the other, where nobody looks. */
export function withOlder({ messages, newer }: Elsewhere, page: Pick<Elsewhere, 'messages' | 'older'>): Elsewhere {
  const all = [...page.messages.filter(({ seq }) => seq < (messages[0]?.seq ?? Infinity)), ...messages];
  const kept = all.slice(0, MESSAGES_KEPT_MAX);
  return { messages: kept, older: page.older, newer: kept.length < all.length ? (kept.at(-1)?.seq ?? newer) : newer };
}

export function withNewer({ messages, older }: Elsewhere, page: Pick<Elsewhere, 'messages' | 'newer'>): Elsewhere {
  const all = [...messages, ...page.messages.filter(({ seq }) => seq > (messages.at(-1)?.seq ?? -1))];
  const kept = all.slice(-MESSAGES_KEPT_MAX);
  return { messages: kept, older: kept.length < all.length ? (kept[0]?.seq ?? older) : older, newer: page.newer };
}

/** The newest alone, and what was read before them apart: so that neither grows without end. */
export function parted(state: Messages): { readonly newest: Messages; readonly elsewhere: Elsewhere } {
  const newest = newestOf(state);
  return { newest, elsewhere: { messages: state.messages, older: state.older, newer: state.messages.at(-1)?.seq ?? null } };
}

export function newestOf(state: Messages): Messages {
  const messages = state.messages.slice(-NEWEST_KEPT_MAX);
  return messages.length < state.messages.length ? { ...state, messages, older: messages[0]?.seq ?? null } : state;
}

/** Both as one, where they meet. */
export function joined(newest: Messages, { messages, older, newer }: Elsewhere): Messages | undefined {
  const firstSeq = newest.messages[0]?.seq ?? Infinity;
  const meet = newer === null || (messages.at(-1)?.seq ?? -1) >= firstSeq;
  return meet ? { ...newest, messages: [...messages.filter(({ seq }) => seq < firstSeq), ...newest.messages], older } : undefined;
}
