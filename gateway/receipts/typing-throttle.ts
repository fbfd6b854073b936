/** Lets one typing signal of a person and channel through in a few seconds. */
import type { ChannelId, PersonId } from '../../domain/shared/ids.ts';
import { SECOND_MS } from '../../domain/shared/instant.ts';

/** A client shows a typing signal a little longer than that. */
const TYPING_MS = 3 * SECOND_MS;
const REMEMBERED_MAX = 10_000;

/** By person and channel, when a signal was let through last; the longest ago first. */
export type TypingThrottle = { readonly monotonicMs: () => number; readonly passedMs: Map<string, number> };

export const createTypingThrottle = (monotonicMs: () => number): TypingThrottle => ({ monotonicMs, passedMs: new Map() });

export function passesThrottle({ monotonicMs, passedMs }: TypingThrottle, person: PersonId, channel: ChannelId): boolean {
  const key = `${person}/${channel}`;
  const lastMs = passedMs.get(key);
  if (lastMs !== undefined && monotonicMs() - lastMs < TYPING_MS) return false;
  passedMs.delete(key);
  passedMs.set(key, monotonicMs());
  if (passedMs.size > REMEMBERED_MAX) for (const oldest of passedMs.keys()) if (passedMs.delete(oldest)) break;
  return true;
}
