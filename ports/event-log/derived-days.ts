/**
 * Keys of days that were derived from a ratchet's, so that what ends in a year walks the year once a channel, and not with each message:
 * a day's key derives from that of any earlier day. They stay while the vault's record of the channel still has their days.
 */
import { hkdfSync } from 'node:crypto';

const KEY_BYTES = 32; // AES-256
/** Of all channels together; some 30 MB. */
const KEYS_MAX = 100_000;
/** So many keys of a way are kept, half as many at least: in whatever order days are asked, each is near one of them. */
const KEYS_OF_WAY_MAX = 32;
/** Of a channel that the vault hasn't been asked about for so long none is kept: days of it may have been destroyed since. */
const UNCONFIRMED_MAX_MS = 60 * 60_000;

/** Of the vault: its oldest living day. */
export type OldestDay = { readonly id: string; readonly day: number; readonly key: Uint8Array };

export type DerivedDays = {
  /** What the vault says now: days before it, and those of another ratchet, are dropped. Undefined: it has none. */
  confirm(channel: string, oldest: Pick<OldestDay, 'id' | 'day'> | undefined): void;
  /** `day`: not before the oldest, which the vault said within this minute. */
  keyOf(channel: string, oldest: OldestDay, day: number): Uint8Array;
};

type KeyOfDay = { readonly day: number; readonly key: Uint8Array };
/** `latest`: what is said next ends on that day, or soon after it. */
type Derived = { readonly id: string; readonly passed: readonly KeyOfDay[]; readonly latest: KeyOfDay | undefined; readonly until: number };

/** `next`: the key of the day after this one's. */
export function keepDerivedDays(monotonicMs: () => number, next: (key: Uint8Array) => Uint8Array = nextDay): DerivedDays {
  const channels = new Map<string, Derived>();
  let size = 0;
  const drop = (channel: string) => {
    size -= keysOf(channels.get(channel)).length;
    channels.delete(channel);
  };
  const put = (channel: string, derived: Derived) => {
    drop(channel);
    channels.set(channel, derived);
    size += keysOf(derived).length;
    for (const [oldest, { until }] of channels) {
      if (until > monotonicMs() && size <= KEYS_MAX) break;
      drop(oldest);
    }
  };
  return {
    confirm: (channel, oldest) => {
      const derived = channels.get(channel);
      if (derived === undefined) return;
      if (oldest?.id !== derived.id) return drop(channel);
      const lives = ({ day }: KeyOfDay) => day >= oldest.day;
      const latest = derived.latest !== undefined && lives(derived.latest) ? derived.latest : undefined;
      put(channel, { id: derived.id, passed: derived.passed.filter(lives), latest, until: monotonicMs() + UNCONFIRMED_MAX_MS });
    },
    keyOf: (channel, oldest, day) => {
      const own = channels.get(channel);
      const derived = own?.id === oldest.id ? own : { id: oldest.id, passed: [], latest: undefined, until: monotonicMs() + UNCONFIRMED_MAX_MS };
      const from = nearest(oldest, keysOf(derived), day);
      if (from.day === day) return from.key;
      const { key, passed } = walk(from, { day, keptEvery: keptEvery(day - oldest.day) }, next);
      const latest = derived.latest !== undefined && derived.latest.day > day ? derived.latest : { day, key };
      put(channel, { ...derived, passed: [...derived.passed, ...passed], latest });
      return key;
    },
  };
}

const keysOf = (derived: Derived | undefined): readonly KeyOfDay[] =>
  derived === undefined ? [] : derived.latest === undefined ? derived.passed : [...derived.passed, derived.latest];

/** The latest that isn't after this day. */
function nearest(oldest: KeyOfDay, derived: readonly KeyOfDay[], day: number): KeyOfDay {
  let from = oldest;
  for (const one of derived) if (one.day > from.day && one.day <= day) from = one;
  return from;
}

/** A power of two, so that the days which are kept of a long way are kept of a shorter one as well. */
const keptEvery = (days: number): number => 2 ** Math.max(0, Math.ceil(Math.log2(days / KEYS_OF_WAY_MAX)));

function walk(
  from: KeyOfDay,
  to: { readonly day: number; readonly keptEvery: number },
  next: (key: Uint8Array) => Uint8Array,
): { readonly key: Uint8Array; readonly passed: readonly KeyOfDay[] } {
  const passed: KeyOfDay[] = [];
  let { key } = from;
  for (let day = from.day + 1; day <= to.day; day++) {
    key = next(key);
    if (day % to.keptEvery === 0) passed.push({ day, key });
  }
  return { key, passed };
}

export const nextDay = (key: Uint8Array): Uint8Array => new Uint8Array(hkdfSync('sha256', key, new Uint8Array(), 'tidings next day', KEY_BYTES));
