/**
 * Tells Redis whom this process holds, until Redis knows it, and again whenever it may have forgotten: after a flush, a restart, a
 * promotion, and with each new channel. What couldn't be told in time is a gap, which is told once it is over.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { PersonId } from '../../domain/shared/ids.ts';
import type { RedisConnection } from '../redis/connect.ts';
import { newGeneration } from '../redis/epoch.ts';
import { generationKey, groupOf, keysOf, scriptsFor, type Group } from './groups.ts';
import { KNOWN_WITHIN_MS } from './port.ts';
import { EPOCH, HOLD } from './redis-scripts.ts';

/** Well within five seconds everybody is known anew after a flush. */
const CHECK_EVERY_MS = 1_000;
const RENEW_EVERY_MS = 10 * 60 * 1_000;
/** Of a person whom nobody holds any more. Two renewals may fail. */
const TIME_TO_LIVE_MS = 3 * RENEW_EVERY_MS;
const RETRY_AFTER_MS = 100;

export type Registrations = AsyncDisposable & {
  /** Resolves once Redis knows that this process holds the person, and after KNOWN_WITHIN_MS at the latest. */
  hold(person: PersonId): Promise<void>;
  release(person: PersonId): void;
  /** Everybody is told anew, and then a gap. */
  moveTo(channel: string): void;
};

type Held = { readonly since: number; isKnown: boolean; readonly known: Promise<void>; readonly becomesKnown: () => void };

type Telling = {
  readonly redis: RedisConnection;
  readonly tellGap: () => void;
  readonly signal: AbortSignal;
  readonly held: Map<PersonId, Held>;
  /** Redis may not know yet whether they are held. */
  readonly changed: Set<PersonId>;
  readonly epochs: Map<Group, string>;
  channel: string | undefined;
  owesGap: boolean;
  underWay: Promise<void> | undefined;
};

export function startRegistrations({ redis, tellGap }: { readonly redis: RedisConnection; readonly tellGap: () => void }): Registrations {
  const stopping = new AbortController();
  const { signal } = stopping;
  const held = new Map<PersonId, Held>();
  const changed = new Set<PersonId>();
  const telling: Telling = { redis, tellGap, signal, held, changed, epochs: new Map(), channel: undefined, owesGap: false, underWay: undefined };
  const kept = keepTold(telling);

  return {
    hold: (person) => {
      const before = held.get(person);
      if (before !== undefined) return before.known;
      const entry = newlyHeld();
      held.set(person, entry);
      changed.add(person);
      tell(telling);
      return entry.known;
    },
    release: (person) => {
      if (!held.delete(person)) return;
      changed.add(person);
      tell(telling);
    },
    moveTo: (channel) => {
      if (telling.channel !== undefined) telling.owesGap = true;
      telling.channel = channel;
      tellAnew(telling);
    },
    [Symbol.asyncDispose]: async () => {
      stopping.abort();
      for (const { becomesKnown } of held.values()) becomesKnown();
      await Promise.all([kept, telling.underWay]);
    },
  };
}

function newlyHeld(): Held {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, KNOWN_WITHIN_MS).unref();
  const becomesKnown = () => {
    clearTimeout(timer);
    resolve();
  };
  return { since: performance.now(), isKnown: false, known: promise, becomesKnown };
}

function tellAnew(telling: Telling, group?: Group): void {
  for (const person of telling.held.keys()) if (group === undefined || groupOf(telling.redis, person) === group) telling.changed.add(person);
  tell(telling);
}

/** One at a time, so that what Redis hears last is so. */
function tell(telling: Telling): void {
  if (telling.channel === undefined || telling.changed.size === 0 || telling.signal.aborted) return;
  telling.underWay ??= new Promise((resolve) => setImmediate(resolve))
    .then(() => tellChanged(telling))
    .finally(() => {
      telling.underWay = undefined;
      tell(telling);
    });
}

async function tellChanged(telling: Telling): Promise<void> {
  const { redis, changed, channel, signal } = telling;
  if (channel === undefined) return;
  const scripts = scriptsFor(redis, changed);
  changed.clear();
  const told = await Promise.all(
    scripts.map(async ({ group, people }) => {
      try {
        await tellGroup(telling, { group, people, channel });
        return true;
      } catch {
        for (const person of people) changed.add(person); // the connection reports its outages itself
        return false;
      }
    }),
  );
  if (!told.every(Boolean)) await delay(RETRY_AFTER_MS, undefined, { signal }).catch(() => undefined);
  else if (telling.owesGap && changed.size === 0 && channel === telling.channel) {
    telling.owesGap = false;
    telling.tellGap();
  }
}

async function tellGroup(
  telling: Telling,
  { group, people, channel }: { readonly group: Group; readonly people: readonly PersonId[]; readonly channel: string },
): Promise<void> {
  const entries = people.map((person) => telling.held.get(person));
  const flags = entries.map((entry) => (entry === undefined ? '0' : '1')).join('');
  const keys: [string, ...string[]] = [generationKey(group), ...keysOf(group, people)];
  const epoch = (await telling.redis.run(HOLD, keys, [newGeneration(), channel, String(TIME_TO_LIVE_MS), flags])) as string;
  if (channel !== telling.channel) return; // everybody is told of the new one
  meetEpoch(telling, group, epoch);
  const now = performance.now();
  for (const entry of entries) {
    if (entry === undefined) continue;
    if (!entry.isKnown && now - entry.since > KNOWN_WITHIN_MS) telling.owesGap = true;
    entry.isKnown = true;
    entry.becomesKnown();
  }
}

/** A group of another epoch, or without one, has forgotten everybody who was told before. */
function meetEpoch(telling: Telling, group: Group, epoch: string | undefined): void {
  const before = telling.epochs.get(group);
  if (epoch === undefined) telling.epochs.delete(group);
  else telling.epochs.set(group, epoch);
  if (before === undefined || before === epoch) return;
  telling.owesGap = true;
  tellAnew(telling, group);
}

async function keepTold(telling: Telling): Promise<void> {
  const { redis, signal, epochs } = telling;
  let renewedAt = performance.now();
  for (;;) {
    await delay(CHECK_EVERY_MS, undefined, { signal, ref: false }).catch(() => undefined);
    if (signal.aborted) return;
    await Promise.all(
      [...epochs.keys()].map(async (group) => {
        try {
          meetEpoch(telling, group, ((await redis.run(EPOCH, [generationKey(group)], [])) as string | null) ?? undefined);
        } catch {
          // Asked again in a moment; the connection reports its outages itself.
        }
      }),
    );
    if (performance.now() - renewedAt < RENEW_EVERY_MS) continue;
    renewedAt = performance.now();
    tellAnew(telling);
  }
}
