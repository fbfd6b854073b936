import test from 'ava';
import type { ChannelId, DeviceId, PersonId } from '../../domain/shared/ids.ts';
import { DAY_MS, instant } from '../../domain/shared/instant.ts';
import { presenceContract, type Started } from './contract.ts';
import { startMemoryPresence } from './memory.ts';
import { startMemoryGatewayRegistry } from './memory-registry.ts';
import { gatewayRegistryContract } from './registry-contract.ts';

type Clocks = { readonly monotonicMs: () => number; readonly clock: () => ReturnType<typeof instant> };

/** With a clock that only moves when the test says so. */
const withClock =
  <Adapter extends AsyncDisposable>(start: (clocks: Clocks) => Promise<Adapter>) =>
  async (): Promise<Started<Adapter>> => {
    let elapsedMs = 0;
    const clock = () => instant(Date.UTC(2030, 0, 1) + elapsedMs);
    const adapter = await start({ monotonicMs: () => elapsedMs, clock });
    return {
      adapter,
      ttlMs: 60_000,
      elapse: async (ms) => void (elapsedMs += ms),
      now: clock,
      [Symbol.asyncDispose]: () => adapter[Symbol.asyncDispose](),
    };
  };

presenceContract('memory', withClock(startMemoryPresence));
gatewayRegistryContract('memory', withClock(startMemoryGatewayRegistry));

const [ann, bob, eve] = ['ann', 'bob', 'eve'] as unknown as [PersonId, PersonId, PersonId];
const device = 'phone' as DeviceId;
const on = (person: PersonId, gateway = 'g1') => [{ person, device, gateway }];
const never = { status: 'offline', lastActiveAt: null } as const;

test('a person is online to the last millisecond of the gateway’s time to live', async (t) => {
  await using started = await withClock(startMemoryPresence)();
  const { adapter: presence, elapse } = started;
  await presence.keepAlive('g1', { ttlMs: 1_000 });
  await presence.arrive(on(ann));
  const statusOf = async () => (await presence.statusOf([ann])).get(ann)?.status;
  await elapse(999);
  t.is(await statusOf(), 'online');
  await elapse(1);
  t.is(await statusOf(), 'offline');
});

for (const hours of [-1, 1])
  test(`a clock that is set by ${hours} h puts no time to live off, and brings none forward`, async (t) => {
    let [elapsedMs, setByMs] = [0, 0];
    const clock = () => instant(DAY_MS + elapsedMs + setByMs);
    await using presence = await startMemoryPresence({ monotonicMs: () => elapsedMs, clock });
    await presence.keepAlive('g1', { ttlMs: 1_000 });
    await presence.arrive(on(ann));
    setByMs = hours * 3_600_000;
    elapsedMs = 999;
    t.is((await presence.statusOf([ann])).get(ann)?.status, 'online');
    elapsedMs = 1_000;
    t.is((await presence.statusOf([ann])).get(ann)?.status, 'offline');
  });

test('a person of whom nothing was told for a week counts as never seen', async (t) => {
  await using started = await withClock(startMemoryPresence)();
  const { adapter: presence, elapse, now } = started;
  await presence.arrive(on(ann));
  await elapse(DAY_MS);
  await presence.arrive(on(bob));
  const at = now();
  await elapse(6 * DAY_MS);
  await presence.arrive(on(eve));
  const statuses = await presence.statusOf([ann, bob]);
  t.deepEqual([statuses.get(ann), statuses.get(bob)], [never, { status: 'offline', lastActiveAt: at }]);
});

test('of too many people, the one of whom nothing was told for longest is forgotten', async (t) => {
  await using presence = await startMemoryPresence({ peopleMax: 2 });
  await presence.keepAlive('g1', { ttlMs: 60_000 });
  for (const person of [ann, bob, ann, eve]) await presence.arrive(on(person));
  const statuses = await presence.statusOf([ann, bob, eve]);
  t.deepEqual([statuses.get(ann)?.status, statuses.get(bob), statuses.get(eve)?.status], ['online', never, 'online']);
});

test('of too many cursors, the one that has not moved for longest is lost', async (t) => {
  await using presence = await startMemoryPresence({ cursorsMax: 2 });
  const [one, two, three] = ['one', 'two', 'three'] as unknown as [ChannelId, ChannelId, ChannelId];
  for (const channel of [one, two, one, three]) await presence.received(ann, device, channel, 5);
  const receivedIn = async (channel: ChannelId) => (await presence.receivedBy([ann], channel)).get(ann);
  t.deepEqual(await Promise.all([one, two, three].map(receivedIn)), [5, undefined, 5]);
  for (const channel of [one, two, three]) await presence.delivered(ann, device, channel, 6);
  const deliveredIn = async (channel: ChannelId) => (await presence.deliveredTo([ann], channel)).get(ann);
  t.deepEqual(await Promise.all([one, two, three].map(deliveredIn)), [5, 6, 6], 'what was received is kept apart');
});
