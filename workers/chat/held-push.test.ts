/** A push that waits tells what is so when it is sent, and not what was so when it was planned. */
import { randomUUID } from 'node:crypto';
import test from 'ava';
import type { ChannelId, DeviceId, PersonId } from '../../domain/shared/ids.ts';
import { MINUTE_MS } from '../../domain/shared/instant.ts';
import type { TestWorkers } from '../test-fixture.ts';
import { startWorkersForTest } from '../test-fixture.ts';
import { post, untilLookedAt } from './test-fixture.ts';

const STEP = { stepMs: 10 * MINUTE_MS };
/** The test begins at midnight; each minute of it has its sweeps. */
const QUIET = { zone: 'UTC', from: '22:00', until: '00:40' };
const WAITING: ReadonlySet<string> = new Set(['deferred', 'queued', 'waiting', 'unknown']);
const OVER: ReadonlySet<string> = new Set(['accepted', 'suppressed', 'failed']);

type Hold = (work: TestWorkers, person: PersonId) => Promise<unknown>;

/** The ways in which a push is held back after it was planned. */
const HOLDS: Readonly<Record<string, Hold>> = {
  'by quiet hours': ({ commands, by }, person) => commands.setPreferences({ person, quietHours: QUIET }, by(person)),
  'by a vendor that is away': async ({ outbox }) => outbox.behave({ push: { does: 'be-unavailable', extent: { forMs: 20 * MINUTE_MS } } }),
  'by a vendor that refuses our account': async ({ outbox }) => outbox.behave({ push: { does: 'refuse-account', extent: { forMs: 20 * MINUTE_MS } } }),
  'by a vendor that doesn’t answer': async ({ outbox }) => outbox.behave({ push: { does: 'hang', extent: { forMs: 20 * MINUTE_MS } } }),
};

/** A direct channel, and what its one message became while the push about it was held back. */
type Held = {
  readonly work: TestWorkers;
  readonly ann: PersonId;
  readonly bob: PersonId;
  readonly phone: DeviceId;
  readonly channel: ChannelId;
  readonly seq: number;
};
type Change = { readonly what: string; readonly make: (held: Held) => Promise<unknown>; readonly told: readonly string[] };

const CHANGES: readonly Change[] = [
  { what: 'nothing changed', make: async () => undefined, told: ['as first said'] },
  {
    what: 'it was withdrawn',
    make: ({ work, ann, channel, seq }) => work.commands.withdrawMessage({ channel, person: ann, message: seq }, work.by(ann)),
    told: [],
  },
  {
    what: 'it was edited',
    make: ({ work, ann, channel, seq }) => work.commands.editMessage({ channel, person: ann, message: seq, text: 'as it is now' }, work.by(ann)),
    told: ['as it is now'],
  },
  { what: 'its sender was blocked', make: ({ work, ann, bob }) => work.commands.block({ person: bob, other: ann }, work.by(bob)), told: [] },
  { what: 'its sender blocked the recipient', make: ({ work, ann, bob }) => work.commands.block({ person: ann, other: bob }, work.by(ann)), told: [] },
  { what: 'it was read', make: ({ work, bob, channel, seq }) => work.commands.markRead({ person: bob, channel, seq }, work.by(bob)), told: [] },
  { what: 'the channel was muted', make: ({ work, bob, channel }) => work.commands.muteChannel({ person: bob, channel }, work.by(bob)), told: [] },
  { what: 'a device received it', make: ({ work, bob, phone, channel, seq }) => work.presence.received(bob, phone, channel, seq), told: [] },
  { what: 'its sender was erased', make: ({ work, ann }) => work.commands.erasePerson({ person: ann }, work.by(ann)), told: [] },
  { what: 'more was said', make: ({ work, ann, channel }) => post(work, channel, ann, 'and more'), told: ['and more'] },
  {
    what: 'more was said and withdrawn',
    make: async ({ work, ann, channel }) => {
      const second = await post(work, channel, ann, 'withdrawn');
      await work.commands.withdrawMessage({ channel, person: ann, message: second }, work.by(ann));
    },
    told: ['as first said'],
  },
  { what: 'the recipient wrote something', make: ({ work, bob, channel }) => post(work, channel, bob, 'of his own'), told: [] },
];

const statusesTo = async ({ views }: TestWorkers, recipient: PersonId) =>
  (await views.find('deliveries', { where: { recipient }, limit: 20 })).filter(({ channel }) => channel === 'push').map(({ status }) => status);
