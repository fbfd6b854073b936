/** What people let others learn of them. */
import { randomUUID } from 'node:crypto';
import test from 'ava';
import { LAST_ACTIVE_SHOWN_MS } from '../../domain/chat/presence.ts';
import type { Privacy } from '../../domain/people/preferences/privacy.ts';
import type { ChannelId, DeviceId, PersonId } from '../../domain/shared/ids.ts';
import { epochMs, instant } from '../../domain/shared/instant.ts';
import { createViewQueries, type ViewQueriesDependencies } from '../channels/view-queries.ts';
import { PRESENCE_PUSHED_MEMBERS_MAX, visibilityOf } from '../channels/visibility.ts';
import { assertNoFaults, givenGateways, type GatewayFixture } from '../test-fixture.ts';
import { connectClient, type Account } from '../testing/client.ts';
import { connectionForTest } from '../testing/connection.ts';
import { createPresenceSubscriptions, watchPeople } from './presence-subscriptions.ts';

const choose = (given: GatewayFixture, { person }: Account, privacy: Partial<Privacy>) =>
  given.commands.changePrivacy({ person, privacy }, given.context(person));

/** Ann and Bob are friends, and Cyd is a stranger in a group with both. */
async function givenThree() {
  const given = await givenGateways();
  const [here, there] = [await given.gateway(), await given.gateway()];
  const [ann, bob, cyd] = await Promise.all([given.person(), given.person(), given.person()]);
  const { id } = await given.commands.requestFriend({ person: ann.person, other: bob.person }, given.context(ann.person));
  await given.commands.acceptFriend({ person: bob.person, request: id }, given.context(bob.person));
  const channel = await given.openGroupChannel(ann, bob, cyd);
  return { given, here, there, ann, bob, cyd, channel };
}

test('a person who becomes invisible is offline at once to all who watch, and online again afterwards', async (t) => {
  const { given, here, there, ann, bob, cyd } = await givenThree();
  await using _ = given;
  await using annClient = await connectClient(here.url, ann);
  await using bobClient = await connectClient(there.url, bob);
  await using cydClient = await connectClient(there.url, cyd);
  for (const client of [bobClient, cydClient]) {
    client.send({ type: 'watch', people: [ann.person] });
    await client.take('presence', ({ status }) => status === 'online');
  }
  await choose(given, ann, { invisible: true });
  for (const client of [bobClient, cydClient]) t.like(await client.take('presence', ({ status }) => status === 'offline'), { lastActiveAt: null });
  await given.untilProjected();
  await using later = await connectClient(here.url, bob, { device: 'laptop' });
  later.send({ type: 'watch', people: [ann.person] });
  t.like(await later.take('presence'), { status: 'offline', lastActiveAt: null }, 'who begins to watch sees the same');
  annClient.send({ type: 'heartbeat' });
  await annClient.roundTrip();
  await choose(given, ann, { invisible: false });
  for (const client of [bobClient, cydClient, later]) await client.take('presence', ({ status }) => status === 'online');
  assertNoFaults(t, given, annClient, bobClient, cydClient, later);
});

test('presence is shown to friends alone, or to nobody, as the person wants it', async (t) => {
  const { given, here, there, ann, bob, cyd } = await givenThree();
  await using _ = given;
  await using annClient = await connectClient(here.url, ann);
  await choose(given, ann, { presence: 'friends' });
  await given.untilProjected();
  await using bobClient = await connectClient(there.url, bob);
  await using cydClient = await connectClient(there.url, cyd);
  for (const client of [bobClient, cydClient]) client.send({ type: 'watch', people: [ann.person] });
  await bobClient.take('presence', ({ status }) => status === 'online');
  t.like(await cydClient.take('presence'), { status: 'offline', lastActiveAt: null });
  await choose(given, ann, { presence: 'nobody' });
  t.like(await bobClient.take('presence', ({ status }) => status === 'offline'), { lastActiveAt: null });
  await using other = await connectClient(there.url, ann, { device: 'laptop' });
  other.send({ type: 'watch', people: [ann.person] });
  await other.take('presence', ({ status }) => status === 'online'); // to oneself
  await cydClient.roundTrip();
  t.is(cydClient.frames.filter(({ type }) => type === 'presence').length, 1);
  assertNoFaults(t, given, annClient, bobClient, cydClient, other);
});

test('nobody is shown exactly when another person was last active', async (t) => {
  const { given, here, ann, bob } = await givenThree();
  await using _ = given;
  await using bobClient = await connectClient(here.url, bob);
  await using annClient = await connectClient(here.url, ann);
  bobClient.send({ type: 'watch', people: [ann.person] });
  const { lastActiveAt } = await bobClient.take('presence', ({ status }) => status === 'online');
  t.is(epochMs(instant(Date.parse(lastActiveAt ?? ''))) % LAST_ACTIVE_SHOWN_MS, 0);
  await annClient.roundTrip();
});

