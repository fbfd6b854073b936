/**
 * Sends hints to the processes that hold their people. What is published meanwhile waits, and goes as one: one look-up for all of its
 * people, and one message to each process. One batch after the other, so that hints stay in order; what can't be sent for a while, or
 * is too much, is dropped, and everybody is told of a gap as soon as that is possible.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { PersonId } from '../../domain/shared/ids.ts';
import type { RedisConnection } from '../redis/connect.ts';
import { RedisUnavailable } from '../redis/errors.ts';
import { keysOf, scriptsFor } from './groups.ts';
import type { Hint } from './port.ts';
import { FORGET, HOLDERS } from './redis-scripts.ts';

/** Hints that wait for Redis. */
export const PUBLISHED_WAITING_MAX = 10_000;
/** A hint that is older is of no use: whom it concerns has looked, or will be told of the gap. */
export const HINT_AGE_MAX_MS = 5_000;
const BATCH_PEOPLE_MAX = 2_000;
/** Of one message; a larger hint is one of its own. */
const MESSAGE_CHARACTERS_MAX = 256 * 1_024;
const RETRY_AFTER_MS = 100;
/** A gap makes every process look at everything that it holds. */
const GAP_EVERY_MS = 5_000;

/** Held by every process. No person has this id. */
export const EVERY_PROCESS = '*' as PersonId;

export type Envelope = { readonly hints: readonly { readonly to: readonly PersonId[]; readonly hint: Hint }[] } | { readonly gap: true };

export type Publisher = AsyncDisposable & { publish(to: readonly PersonId[], hint: Hint): void };

type Published = { readonly to: readonly PersonId[]; readonly hint: Hint; readonly at: number };
type Channels = ReadonlyMap<PersonId, readonly string[]>;

export type PublisherDependencies = {
  readonly redis: RedisConnection;
  /** Of this process, whose listeners have their hints already. */
  readonly ownChannel: () => string | undefined;
  /** A refusal of Redis, and so a bug. */
  readonly onError: (error: unknown) => void;
};

type Sending = PublisherDependencies & {
  readonly signal: AbortSignal;
  waiting: Published[];
  owesGap: boolean;
  gapToldAt: number;
};

export function startPublisher(dependencies: PublisherDependencies): Publisher {
  const stopping = new AbortController();
  const { signal } = stopping;
  const sending: Sending = { ...dependencies, signal, waiting: [], owesGap: false, gapToldAt: -Infinity };
  let underWay: Promise<void> | undefined;
  const start = () => {
    underWay ??= new Promise<void>((resolve) => setImmediate(resolve))
      .then(() => sendAll(sending))
      .finally(() => {
        underWay = undefined;
        if (sending.waiting.length > 0 && !signal.aborted) start(); // published after the last look
      });
  };

  return {
    publish: (to, hint) => {
      if (signal.aborted || to.length === 0) return;
      if (sending.waiting.length < PUBLISHED_WAITING_MAX) sending.waiting.push({ to, hint, at: performance.now() });
      else sending.owesGap = true;
      start();
    },
    [Symbol.asyncDispose]: async () => {
      stopping.abort();
      await underWay;
    },
  };
}

async function sendAll(sending: Sending): Promise<void> {
  while ((sending.waiting.length > 0 || sending.owesGap) && !sending.signal.aborted) {
    dropOld(sending);
    const batch = nextBatch(sending.waiting);
    try {
      if (batch.length > 0) await sendBatch(sending, batch);
      if (sending.owesGap && performance.now() - sending.gapToldAt >= GAP_EVERY_MS) await sendGap(sending);
      else if (sending.owesGap && sending.waiting.length === 0) await pause(sending);
    } catch (error) {
      if (!(error instanceof RedisUnavailable)) {
        sending.onError(error);
        sending.waiting = sending.waiting.filter((one) => !batch.includes(one));
        sending.gapToldAt = performance.now(); // or a gap that can't be told would be tried without a pause
      }
      await pause(sending);
    }
  }
}

const pause = ({ signal }: Sending): Promise<void> => delay(RETRY_AFTER_MS, undefined, { signal }).catch(() => undefined);

function dropOld(sending: Sending): void {
  const { waiting } = sending;
  const since = performance.now() - HINT_AGE_MAX_MS;
  const young = waiting.findIndex(({ at }) => at >= since);
  if (young === 0 || waiting.length === 0) return;
  sending.waiting = young < 0 ? [] : waiting.slice(young);
  sending.owesGap = true;
}

