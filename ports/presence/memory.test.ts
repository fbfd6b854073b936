import test from 'ava';
import type { ChannelId, DeviceId, PersonId } from '../../domain/shared/ids.ts';
import { DAY_MS, instant } from '../../domain/shared/instant.ts';
import { gatewayRegistryContract, presenceContract } from './contract.ts';
import { startMemoryGatewayRegistry, startMemoryPresence } from './memory.ts';

presenceContract('memory', startMemoryPresence);
gatewayRegistryContract('memory', startMemoryGatewayRegistry);

const [ann, bob, eve] = ['ann', 'bob', 'eve'] as unknown as [PersonId, PersonId, PersonId];
const device = 'phone' as DeviceId;
const beat = (person: PersonId) => [{ person, device, gateway: 'g1' }];
const never = { status: 'offline', lastActiveAt: null } as const;

test('a person who has been silent for a week counts as never seen', async (t) => {
  let nowMs = 0;
  await using presence = await startMemoryPresence({ monotonicMs: () => nowMs });
  await presence.beat(beat(ann), { at: instant(0), ttlMs: 1_000 });
  nowMs = DAY_MS;
  await presence.beat(beat(bob), { at: instant(DAY_MS), ttlMs: 1_000 });
  nowMs = 7 * DAY_MS;
  await presence.beat(beat(eve), { at: instant(7 * DAY_MS), ttlMs: 1_000 });
  const statuses = await presence.statusOf([ann, bob]);
  t.deepEqual([statuses.get(ann), statuses.get(bob)], [never, { status: 'offline', lastActiveAt: instant(DAY_MS) }]);
});

test('of too many people, the one who has been silent for longest is forgotten', async (t) => {
  await using presence = await startMemoryPresence({ peopleMax: 2 });
  for (const [i, person] of [ann, bob, ann, eve].entries()) await presence.beat(beat(person), { at: instant(i), ttlMs: 1_000 });
  const statuses = await presence.statusOf([ann, bob, eve]);
  t.deepEqual([statuses.get(ann)?.status, statuses.get(bob), statuses.get(eve)?.status], ['online', never, 'online']);
});

test('of too many cursors, the one that has not moved for longest is lost', async (t) => {
  await using presence = await startMemoryPresence({ cursorsMax: 2 });
  const [one, two, three] = ['one', 'two', 'three'] as unknown as [ChannelId, ChannelId, ChannelId];
  for (const channel of [one, two, one, three]) await presence.received(ann, device, channel, 5);
  t.deepEqual(await Promise.all([one, two, three].map((channel) => presence.receivedBy(ann, channel))), [5, undefined, 5]);
});
