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

export function startRegistrations({ redis, tellGap }: { readonly redis: RedisConnection; readonly tellGap: () => void }): Registrations {
  const held = new Map<PersonId, Held>();
  /** Redis may not know yet whether they are held. */
  const changed = new Set<PersonId>();
  const epochs = new Map<Group, string>();
  const stopping = new AbortController();
  const { signal } = stopping;
  let channel: string | undefined;
  let owesGap = false;
  let telling: Promise<void> | undefined;

  const tellAnew = (isOf: (group: Group) => boolean = () => true) => {
    for (const person of held.keys()) if (isOf(groupOf(redis, person))) changed.add(person);
    tell();
  };
  const tell = () => {
    if (channel === undefined || changed.size === 0 || signal.aborted) return;
    telling ??= new Promise((resolve) => setImmediate(resolve)).then(tellAll).finally(() => {
      telling = undefined;
      tell();
    });
  };
  const tellAll = async () => {
    const to = channel;
    if (to === undefined) return;
    const scripts = scriptsFor(redis, changed);
    changed.clear();
    const told = await Promise.all(
      scripts.map(async ({ group, people }) => {
        try {
          await tellGroup(group, people, to);
          return true;
        } catch {
          for (const person of people) changed.add(person); // the connection reports its outages itself
          return false;
        }
      }),
    );
    if (!told.every(Boolean)) await delay(RETRY_AFTER_MS, undefined, { signal }).catch(() => undefined);
    else if (owesGap && changed.size === 0 && to === channel) {
      owesGap = false;
      tellGap();
    }
  };
  const tellGroup = async (group: Group, people: readonly PersonId[], to: string) => {
    const entries = people.map((person) => held.get(person));
    const flags = entries.map((entry) => (entry === undefined ? '0' : '1')).join('');
    const keys: [string, ...string[]] = [generationKey(group), ...keysOf(group, people)];
    const epoch = String(await redis.run(HOLD, keys, [newGeneration(), to, String(TIME_TO_LIVE_MS), flags]));
    if (to !== channel) return;
    meetEpoch(group, epoch);
    const now = performance.now();
    for (const entry of entries) {
      if (entry === undefined) continue;
      if (!entry.isKnown && now - entry.since > KNOWN_WITHIN_MS) owesGap = true;
      entry.isKnown = true;
      entry.becomesKnown();
    }
  };
  /** A group of another epoch has forgotten everybody who was told before. */
  const meetEpoch = (group: Group, epoch: string | undefined) => {
    const before = epochs.get(group);
    if (epoch === undefined) epochs.delete(group);
    else epochs.set(group, epoch);
    if (before === undefined || before === epoch) return;
    owesGap = true;
    tellAnew((one) => one === group);
  };
  const check = async () => {
    await Promise.all(
      [...epochs.keys()].map(async (group) => {
        try {
          meetEpoch(group, ((await redis.run(EPOCH, [generationKey(group)], [])) as string | null) ?? undefined);
        } catch {
          // Asked again in a moment; the connection reports its outages itself.
        }
      }),
    );
  };
  const keepTold = async () => {
    let renewedAt = performance.now();
    while (!signal.aborted) {
      await delay(CHECK_EVERY_MS, undefined, { signal, ref: false }).catch(() => undefined);
      if (signal.aborted) return;
      await check();
      if (performance.now() - renewedAt < RENEW_EVERY_MS) continue;
      renewedAt = performance.now();
      tellAnew();
    }
  };
  const kept = keepTold();

  return {
    hold: (person) => {
      let entry = held.get(person);
      if (entry === undefined) {
        const { promise, resolve } = Promise.withResolvers<void>();
        const timer = setTimeout(resolve, KNOWN_WITHIN_MS).unref();
        entry = {
          since: performance.now(),
          isKnown: false,
          known: promise,
          becomesKnown: () => {
            clearTimeout(timer);
            resolve();
          },
        };
        held.set(person, entry);
        changed.add(person);
        tell();
      }
      return entry.known;
    },
    release: (person) => {
      if (!held.delete(person)) return;
      changed.add(person);
      tell();
    },
    moveTo: (next) => {
      if (channel !== undefined) owesGap = true;
      channel = next;
      tellAnew();
    },
    [Symbol.asyncDispose]: async () => {
      stopping.abort();
      for (const { becomesKnown } of held.values()) becomesKnown();
      await Promise.all([kept, telling]);
    },
  };
}
