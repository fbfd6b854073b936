import test from 'ava';
import { instant } from '../../domain/shared/instant.ts';
import { checks, type AddTest, type Start, type Started } from './contract.ts';
import type { Gateway, GatewayRegistry } from './port.ts';

type StartedRegistry = Started<GatewayRegistry>;

/** By the clocks of gateways, which the registry doesn’t go by: an hour apart from each other. */
const at = (ms: number) => instant(Date.UTC(2030, 0, 1) + ms);
const gateway = (id: string, of: Partial<Gateway> = {}): Gateway => ({
  id,
  url: `ws://${id}:8083`,
  region: 'eu',
  connections: 0,
  capacity: 1_000,
  draining: false,
  ...of,
});
const aliveIds = async ({ adapter }: StartedRegistry) => (await adapter.alive()).map(({ id }) => id).toSorted();

/** Each adapter's test file is one call: `gatewayRegistryContract('memory', start)`. No gateway may be announced at the start. */
export function gatewayRegistryContract(adapter: string, start: Start<GatewayRegistry>, addTest: AddTest = test): void {
  const check = checks(adapter, start, addTest);
  /** So much time passes, and one gateway announces itself all the while: the registry is there. */
  const elapseWatched = async ({ adapter: registry, ttlMs, elapse }: StartedRegistry, ms: number, ids: readonly string[] = ['watch']) => {
    const stepMs = ttlMs / 5;
    for (let passedMs = 0; passedMs < ms; passedMs += stepMs) {
      for (const id of ids) await registry.announce(gateway(id), { at: at(passedMs), ttlMs });
      await elapse(Math.min(stepMs, ms - passedMs));
    }
    for (const id of ids) await registry.announce(gateway(id), { at: at(ms), ttlMs });
  };

  check('a gateway is alive, as it last announced itself, until its time to live has passed', async (t, started) => {
    const { adapter: registry, ttlMs, elapse } = started;
    t.deepEqual(await registry.alive(), []);
    await registry.announce(gateway('g1'), { at: at(0), ttlMs });
    await registry.announce(gateway('g2'), { at: at(3_600_000), ttlMs });
    await elapse(0.4 * ttlMs);
    await registry.announce(gateway('g1', { connections: 17, draining: true }), { at: at(-3_600_000), ttlMs });
    t.deepEqual(
      (await registry.alive()).toSorted((one, other) => (one.id < other.id ? -1 : 1)),
      [gateway('g1', { connections: 17, draining: true }), gateway('g2')],
    );
    await elapse(0.7 * ttlMs);
    t.deepEqual(await aliveIds(started), ['g1']);
    await elapse(0.4 * ttlMs);
    t.deepEqual(await aliveIds(started), []);
  });

  check('a gateway that withdraws is neither alive nor expired', async (t, started) => {
    const { adapter: registry, ttlMs } = started;
    await registry.announce(gateway('g1'), { at: at(0), ttlMs });
    await registry.withdraw('g1');
    await registry.withdraw('g1');
    t.deepEqual(await registry.alive(), []);
    await elapseWatched(started, 1.2 * ttlMs);
    t.deepEqual(await registry.claimExpired({ leaseMs: ttlMs }), []);
  });

  check('a gateway that falls silent is claimed by one caller, with the time that it named last, and until it is confirmed', async (t, started) => {
    const { adapter: registry, ttlMs } = started;
    await registry.announce(gateway('g1'), { at: at(0), ttlMs });
    await elapseWatched(started, 0.6 * ttlMs);
    t.deepEqual(await registry.claimExpired({ leaseMs: ttlMs }), []);
    await elapseWatched(started, 0.6 * ttlMs);
    const claims = await Promise.all([registry.claimExpired({ leaseMs: ttlMs }), registry.claimExpired({ leaseMs: ttlMs })]);
    t.deepEqual(claims.flat(), [{ id: 'g1', lastSeenAt: at(0) }]);
    t.deepEqual(await aliveIds(started), ['watch']);
    await elapseWatched(started, 0.6 * ttlMs);
    t.deepEqual(await registry.claimExpired({ leaseMs: ttlMs }), [], 'the lease holds');
    await elapseWatched(started, 0.6 * ttlMs);
    const again = await registry.claimExpired({ leaseMs: ttlMs });
    t.deepEqual(again, [{ id: 'g1', lastSeenAt: at(0) }], 'whoever claimed it has died');
    for (const expired of again) await registry.confirmExpired(expired);
    await elapseWatched(started, 1.2 * ttlMs);
    t.deepEqual(await registry.claimExpired({ leaseMs: ttlMs }), []);
  });

  check('a gateway that announces itself after it was claimed is alive, whatever is confirmed, and can expire again', async (t, started) => {
    const { adapter: registry, ttlMs } = started;
    await registry.announce(gateway('g1'), { at: at(0), ttlMs });
    await elapseWatched(started, 1.2 * ttlMs);
    const [claimed] = await registry.claimExpired({ leaseMs: ttlMs });
    await registry.announce(gateway('g1'), { at: at(1), ttlMs });
    if (claimed !== undefined) await registry.confirmExpired(claimed);
    t.deepEqual(await aliveIds(started), ['g1', 'watch']);
    await elapseWatched(started, 1.2 * ttlMs);
    t.deepEqual(await registry.claimExpired({ leaseMs: ttlMs }), [{ id: 'g1', lastSeenAt: at(1) }]);
  });

  check('after a time in which nobody reached the registry, nobody is expired for one time to live', async (t, started) => {
    const { adapter: registry, ttlMs, elapse } = started;
    for (const id of ['g1', 'g2']) await registry.announce(gateway(id), { at: at(0), ttlMs });
    await elapseWatched(started, 0.4 * ttlMs, ['g1', 'g2']);
    await elapse(1.5 * ttlMs);
    t.deepEqual(await registry.claimExpired({ leaseMs: ttlMs }), []);
    await elapseWatched(started, 0.6 * ttlMs, ['g1']);
    t.deepEqual(await registry.claimExpired({ leaseMs: ttlMs }), []);
    await elapseWatched(started, 0.6 * ttlMs, ['g1']);
    t.like(await registry.claimExpired({ leaseMs: ttlMs }), [{ id: 'g2' }], 'it is really gone');
  });

  check('a memory is of whoever has neither withdrawn nor is confirmed, and changes nothing where the history is the same', async (t, started) => {
    const { adapter: registry, ttlMs } = started;
    for (const id of ['g1', 'g2', 'g3']) await registry.announce(gateway(id), { at: at(1), ttlMs });
    const before = await registry.remind(undefined, { ttlMs });
    t.deepEqual(
      before.gateways.toSorted((one, other) => (one.id < other.id ? -1 : 1)),
      ['g1', 'g2', 'g3'].map((id) => ({ id, lastSeenAt: at(1) })),
    );
    await registry.withdraw('g3');
    await elapseWatched(started, 1.2 * ttlMs, ['g1']);
    for (const expired of await registry.claimExpired({ leaseMs: ttlMs })) await registry.confirmExpired(expired);
    t.deepEqual(await registry.remind(before, { ttlMs }), { history: before.history, gateways: [{ id: 'g1', lastSeenAt: at(1.2 * ttlMs) }] });
  });

  check('a registry of another history takes from a memory who doesn’t announce itself within the time to live', async (t, started) => {
    const { adapter: registry, ttlMs } = started;
    await registry.announce(gateway('g1'), { at: at(0), ttlMs });
    const gateways = ['g1', 'g2', 'g3'].map((id) => ({ id, lastSeenAt: at(-5) }));
    const { history } = await registry.remind({ history: 'before the flush', gateways }, { ttlMs });
    t.deepEqual(await aliveIds(started), ['g1']);
    t.deepEqual(await registry.claimExpired({ leaseMs: ttlMs }), [], 'they have a time to live left');
    await elapseWatched(started, 1.2 * ttlMs, ['g1', 'g3']);
    t.deepEqual(await aliveIds(started), ['g1', 'g3']);
    t.deepEqual(await registry.claimExpired({ leaseMs: ttlMs }), [{ id: 'g2', lastSeenAt: at(-5) }]);
    await registry.confirmExpired({ id: 'g2', lastSeenAt: at(-5) });
    const after = await registry.remind({ history, gateways }, { ttlMs });
    t.deepEqual(after.gateways.map(({ id }) => id).toSorted(), ['g1', 'g3'], 'what is confirmed is not taken again');
  });
}
