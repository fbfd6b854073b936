import test from 'ava';
import { randomUUID } from 'node:crypto';
import type { ChannelId, DeviceId, PersonId } from '../../domain/shared/ids.ts';
import { createViewQueries, type ViewQueriesDependencies } from '../channels/view-queries.ts';
import type { Connection, Identity } from '../connection/connection.ts';
import { createPresenceSubscriptions } from '../presence/presence-subscriptions.ts';
import { connectionForTest } from '../testing/connection.ts';
import { createSignals, handleSignal, type SignalsDependencies } from './signals.ts';
import { createTypingThrottle } from './typing-throttle.ts';

const identity: Identity = { person: randomUUID() as PersonId, device: 'phone' as DeviceId, session: 's', expiresAtMs: Infinity };
const watchedBy = ({ watchedPeople }: Connection) => [...(watchedPeople ?? [])];

/** Everybody is a friend; the views answer each query for friends in the order and at the time that the test says. */
function givenWatching() {
  const queried: (() => void)[] = [];
  const views = {
    getMany: (collection: string, ids: readonly string[]) =>
      collection === 'friends' ? new Promise((resolve) => queried.push(() => resolve(ids.map((id) => ({ id }))))) : Promise.resolve(ids.map(() => undefined)),
  } as unknown as ViewQueriesDependencies['views'];
  const queries = createViewQueries({ views, monotonicMs: () => 0 });
  const subscriptions = createPresenceSubscriptions({
    broadcast: { listen: () => ({ known: Promise.resolve(), [Symbol.dispose]: () => undefined }) },
    presence: { statusOf: () => Promise.resolve(new Map()) },
    queries,
    monotonicMs: () => 0,
    reportError: () => undefined,
  });
  const signals = createSignals({ queries, subscriptions } as unknown as SignalsDependencies);
  const { connection } = connectionForTest({ phase: 'live' });
  const watch = (...people: readonly PersonId[]) => handleSignal(signals, connection, identity, { type: 'watch', people: [...people] });
  return { connection, queried, subscriptions, watch };
}

test('a connection that goes while its visible people are queried watches nobody', async (t) => {
  const { connection, queried, subscriptions, watch } = givenWatching();
  const friend = randomUUID() as PersonId;
  const answered = watch(friend);
  connection.phase = 'closing';
  queried[0]?.();
  t.is(await answered, undefined);
  t.deepEqual([watchedBy(connection), subscriptions.watched.size], [[], 0]);
});

test('of two watches the one that was sent last holds, whichever is answered first', async (t) => {
  const { connection, queried, subscriptions, watch } = givenWatching();
  const [one, other] = [randomUUID() as PersonId, randomUUID() as PersonId];
  const both = [watch(one), watch(other)];
  queried[1]?.();
  queried[0]?.();
  await Promise.all(both);
  t.deepEqual([watchedBy(connection), [...subscriptions.watched.keys()]], [[other], [other]]);
});

test('typing is published once in a few seconds for a person and channel, naming the device that types', async (t) => {
  const channel = randomUUID() as ChannelId;
  const members = [identity.person, randomUUID() as PersonId];
  let nowMs = 0;
  const published: unknown[] = [];
  const views = {
    get: () => Promise.resolve({ members, kind: 'group', request: null }),
    getMany: (_: string, ids: readonly string[]) => Promise.resolve(ids.map(() => undefined)),
  } as unknown as ViewQueriesDependencies['views'];
  const signals = createSignals({
    queries: createViewQueries({ views, monotonicMs: () => nowMs }),
    broadcast: { publish: (to: unknown, hint: unknown) => void published.push([to, hint]) },
    typing: createTypingThrottle(() => nowMs),
  } as unknown as SignalsDependencies);
  const { connection } = connectionForTest({ phase: 'live' });
  const type = () => handleSignal(signals, connection, identity, { type: 'typing', channel });
  const hint = [members, { kind: 'typing', channel, person: identity.person, device: identity.device }];
  await type();
  nowMs += 2_999;
  await type();
  t.deepEqual(published, [hint]);
  nowMs += 1;
  await type();
  t.deepEqual(published, [hint, hint]);
});
