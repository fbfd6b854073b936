/**
 * The keys of texts that disappear: for each channel a forward ratchet by day. A day's key derives from that of the day before
 * (HKDF-SHA256, RFC 5869) and never the other way, so the vault keeps one record a channel, the oldest living day's key, and putting the
 * next day's in its place destroys every day before. A text is sealed under the key of the day on which it ends and that of its subject
 * together: without either it can't be read. Channels in which nothing disappears have no ratchet.
 */
import { createHash, hkdfSync, randomBytes } from 'node:crypto';
import { DAY_MS, epochMs, type Instant } from '../../domain/shared/instant.ts';
import { counted, emptyTally, type CacheTally } from '../cache-tallies.ts';
import type { Vault, VaultRecords } from '../vault/port.ts';
import { keepDerivedDays, nextDay, type DerivedDays, type OldestDay } from './derived-days.ts';

const KEY_BYTES = 32; // AES-256
const RATCHET_ID_BYTES = 6;
const CHANNELS_CACHED_MAX = 10_000;
/** Another process may have destroyed days meanwhile: this process knows their keys for at most this long. */
const RATCHET_CACHED_MS = 60_000;
/** A message names a day at most a year ahead; a ratchet that nobody advanced for long may be behind by more. */
const DAYS_AHEAD_MAX = 10_000;
/** The vault lists an owner's records whole, so the ratchets have many owners. */
const OWNERS = 256;
const ADVANCED_AT_ONCE_MAX = 50;

/** What keys are kept in. */
export type KeyVault = Pick<Vault, 'get' | 'owned' | 'put' | 'putIfAbsent' | 'removeOwned'>;

export type SubjectKey = { readonly keyId: string; readonly key: Uint8Array };

/** Which key of a ratchet seals a text: the ratchet's id, and a day since 1970. */
export type DayOfRatchet = { readonly ratchet: string; readonly day: number };
export type DayKey = DayOfRatchet & {
  /** The key of the day and the subject's together. */
  with(subject: SubjectKey): Uint8Array;
};

export type Ratchets = {
  /**
   * Seals what ends at `until`. The record is durable when this resolves. Where that day's key is destroyed already, for another process's
   * clock is ahead, it is the oldest living one.
   */
  sealingKeyOf(channel: string, at: { readonly now: Instant; readonly until: Instant }): Promise<DayKey>;
  /** Undefined: it was destroyed, or the vault never had it. */
  openingKeyOf(channel: string, of: DayOfRatchet): Promise<DayKey | undefined>;
  /**
   * Destroys the keys of all days before the one of this moment, of every channel; answers of how many. Doing it twice, at once, or with an
   * earlier moment than before is harmless: no key comes back that was destroyed.
   */
  advanceTo(at: Instant, signal?: AbortSignal): Promise<number>;
};

type RatchetRecord = VaultRecords['channel-ratchet'];
type Cached = OldestDay & { readonly days: Map<number, DayKey>; readonly until: number };

