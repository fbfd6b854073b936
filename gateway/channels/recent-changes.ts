/**
 * Departures from channels, blocks, and what people let others learn of them, where a hint told of it a moment ago: it holds at once, also
 * while the views and what is cached of them don't know yet.
 */
import type { Privacy } from '../../domain/people/preferences/privacy.ts';
import type { ChannelId, PersonId } from '../../domain/shared/ids.ts';
import { SECOND_MS } from '../../domain/shared/instant.ts';

/** Longer than the views are late, and than what is cached of them. */
const REMEMBERED_MS = 30 * SECOND_MS;
const REMEMBERED_MAX = 10_000;

/** Until when each is remembered; the oldest first. */
export type RecentChanges = {
  readonly monotonicMs: () => number;
  readonly departures: Map<string, number>;
  readonly blocks: Map<string, number>;
  readonly privacy: Map<PersonId, { readonly privacy: Privacy; readonly untilMs: number }>;
};

export const createRecentChanges = (monotonicMs: () => number): RecentChanges => ({
  monotonicMs,
  departures: new Map(),
  blocks: new Map(),
  privacy: new Map(),
});

export const rememberDeparture = (recent: RecentChanges, channel: ChannelId, person: PersonId): void =>
  remember(recent, recent.departures, `${channel}/${person}`);

export const forgetDeparture = ({ departures }: RecentChanges, channel: ChannelId, person: PersonId): void => void departures.delete(`${channel}/${person}`);

export const hasDeparted = (recent: RecentChanges, channel: ChannelId, person: PersonId): boolean =>
  isRemembered(recent, recent.departures, `${channel}/${person}`);

export const rememberBlock = (recent: RecentChanges, one: PersonId, other: PersonId): void => remember(recent, recent.blocks, pairOf(one, other));

/** The views tell whether the other of the two blocks as well. */
export const forgetBlock = ({ blocks }: RecentChanges, one: PersonId, other: PersonId): void => void blocks.delete(pairOf(one, other));

export const isBlockRecent = (recent: RecentChanges, one: PersonId, other: PersonId): boolean => isRemembered(recent, recent.blocks, pairOf(one, other));

export function rememberPrivacy({ monotonicMs, privacy: changes }: RecentChanges, person: PersonId, privacy: Privacy): void {
  changes.delete(person);
  changes.set(person, { privacy, untilMs: monotonicMs() + REMEMBERED_MS });
  if (changes.size > REMEMBERED_MAX) for (const oldest of changes.keys()) if (changes.delete(oldest)) break;
}

/** Undefined: it hasn't changed a moment ago, as far as this gateway was told. */
export function recentPrivacyOf({ monotonicMs, privacy: changes }: RecentChanges, person: PersonId): Privacy | undefined {
  const change = changes.size === 0 ? undefined : changes.get(person);
  if (change === undefined || change.untilMs > monotonicMs()) return change?.privacy;
  changes.delete(person);
  return undefined;
}

const pairOf = (one: PersonId, other: PersonId): string => (one < other ? `${one}:${other}` : `${other}:${one}`);

function remember({ monotonicMs }: RecentChanges, changes: Map<string, number>, key: string): void {
  changes.delete(key);
  changes.set(key, monotonicMs() + REMEMBERED_MS);
  if (changes.size > REMEMBERED_MAX) for (const oldest of changes.keys()) if (changes.delete(oldest)) break;
}

function isRemembered({ monotonicMs }: RecentChanges, changes: Map<string, number>, key: string): boolean {
  if (changes.size === 0) return false; // nearly always
  const until = changes.get(key);
  if (until === undefined) return false;
  if (until > monotonicMs()) return true;
  changes.delete(key);
  return false;
}
