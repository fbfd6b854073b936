import test, { type ExecutionContext } from 'ava';
import type { ChannelId, DeviceId, PersonId } from '../../domain/shared/ids.ts';
import { instant, plus } from '../../domain/shared/instant.ts';
import type { DevicePresence, Gateway, GatewayRegistry, Presence } from './port.ts';

/** Starts an adapter that measures time by this clock, so that no test waits. An adapter whose server has a clock of its own lets real time pass. */
type Start<Adapter> = (time: { readonly monotonicMs: () => number }) => Promise<Adapter>;

const now = instant(Date.now());
const ttlMs = 60_000;
const later = (ms: number) => plus(now, ms);

const [ann, bob, eve] = ['ann', 'bob', 'eve'] as [string, string, string] as unknown as [PersonId, PersonId, PersonId];
const [phone, laptop] = ['phone', 'laptop'] as [string, string] as unknown as [DeviceId, DeviceId];
const [room, hall] = ['room', 'hall'] as [string, string] as unknown as [ChannelId, ChannelId];
const connection = (person: PersonId, device: DeviceId = phone, gateway = 'g1'): DevicePresence => ({ person, device, gateway });

/** Each adapter's test file is one call: `presenceContract('memory', startMemoryPresence)`. Nobody may be online at the start. */
export function presenceContract(adapter: string, start: Start<Presence>): void {
  const check = checks(adapter, start);
  const statusOf = async (presence: Presence, person: PersonId) => (await presence.statusOf([person])).get(person);

  check('a person who never connected is offline', async (t, presence) => {
    t.deepEqual(await statusOf(presence, ann), { status: 'offline', lastActiveAt: null });
    t.is((await presence.statusOf([])).size, 0);
  });

  check('a heartbeat counts until its time to live has passed', async (t, presence, elapse) => {
    await presence.beat([connection(ann), connection(bob)], { at: now, ttlMs });
    elapse(20_000);
    await presence.beat([connection(bob)], { at: later(20_000), ttlMs });
    elapse(39_999);
    t.deepEqual(
      await presence.statusOf([ann, bob, eve]),
      new Map([
        [ann, { status: 'online', lastActiveAt: now }],
        [bob, { status: 'online', lastActiveAt: later(20_000) }],
        [eve, { status: 'offline', lastActiveAt: null }],
      ]),
    );
    elapse(1);
    t.deepEqual(await statusOf(presence, ann), { status: 'offline', lastActiveAt: now });
    elapse(19_999);
    t.is((await statusOf(presence, bob))?.status, 'online');
    elapse(1);
    t.is((await statusOf(presence, bob))?.status, 'offline');
  });

  check('a person who leaves is offline at once, and was last active then', async (t, presence) => {
    await presence.beat([connection(ann)], { at: now, ttlMs });
    await presence.leave(connection(ann), later(5_000));
    t.deepEqual(await statusOf(presence, ann), { status: 'offline', lastActiveAt: later(5_000) });
    await presence.leave(connection(ann), later(5_000));
    await presence.beat([connection(ann)], { at: later(6_000), ttlMs });
    t.is((await statusOf(presence, ann))?.status, 'online');
  });

  check('a clock that people are shown may be set back or forth: times to live don’t follow it', async (t, presence, elapse) => {
    await presence.beat([connection(ann)], { at: later(3_600_000), ttlMs });
    await presence.beat([connection(bob)], { at: later(-3_600_000), ttlMs });
    elapse(59_999);
    t.is((await statusOf(presence, ann))?.status, 'online');
    t.is((await statusOf(presence, bob))?.status, 'online');
    elapse(1);
    t.is((await statusOf(presence, ann))?.status, 'offline');
    t.is((await statusOf(presence, bob))?.status, 'offline');
  });

  check('a person is online as long as one device is, at whichever gateway', async (t, presence) => {
    const all = [connection(ann, phone, 'g1'), connection(ann, laptop, 'g1'), connection(ann, phone, 'g2')] as const;
    await presence.beat(all, { at: now, ttlMs });
    for (const [i, one] of all.entries()) {
      t.is((await statusOf(presence, ann))?.status, 'online');
      await presence.leave(one, later(i));
    }
    t.is((await statusOf(presence, ann))?.status, 'offline');
  });

  check('a late heartbeat makes no time older', async (t, presence, elapse) => {
    elapse(30_000);
    await presence.beat([connection(ann)], { at: later(30_000), ttlMs });
    await presence.beat([connection(ann)], { at: now, ttlMs });
    elapse(59_999);
    t.deepEqual(await statusOf(presence, ann), { status: 'online', lastActiveAt: later(30_000) });
  });

  check('thousands beat at once', async (t, presence) => {
    const people = Array.from({ length: 5_000 }, (_, i) => `person-${i}` as PersonId);
    await presence.beat(
      people.map((person) => connection(person)),
      { at: now, ttlMs },
    );
    const statuses = await presence.statusOf(people);
    t.is([...statuses.values()].filter(({ status }) => status === 'online').length, 5_000);
  });

  check('a person has received as far as the furthest device, by channel, and never less than before', async (t, presence) => {
    t.is(await presence.receivedBy(ann, room), undefined);
    await presence.received(ann, phone, room, 0);
    t.is(await presence.receivedBy(ann, room), 0);
    await presence.received(ann, phone, room, 7);
    await presence.received(ann, laptop, room, 12);
    await presence.received(ann, laptop, room, 3);
    await presence.received(ann, phone, room, 9);
    t.is(await presence.receivedBy(ann, room), 12);
    t.deepEqual([await presence.receivedBy(ann, hall), await presence.receivedBy(bob, room)], [undefined, undefined]);
  });
}

