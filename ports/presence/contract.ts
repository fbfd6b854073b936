import test, { type ExecutionContext } from 'ava';
import type { ChannelId, DeviceId, PersonId } from '../../domain/shared/ids.ts';
import { epochMs, type Instant } from '../../domain/shared/instant.ts';
import type { DevicePresence, Presence } from './port.ts';

/** An adapter that measures time by a clock of the test's, or one whose server has a clock of its own, for which real time passes. */
export type Started<Adapter> = AsyncDisposable & {
  readonly adapter: Adapter;
  /** A time to live that is long beside what a call takes. */
  readonly ttlMs: number;
  readonly elapse: (ms: number) => Promise<void>;
  /** Of the adapter's clock. */
  readonly now: () => Instant;
};

export type Start<Adapter> = () => Promise<Started<Adapter>>;
/** How a suite adds its tests: ava's `test`, or one that skips where a server is missing. */
export type AddTest = (title: string, body: (t: ExecutionContext) => Promise<void>) => void;

const [ann, bob, eve] = ['ann', 'bob', 'eve'] as [string, string, string] as unknown as [PersonId, PersonId, PersonId];
const [phone, laptop] = ['phone', 'laptop'] as [string, string] as unknown as [DeviceId, DeviceId];
const [room, hall] = ['room', 'hall'] as [string, string] as unknown as [ChannelId, ChannelId];
const connection = (person: PersonId, device: DeviceId = phone, gateway = 'g1'): DevicePresence => ({ person, device, gateway });
const departure = (person: PersonId, device: DeviceId = phone, gateway = 'g1') => ({ ...connection(person, device, gateway), agoMs: 0 });