/** A batch that could not be looked up goes on waiting; one that could is sent once, and what of it fails is a gap. */
async function sendBatch(sending: Sending, batch: readonly Published[]): Promise<void> {
  const { redis } = sending;
  const { channels, isWhole } = await channelsOf(redis, new Set(batch.flatMap(({ to }) => to)));
  if (!isWhole) sending.owesGap = true;
  sending.waiting = sending.waiting.slice(batch.length);
  const own = sending.ownChannel();
  const sent = Array.from(envelopesFor(batch, channels), async ([channel, { people, messages }]) => {
    if (channel === own) return;
    const heard = await Promise.all(messages.map((message) => redis.command(channel, ['SPUBLISH', channel, message])));
    if (heard.includes(0)) await forget(redis, people, channel);
  });
  for (const one of await Promise.allSettled(sent)) {
    if (one.status === 'fulfilled') continue;
    sending.owesGap = true;
    if (!(one.reason instanceof RedisUnavailable)) sending.onError(one.reason);
  }
}

async function sendGap(sending: Sending): Promise<void> {
  const { redis } = sending;
  const { channels } = await channelsOf(redis, [EVERY_PROCESS]);
  const own = sending.ownChannel();
  const message = JSON.stringify({ gap: true } satisfies Envelope);
  await Promise.all(
    (channels.get(EVERY_PROCESS) ?? []).map(async (channel) => {
      if (channel !== own && (await redis.command(channel, ['SPUBLISH', channel, message])) === 0) await forget(redis, [EVERY_PROCESS], channel);
    }),
  );
  sending.gapToldAt = performance.now();
  sending.owesGap = false;
}

/** Nobody hears a channel any more whose connection is gone. */
async function forget(redis: RedisConnection, people: Iterable<PersonId>, channel: string): Promise<void> {
  await Promise.all(
    scriptsFor(redis, people).map(async ({ group, people: some }) => {
      const [first = '', ...others] = keysOf(group, some);
      await redis.run(FORGET, [first, ...others], [channel]);
    }),
  );
}

/** At least one, however many people it is to. What is published meanwhile is not of it. */
function nextBatch(waiting: readonly Published[]): readonly Published[] {
  let people = 0;
  const end = waiting.findIndex(({ to }) => (people += to.length) > BATCH_PEOPLE_MAX);
  return waiting.slice(0, end < 0 ? waiting.length : Math.max(1, end));
}

/** `isWhole`: false where some nodes of a cluster are away, and so nobody is found whom they know. Throws where all are. */
async function channelsOf(redis: RedisConnection, people: Iterable<PersonId>): Promise<{ readonly channels: Channels; readonly isWhole: boolean }> {
  const lookedUp = await Promise.allSettled(
    scriptsFor(redis, people).map(async ({ group, people: some }) => {
      const [first = '', ...others] = keysOf(group, some);
      const channels = (await redis.run(HOLDERS, [first, ...others], [])) as string[][];
      return some.map((person, i): [PersonId, readonly string[]] => [person, channels[i] ?? []]);
    }),
  );
  const found = lookedUp.filter((one) => one.status === 'fulfilled');
  const failed = lookedUp.find((one) => one.status === 'rejected');
  if (failed !== undefined && (found.length === 0 || !(failed.reason instanceof RedisUnavailable))) throw failed.reason;
  return { channels: new Map(found.flatMap(({ value }) => value)), isWhole: failed === undefined };
}

type Outgoing = { readonly people: Set<PersonId>; readonly messages: string[] };

/** A hint is encoded once, whatever the number of processes, and not at all where nobody else holds its people. */
function envelopesFor(batch: readonly Published[], channels: Channels): ReadonlyMap<string, Outgoing> {
  const outgoing = new Map<string, Outgoing & { parts: string[]; characters: number }>();
  const close = (one: { readonly messages: string[]; parts: string[]; characters: number }) => {
    if (one.parts.length > 0) one.messages.push(`{"hints":[${one.parts.join()}]}`);
    one.parts = [];
    one.characters = 0;
  };
  for (const { to, hint } of batch) {
    const byChannel = new Map<string, PersonId[]>();
    for (const person of to)
      for (const channel of channels.get(person) ?? []) {
        const people = byChannel.get(channel);
        if (people === undefined) byChannel.set(channel, [person]);
        else people.push(person);
      }
    if (byChannel.size === 0) continue;
    const encoded = JSON.stringify(hint);
    for (const [channel, people] of byChannel) {
      const one = outgoing.get(channel) ?? { people: new Set(), messages: [], parts: [], characters: 0 };
      outgoing.set(channel, one);
      if (one.characters + encoded.length > MESSAGE_CHARACTERS_MAX) close(one);
      for (const person of people) one.people.add(person);
      one.parts.push(`{"to":${JSON.stringify(people)},"hint":${encoded}}`);
      one.characters += encoded.length;
    }
  }
  for (const one of outgoing.values()) close(one);
  return outgoing;
}
