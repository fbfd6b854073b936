/** What becomes of a delivery whose time has come, and that nothing does before. */
import test from 'ava';
import { delivery as decider } from '../../../domain/notifications/delivery/delivery.ts';
import { event, histories, plan, planned, start } from '../../../domain/notifications/delivery/test-fixture.ts';
import type { DeliveryEvent } from '../../../domain/notifications/events.ts';
import { advanceDelivery } from './advance-delivery.ts';
import type { StateCommand } from './deliveries.ts';

/** The commands that are given to a delivery at `start`, where `fcm` and `apns` are configured. */
async function commandsFor(history: readonly DeliveryEvent[], chosen: string | undefined) {
  const state = history.reduce(decider.evolve, decider.initialState);
  const given: StateCommand[] = [];
  const dependencies = {
    deliveries: { load: async () => state, issue: async (_: unknown, command: StateCommand) => void given.push(command) },
    chooseVendor: async () => chosen,
    vendors: { routing: { has: (channel: string, vendor: string) => channel === plan.channel && ['fcm', 'apns'].includes(vendor) } },
    runtime: { clock: () => start },
  };
  await advanceDelivery(dependencies as never)({ data: { delivery: plan.delivery } });
  return given;
}

for (const [title, where, commands] of [
  ['with its vendor, though another would be chosen now', { queuedFor: 'fcm', chosen: 'apns' }, []],
  ['with its vendor, though none would be chosen now', { queuedFor: 'fcm', chosen: undefined }, []],
  ['for another vendor, where its own is not configured here', { queuedFor: 'gone', chosen: 'fcm' }, [{ type: 'reroute', vendor: 'fcm', at: start }]],
  [
    'as one that failed, where its own is not configured here and no other is left',
    { queuedFor: 'gone', chosen: undefined },
    [{ type: 'fail', reason: 'no-vendor', at: start }],
  ],
] as const)
  test(`a queued delivery whose time has come is left ${title}`, async (t) => {
    const history = [planned, event('delivery-queued', { vendor: where.queuedFor })];
    t.deepEqual(await commandsFor(history, where.chosen), [...commands]);
  });

for (const status of ['deferred', 'attempting', 'waiting', 'unknown'] as const)
  test(`a job that comes too early changes nothing of a delivery that is ${status}`, async (t) =>
    t.deepEqual(await commandsFor(histories[status], 'apns'), []));