/** `derived`: what the keys of days derive from, kept beyond the minute. */
export function openRatchets(
  vault: KeyVault,
  monotonicMs: () => number,
  tally: CacheTally = emptyTally(),
  derived: DerivedDays = keepDerivedDays(monotonicMs),
): Ratchets {
  const cache = new Map<string, Cached>();

  const remember = (channel: string, { ratchet: id, day, key }: RatchetRecord): Cached => {
    const cached = { id, day, key: Buffer.from(key, 'base64'), days: new Map<number, DayKey>(), until: monotonicMs() + RATCHET_CACHED_MS };
    derived.confirm(channel, cached);
    cache.delete(channel);
    cache.set(channel, cached);
    // The oldest are first: what nobody asks for leaves the memory as well.
    for (const [oldest, { until }] of cache) {
      const isOutOfDate = until <= monotonicMs();
      if (!isOutOfDate && cache.size <= CHANNELS_CACHED_MAX) break;
      cache.delete(oldest);
      if (!isOutOfDate) tally.evictions += 1;
    }
    return cached;
  };
  const cachedOf = (channel: string): Cached | undefined => {
    const cached = cache.get(channel);
    return counted(tally, cached !== undefined && cached.until > monotonicMs() ? cached : undefined);
  };
  const keyOfDay = (channel: string, ratchet: Cached, day: number): DayKey | undefined => {
    const known = ratchet.days.get(day);
    if (known !== undefined) return known;
    if (day - ratchet.day > DAYS_AHEAD_MAX) return undefined;
    const key = dayKey(ratchet.id, day, derived.keyOf(channel, ratchet, day));
    ratchet.days.set(day, key);
    return key;
  };

  return {
    sealingKeyOf: async (channel, { now, until }) => {
      const day = dayNumberOf(until);
      const ratchet = cachedOf(channel) ?? remember(channel, await keptOrBegun(vault, channel, dayNumberOf(now)));
      const key = keyOfDay(channel, ratchet, Math.max(day, ratchet.day));
      if (key === undefined) throw new TypeError(`a text can’t end ${day - ratchet.day} days from the ratchet’s`);
      return key;
    },

    openingKeyOf: async (channel, { ratchet: id, day }) => {
      let ratchet = cachedOf(channel);
      if (ratchet === undefined) {
        const kept = await vault.get('channel-ratchet', channel);
        if (kept === undefined) {
          derived.confirm(channel, undefined);
          return undefined;
        }
        ratchet = remember(channel, kept);
      }
      return ratchet.id === id && day >= ratchet.day ? keyOfDay(channel, ratchet, day) : undefined;
    },

    advanceTo: async (at, signal) => {
      const today = dayNumberOf(at);
      let advanced = 0;
      for (let owner = 0; owner < OWNERS; owner++) {
        signal?.throwIfAborted();
        const behind = (await vault.owned('channel-ratchet', nameOfOwner(owner))).filter(({ record }) => record.day < today);
        for (let first = 0; first < behind.length; first += ADVANCED_AT_ONCE_MAX) {
          const some = behind.slice(first, first + ADVANCED_AT_ONCE_MAX);
          await Promise.all(some.map(({ id, record }) => vault.put('channel-ratchet', id, advancedTo(record, today))));
          for (const { id, record } of some) {
            cache.delete(id);
            derived.confirm(id, { id: record.ratchet, day: today });
          }
          advanced += some.length;
        }
      }
      return advanced;
    },
  };
}

export const dayNumberOf = (at: Instant): number => Math.floor(epochMs(at) / DAY_MS);

const keptOrBegun = async (vault: KeyVault, channel: string, today: number): Promise<RatchetRecord> =>
  (await vault.get('channel-ratchet', channel)) ?? (await vault.putIfAbsent('channel-ratchet', channel, freshRatchet(today), ownedBy(channel)));

const freshRatchet = (day: number): RatchetRecord => ({
  ratchet: randomBytes(RATCHET_ID_BYTES).toString('base64'),
  day,
  key: randomBytes(KEY_BYTES).toString('base64'),
});

const ownedBy = (channel: string) => ({ owner: ownerOfRatchet(channel) });
/** The owner of the channel's record in the vault. */
export const ownerOfRatchet = (channel: string): string => nameOfOwner(ownerOf(channel));
const nameOfOwner = (owner: number) => `ratchets-${owner}`;

/** The first byte of the channel's SHA-256. */
const ownerOf = (channel: string): number => createHash('sha256').update(channel).digest()[0] ?? 0;

function dayKey(ratchet: string, day: number, key: Uint8Array): DayKey {
  const bySubject = new Map<string, Uint8Array>();
  return {
    ratchet,
    day,
    with: ({ keyId, key: subjectKey }) => {
      const known = bySubject.get(keyId);
      if (known !== undefined) return known;
      const both = withSubject(key, subjectKey);
      bySubject.set(keyId, both);
      return both;
    },
  };
}

const advancedTo = ({ ratchet, day, key }: RatchetRecord, today: number): RatchetRecord => ({
  ratchet,
  day: today,
  key: Buffer.from(keyAfter(Buffer.from(key, 'base64'), today - day)).toString('base64'),
});

function keyAfter(key: Uint8Array, days: number): Uint8Array {
  let current = key;
  for (let passed = 0; passed < days; passed++) current = nextDay(current);
  return current;
}

const withSubject = (day: Uint8Array, subject: Uint8Array): Uint8Array =>
  new Uint8Array(hkdfSync('sha256', Buffer.concat([subject, day]), new Uint8Array(), 'tidings text that disappears', KEY_BYTES));