/** Each adapter's test file is one call: `presenceContract('memory', start)`. Nobody may be online at the start. */
export function presenceContract(adapter: string, start: Start<Presence>, addTest: AddTest = test): void {
  const check = checks(adapter, start, addTest);
  const statusOf = async (presence: Presence, person: PersonId) => (await presence.statusOf([person])).get(person);
  const isOnline = async (presence: Presence, person: PersonId) => (await statusOf(presence, person))?.status === 'online';

  check('a person who never connected is offline', async (t, { adapter: presence }) => {
    t.deepEqual(await statusOf(presence, ann), { status: 'offline', lastActiveAt: null });
    t.is((await presence.statusOf([])).size, 0);
  });

  check('a gateway’s signs of life keep everybody on it online, and nobody else', async (t, { adapter: presence, ttlMs, elapse, now }) => {
    await presence.keepAlive('g1', { ttlMs });
    await presence.keepAlive('g2', { ttlMs });
    await presence.arrive([connection(ann), connection(bob), connection(eve, phone, 'g2')]);
    for (let n = 0; n < 4; n++) {
      await elapse(0.4 * ttlMs);
      await presence.keepAlive('g1', { ttlMs });
    }
    const statuses = await presence.statusOf([ann, bob, eve]);
    t.deepEqual(
      [...statuses.values()].map(({ status }) => status),
      ['online', 'online', 'offline'],
    );
    t.true(isNear(statuses.get(ann)?.lastActiveAt, now(), 0.4 * ttlMs));
  });

  check(
    'the people of a gateway that falls silent are offline after its time to live, last active when it was last heard of',
    async (t, { adapter: presence, ttlMs, elapse, now }) => {
      await presence.keepAlive('g1', { ttlMs });
      await presence.arrive([connection(ann)]);
      await elapse(0.3 * ttlMs);
      await presence.keepAlive('g1', { ttlMs });
      const seenAt = now();
      t.true(await isOnline(presence, ann));
      await elapse(1.2 * ttlMs);
      const offline = await statusOf(presence, ann);
      t.is(offline?.status, 'offline');
      t.true(isNear(offline?.lastActiveAt, seenAt, 0.25 * ttlMs));
      await presence.keepAlive('g1', { ttlMs });
      t.true(await isOnline(presence, ann), 'it was only slow');
    },
  );

  check('a person who arrives before the gateway’s first sign of life is online with it', async (t, { adapter: presence, ttlMs }) => {
    await presence.arrive([connection(ann)]);
    t.false(await isOnline(presence, ann));
    t.deepEqual(await presence.keepAlive('g1', { ttlMs }), { known: false });
    t.true(await isOnline(presence, ann));
    t.deepEqual(await presence.keepAlive('g1', { ttlMs }), { known: true });
    t.deepEqual(await presence.keepAlive('g2', { ttlMs }), { known: false });
  });

  check('a person who leaves is offline at once, and was last active when the gateway says', async (t, { adapter: presence, ttlMs, elapse, now }) => {
    await presence.keepAlive('g1', { ttlMs });
    await presence.arrive([connection(ann), connection(bob)]);
    const activeAt = now();
    await elapse(0.4 * ttlMs);
    await presence.keepAlive('g1', { ttlMs });
    await presence.leave([{ ...departure(ann), agoMs: 0.4 * ttlMs }, departure(bob)]);
    const statuses = await presence.statusOf([ann, bob]);
    t.deepEqual(
      [...statuses.values()].map(({ status }) => status),
      ['offline', 'offline'],
    );
    t.true(isNear(statuses.get(ann)?.lastActiveAt, activeAt, 0.2 * ttlMs));
    t.true(isNear(statuses.get(bob)?.lastActiveAt, now(), 0.2 * ttlMs));
    await presence.leave([departure(ann)]);
    await presence.arrive([connection(ann)]);
    t.true(await isOnline(presence, ann));
  });

  check('a person is online as long as one device is, at whichever gateway', async (t, { adapter: presence, ttlMs }) => {
    for (const gateway of ['g1', 'g2']) await presence.keepAlive(gateway, { ttlMs });
    const devices = [
      [phone, 'g1'],
      [laptop, 'g1'],
      [phone, 'g2'],
    ] as const;
    await presence.arrive(devices.map(([device, gateway]) => connection(ann, device, gateway)));
    for (const [device, gateway] of devices) {
      t.true(await isOnline(presence, ann));
      await presence.leave([departure(ann, device, gateway)]);
    }
    t.false(await isOnline(presence, ann));
  });

  check('a late departure makes no time older', async (t, { adapter: presence, ttlMs, now }) => {
    await presence.keepAlive('g1', { ttlMs });
    await presence.arrive([connection(ann)]);
    const arrivedAt = now();
    await presence.leave([{ ...departure(ann), agoMs: 3_600_000 }]);
    t.true(isNear((await statusOf(presence, ann))?.lastActiveAt, arrivedAt, 0.25 * ttlMs));
  });

  check('thousands arrive and leave at once', async (t, { adapter: presence, ttlMs }) => {
    const people = Array.from({ length: 5_000 }, (_, i) => `person-${i}` as PersonId);
    await presence.arrive(people.map((person) => connection(person)));
    await presence.keepAlive('g1', { ttlMs });
    const online = async () => [...(await presence.statusOf(people)).values()].filter(({ status }) => status === 'online').length;
    t.is(await online(), 5_000);
    await presence.leave(people.slice(1_000).map((person) => departure(person)));
    await presence.keepAlive('g1', { ttlMs });
    t.is(await online(), 1_000);
  });

  check('a person has received as far as the furthest device, by channel, and never less than before', async (t, { adapter: presence }) => {
    const receivedBy = async (person: PersonId, channel: ChannelId) => (await presence.receivedBy([person], channel)).get(person);
    t.is(await receivedBy(ann, room), undefined);
    await presence.received(ann, phone, room, 0);
    t.is(await receivedBy(ann, room), 0);
    await presence.received(ann, phone, room, 7);
    await presence.received(ann, laptop, room, 12);
    await presence.received(ann, laptop, room, 3);
    await presence.received(ann, phone, room, 9);
    t.is(await receivedBy(ann, room), 12);
    t.deepEqual([await receivedBy(ann, hall), await receivedBy(bob, room)], [undefined, undefined]);
    await presence.received(eve, phone, room, 4);
    t.deepEqual(
      await presence.receivedBy([eve, bob, ann], room),
      new Map([
        [eve, 4],
        [ann, 12],
      ]),
    );
  });

  check('what a device has and nobody was told of there is delivered and not received; what is received is delivered', async (t, { adapter: presence }) => {
    const both = async (person: PersonId) => {
      const [delivered, received] = await Promise.all([presence.deliveredTo([person], room), presence.receivedBy([person], room)]);
      return [delivered.get(person), received.get(person)];
    };
    t.deepEqual(await both(ann), [undefined, undefined]);
    await presence.delivered(ann, laptop, room, 7);
    await presence.delivered(ann, phone, room, 3);
    t.deepEqual(await both(ann), [7, undefined]);
    await presence.received(ann, phone, room, 4);
    t.deepEqual(await both(ann), [7, 4]);
    await presence.received(ann, phone, room, 9);
    t.deepEqual(await both(ann), [9, 9]);
    await presence.received(eve, phone, room, 0);
    t.deepEqual([await both(eve), await both(bob), (await presence.deliveredTo([ann], hall)).size], [[0, 0], [undefined, undefined], 0]);
  });
}

export const checks =
  <Adapter>(adapter: string, start: Start<Adapter>, addTest: AddTest) =>
  (title: string, body: (t: ExecutionContext, started: Started<Adapter>) => Promise<void>): void =>
    addTest(`${adapter}: ${title}`, async (t) => {
      await using started = await start();
      await body(t, started);
    });

const isNear = (moment: Instant | null | undefined, expected: Instant, toleranceMs: number): boolean =>
  moment !== null && moment !== undefined && Math.abs(epochMs(moment) - epochMs(expected)) <= toleranceMs;
