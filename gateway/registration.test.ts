/** A gateway's loss reaches the log, whoever dies on the way, with a clock that only moves when the test says so. */
import test from 'ava';
import { contextWith } from '../commands/handling/command-context.ts';
import { instant, SECOND_MS } from '../domain/shared/instant.ts';
import { LogUnavailable } from '../ports/event-log/port.ts';
import { startMemoryGatewayRegistry } from '../ports/presence/memory-registry.ts';
import { ANNOUNCED_TTL_MS, ANNOUNCE_MS, announce, leave, LOSS_LEASE_MS, recordLostGateways, type Registration } from './registration.ts';

async function givenGatewaysThatAnnounce() {
  const state = { nowMs: 0, recorded: [] as string[], fails: (_gateway: string): boolean => false };
  const clock = () => instant(state.nowMs);
  const registry = await startMemoryGatewayRegistry({ monotonicMs: () => state.nowMs });
  const registration = (id: string): Registration => ({
    registry,
    clock,
    self: { id, url: `ws://${id}`, region: 'here', capacity: 10 },
    recorder: {
      contextFor: contextWith(Buffer.from('a test')),
      clock,
      gateway: id,
      commands: {
        changePresence: () => Promise.reject(new Error('not asked for')),
        recordGatewayLoss: async ({ gateway }) => {
          if (state.fails(gateway)) throw new LogUnavailable('away');
          state.recorded.push(gateway);
          return { outcome: 'unchanged', stream: 'gateway', revision: 0, position: undefined };
        },
      },
    },
  });
  /** So much time passes, in which these gateways announce themselves. */
  const pass = async (ms: number, ...gateways: readonly Registration[]) => {
    for (const untilMs = state.nowMs + ms; state.nowMs < untilMs; state.nowMs += ANNOUNCE_MS)
      for (const gateway of gateways) await announce(gateway, { connections: 0, draining: false });
  };
  return { state, registry, registration, pass };
}

test('a gateway that vanished is recorded once', async (t) => {
  const { state, registration, pass } = await givenGatewaysThatAnnounce();
  const [one, other, dead] = [registration('one'), registration('other'), registration('dead')];
  await pass(ANNOUNCE_MS, one, other, dead);
  await pass(ANNOUNCED_TTL_MS + ANNOUNCE_MS, one, other);
  await Promise.all([recordLostGateways(one), recordLostGateways(other)]);
  await pass(2 * LOSS_LEASE_MS, one, other);
  await Promise.all([recordLostGateways(one), recordLostGateways(other)]);
  t.deepEqual(state.recorded, ['dead']);
});

test('a loss that was claimed and not recorded is recorded after the lease, and keeps no other back', async (t) => {
  const { state, registration, pass } = await givenGatewaysThatAnnounce();
  const [one, other] = [registration('one'), registration('other')];
  await pass(ANNOUNCE_MS, one, other, registration('dead'), registration('dead-too'));
  await pass(ANNOUNCED_TTL_MS + ANNOUNCE_MS, one, other);
  state.fails = (gateway) => gateway === 'dead';
  await t.throwsAsync(recordLostGateways(one), { instanceOf: LogUnavailable });
  t.deepEqual(state.recorded, ['dead-too']);
  state.fails = () => false;
  await recordLostGateways(other);
  t.deepEqual(state.recorded, ['dead-too'], 'the one that claimed it may be at it');
  await pass(LOSS_LEASE_MS, one, other);
  await recordLostGateways(other);
  t.deepEqual(state.recorded, ['dead-too', 'dead']);
});

test('a gateway that stops records its own end; where it can’t, the others find it lost', async (t) => {
  const { state, registry, registration, pass } = await givenGatewaysThatAnnounce();
  const [one, stopping, cut] = [registration('one'), registration('stopping'), registration('cut')];
  await pass(ANNOUNCE_MS, one, stopping, cut);
  await leave(stopping);
  state.fails = () => true;
  await t.throwsAsync(leave(cut));
  state.fails = () => false;
  t.deepEqual((await registry.alive()).map(({ id }) => id).toSorted(), ['cut', 'one']);
  await pass(ANNOUNCED_TTL_MS + SECOND_MS, one);
  await recordLostGateways(one);
  t.deepEqual(state.recorded, ['stopping', 'cut']);
});