const toldTo = async ({ outbox }: TestWorkers, phone: DeviceId) =>
  (await outbox.list({ limit: 100 })).filter(({ to }) => to.endsWith(phone)).map(({ body }) => body);

async function direct(work: TestWorkers): Promise<Omit<Held, 'seq'>> {
  const { commands, by } = work;
  const [ann, bob] = [await work.person(randomUUID()), await work.person(randomUUID())];
  const phone = await work.device(bob);
  await commands.openDirectChannel({ person: ann, other: bob }, by(ann));
  const { id: channel } = await commands.openDirectChannel({ person: bob, other: ann }, by(bob)); // accepts it
  return { work, ann, bob, phone, channel };
}

for (const [how, hold] of Object.entries(HOLDS))
  test(`a push held back ${how} tells what is so when it is sent`, async (t) => {
    t.timeout(600_000);
    await using work = await startWorkersForTest({ attemptDeadlineMs: 30 });
    const channels = await Promise.all(CHANGES.map(() => direct(work)));
    for (const { bob } of channels) await hold(work, bob);
    const held = await Promise.all(channels.map(async (one) => ({ ...one, seq: await post(work, one.channel, one.ann, 'as first said') })));
    const statuses = async () => (await Promise.all(held.map(({ bob }) => statusesTo(work, bob)))).map(([status = 'none']) => status);
    // While the breaker is open, those that are due stay in the vendor’s queue.
    const areHeld = (all: readonly string[]) => all.every((status) => WAITING.has(status)) && all.some((status) => status !== 'queued');
    await work.advanceUntil(async () => areHeld(await statuses()), { stepMs: 1_000 });
    for (const [i, one] of held.entries()) await CHANGES[i]?.make(one);
    await work.advanceUntil(async () => (await statuses()).every((status) => OVER.has(status)), STEP);
    await work.time.advance(60 * MINUTE_MS);
    await work.untilIdle();
    for (const [i, { phone }] of held.entries()) t.deepEqual(await toldTo(work, phone), CHANGES[i]?.told, CHANGES[i]?.what);
  });

async function startGroup() {
  const work = await startWorkersForTest();
  const { commands, by } = work;
  const [ann, bob] = [await work.person('ann'), await work.person('bob')];
  const phone = await work.device(bob);
  const { id: request } = await commands.requestFriend({ person: ann, other: bob }, by(ann));
  await commands.acceptFriend({ person: bob, request }, by(bob));
  const { id: channel } = await commands.openGroupChannel({ person: ann, members: [bob], title: 'Regatta crew' }, by(ann));
  await commands.setPreferences({ person: bob, quietHours: QUIET }, by(bob));
  await work.untilIdle();
  await untilLookedAt(work, channel, await post(work, channel, ann, 'who brings the rope?'));
  await work.advanceUntil(async () => (await statusesTo(work, bob)).includes('deferred'), { stepMs: 0 });
  return { work, ann, bob, phone, channel };
}

test('a push of a group names the group, and says which message it tells of', async (t) => {
  const { work, ann, bob, channel } = await startGroup();
  await using _ = work;
  await work.advanceUntil(async () => (await statusesTo(work, bob)).includes('accepted'), STEP);
  const [push] = await work.outbox.list({ limit: 10 });
  t.deepEqual([push?.title, push?.body], ['ann (Regatta crew)', 'who brings the rope?']);
  const deliveries = await work.views.find('deliveries', { where: { recipient: bob }, limit: 10 });
  const { notification, delivery } = deliveries.find((one) => one.channel === 'push') ?? {};
  t.deepEqual(push?.data, { kind: 'chat', notification, delivery, channel, seq: '0', person: ann });
});

for (const [what, change] of [
  ['was removed from the group', ({ work, ann, bob, channel }: Group) => work.commands.removeMember({ person: ann, channel, member: bob }, work.by(ann))],
  ['left the group', ({ work, bob, channel }: Group) => work.commands.leaveChannel({ person: bob, channel }, work.by(bob))],
  ['has blocked the sender', ({ work, ann, bob }: Group) => work.commands.block({ person: bob, other: ann }, work.by(bob))],
] as const)
  test(`a person who ${what} since is told nothing of it`, async (t) => {
    const group = await startGroup();
    await using work = group.work;
    await change(group);
    await work.advanceUntil(async () => (await statusesTo(work, group.bob)).includes('suppressed'), STEP);
    t.deepEqual(await toldTo(work, group.phone), []);
  });

type Group = Awaited<ReturnType<typeof startGroup>>;