/** Each adapter's test file is one call: `gatewayRegistryContract('memory', startMemoryGatewayRegistry)`. No gateway may be announced at the start. */
export function gatewayRegistryContract(adapter: string, start: Start<GatewayRegistry>): void {
  const check = checks(adapter, start);
  const gateway = (id: string, connections = 0): Gateway => ({
    id,
    url: `ws://${id}:8083`,
    region: 'eu',
    connections,
    capacity: 1_000,
    draining: false,
  });
  const aliveIds = async (registry: GatewayRegistry) => (await registry.alive()).map(({ id }) => id).toSorted();

  check('a gateway is alive, as it last announced itself, until its time to live has passed', async (t, registry, elapse) => {
    t.deepEqual(await registry.alive(), []);
    await registry.announce(gateway('g1'), { at: now, ttlMs });
    await registry.announce(gateway('g2'), { at: now, ttlMs });
    elapse(10_000);
    await registry.announce({ ...gateway('g1', 17), draining: true }, { at: later(10_000), ttlMs });
    elapse(49_999);
    t.deepEqual(
      (await registry.alive()).toSorted((one, other) => (one.id < other.id ? -1 : 1)),
      [{ ...gateway('g1', 17), draining: true }, gateway('g2')],
    );
    elapse(1);
    t.deepEqual(await aliveIds(registry), ['g1']);
    elapse(10_000);
    t.deepEqual(await aliveIds(registry), []);
  });

  check('a gateway that withdraws is neither alive nor lost', async (t, registry, elapse) => {
    await registry.announce(gateway('g1'), { at: now, ttlMs });
    await registry.withdraw('g1');
    await registry.withdraw('g1');
    t.deepEqual(await registry.alive(), []);
    elapse(ttlMs);
    t.deepEqual(await registry.claimExpired(), []);
  });

  check('a gateway that falls silent is claimed once as lost, with the time it was last seen', async (t, registry, elapse) => {
    await registry.announce(gateway('g1'), { at: now, ttlMs });
    elapse(1_000);
    await registry.announce(gateway('g2'), { at: later(1_000), ttlMs });
    elapse(58_999);
    t.deepEqual(await registry.claimExpired(), []);
    elapse(1);
    const claims = await Promise.all([registry.claimExpired(), registry.claimExpired()]);
    t.deepEqual(claims.flat(), [{ id: 'g1', lastSeenAt: now }]);
    t.deepEqual(await aliveIds(registry), ['g2']);
  });

  check('a lost gateway that announces itself again is alive, and can be lost again', async (t, registry, elapse) => {
    await registry.announce(gateway('g1'), { at: now, ttlMs });
    elapse(ttlMs);
    await registry.claimExpired();
    await registry.announce(gateway('g1'), { at: later(100_000), ttlMs });
    t.deepEqual(await aliveIds(registry), ['g1']);
    elapse(ttlMs);
    t.deepEqual(await registry.claimExpired(), [{ id: 'g1', lastSeenAt: later(100_000) }]);
  });
}

const checks =
  <Adapter extends AsyncDisposable>(adapter: string, start: Start<Adapter>) =>
  (title: string, body: (t: ExecutionContext, started: Adapter, elapse: (ms: number) => void) => Promise<void>): void =>
    test(`${adapter}: ${title}`, async (t) => {
      let elapsedMs = 0;
      await using started = await start({ monotonicMs: () => elapsedMs });
      await body(t, started, (ms) => (elapsedMs += ms));
    });