test('who tells nobody what they have read is told of nobody, from the moment of saying so', async (t) => {
  const { given, here, there, ann, bob, cyd, channel } = await givenThree();
  await using _ = given;
  for (const text of ['one', 'two', 'three', 'four']) await given.postMessage(cyd, channel, text);
  await using annClient = await connectClient(here.url, ann);
  await using annElsewhere = await connectClient(there.url, ann, { device: 'laptop' });
  await using bobClient = await connectClient(there.url, bob);
  await using cydClient = await connectClient(there.url, cyd);
  bobClient.send({ type: 'read', channel, seq: 0 });
  for (const client of [annClient, cydClient]) await client.take('read', ({ person }) => person === bob.person);
  await choose(given, ann, { readReceipts: false });
  annClient.send({ type: 'read', channel, seq: 1 });
  t.like(await annElsewhere.take('read', ({ person }) => person === ann.person), { seq: 1 }, 'the person’s own devices are told');
  bobClient.send({ type: 'read', channel, seq: 2 });
  await cydClient.take('read', ({ person, seq }) => person === bob.person && seq === 2);
  await choose(given, ann, { readReceipts: true });
  bobClient.send({ type: 'read', channel, seq: 3 });
  await annClient.take('read', ({ person, seq }) => person === bob.person && seq === 3);
  annClient.send({ type: 'read', channel, seq: 3 });
  for (const client of [bobClient, cydClient]) await client.take('read', ({ person, seq }) => person === ann.person && seq === 3);
  const told = [annClient, annElsewhere, bobClient, cydClient].map(({ frames }) => frames.filter(({ type }) => type === 'read'));
  t.false(told.slice(2).some((reads) => reads.some((read) => read.type === 'read' && read.person === ann.person && read.seq === 1)));
  t.false(told.slice(0, 2).some((reads) => reads.some((read) => read.type === 'read' && read.person === bob.person && read.seq === 2)));
  assertNoFaults(t, given, annClient, annElsewhere, bobClient, cydClient);
});

test('a receipt whose publisher had not heard that its reader tells nobody is told of nobody', async (t) => {
  const { given, here, there, ann, bob, cyd, channel } = await givenThree();
  await using _ = given;
  await using annClient = await connectClient(here.url, ann);
  await using annElsewhere = await connectClient(there.url, ann, { device: 'laptop' });
  await using bobClient = await connectClient(here.url, bob);
  await using cydClient = await connectClient(there.url, cyd);
  await choose(given, ann, { readReceipts: false });
  given.broadcast.publish([ann.person, bob.person, cyd.person], { kind: 'read', channel, person: ann.person, seq: 1 });
  for (const client of [annClient, annElsewhere]) t.like(await client.take('read'), { person: ann.person, seq: 1 });
  for (const client of [bobClient, cydClient]) {
    await client.roundTrip();
    t.false(client.frames.some(({ type }) => type === 'read'));
  }
  assertNoFaults(t, given, annClient, annElsewhere, bobClient, cydClient);
});

test('of members of a large group the status is told when it is asked for, and no changes', async (t) => {
  const [ann, near, far, both] = ['ann', 'near', 'far', 'both'] as unknown as readonly [PersonId, PersonId, PersonId, PersonId];
  const crowd = Array.from({ length: PRESENCE_PUSHED_MEMBERS_MAX }, (_, n) => `member ${n}` as PersonId);
  const channels: Readonly<Record<string, readonly PersonId[]>> = { small: [ann, near, both], large: [ann, far, both, ...crowd] };
  const views = {
    find: () => Promise.resolve(Object.keys(channels).map((channel) => ({ channel: channel as ChannelId }))),
    getMany: (collection: string, ids: readonly string[]) =>
      Promise.resolve(ids.map((id) => (collection === 'channels' ? { channel: id, kind: 'group', members: channels[id], request: null } : undefined))),
  } as unknown as ViewQueriesDependencies['views'];
  const queries = createViewQueries({ views, monotonicMs: () => 0 });
  const visible = await visibilityOf(queries, ann, [near, far, both]);
  t.deepEqual([...visible], [[near, 'live'], [far, 'on-entry'], [both, 'live']]); // prettier-ignore
  const listened: PersonId[] = [];
  const subscriptions = createPresenceSubscriptions({
    broadcast: { listen: (to) => (listened.push(to), { known: Promise.resolve(), [Symbol.dispose]: () => undefined }) },
    presence: { statusOf: (people) => Promise.resolve(new Map(people.map((person) => [person, { status: 'online', lastActiveAt: null }]))) },
    queries,
    monotonicMs: () => 0,
    reportError: (error) => t.fail(String(error)),
  });
  const identity = { person: ann, device: 'phone' as DeviceId, session: randomUUID(), expiresAtMs: Infinity };
  const { connection, frames } = connectionForTest({ phase: 'live', identity });
  await watchPeople(subscriptions, connection, visible);
  t.deepEqual(frames().map((frame) => frame.type === 'presence' && frame.person), [near, far, both]); // prettier-ignore
  t.deepEqual([...(connection.watchedPeople ?? [])], [near, both]);
  t.is(listened.length, 2);
});
