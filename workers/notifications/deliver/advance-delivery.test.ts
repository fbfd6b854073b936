/** What becomes of a queued delivery whose time has come: its vendor attempts it, unless there is no such vendor here. */
import test from 'ava';
import { delivery as decider } from '../../../domain/notifications/delivery/delivery.ts';
import { event, plan, planned, start } from '../../../domain/notifications/delivery/test-fixture.ts';
import { advanceDelivery } from './advance-delivery.ts';
import type { StateCommand } from './deliveries.ts';

/** The commands that are given to a delivery that is queued for this vendor, where `fcm` and `apns` are configured. */
async function commandsWhere({ queuedFor, chosen }: { readonly queuedFor: string; readonly chosen: string | undefined }) {
  const state = [planned, event('delivery-queued', { vendor: queuedFor })].reduce(decider.evolve, decider.initialState);
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
  test(`a queued delivery whose time has come is left ${title}`, async (t) => t.deepEqual(await commandsWhere(where), [...commands]));
