/** That messages were received, as those learn who wrote them. */
import test from 'ava';
import type { ChannelId, DeviceId, PersonId } from '../../domain/shared/ids.ts';
import { SECOND_MS } from '../../domain/shared/instant.ts';
import { PresenceUnavailable, type Presence } from '../../ports/presence/port.ts';
import { startMemoryPresence } from '../../ports/presence/memory.ts';
import { assertNoFaults, givenGateways, until } from '../test-fixture.ts';
import { connectClient, type Client } from '../testing/client.ts';
import { addDeliveryReceipt, createDeliveryReceipts, flushDeliveryReceipts } from './delivery-receipts.ts';
import { createViewQueries, type ViewQueriesDependencies } from '../channels/view-queries.ts';
import { createRecentSenders, lastSeqOf, noteSender, recentSendersOf } from '../channels/recent-senders.ts';

const deliveredTo = (client: Client, channel: ChannelId) => client.frames.filter((frame) => frame.type === 'delivered' && frame.channel === channel);

/** Ann and Bob at one gateway, in a channel of theirs. */
async function givenPair() {
  await using starting = new AsyncDisposableStack();
  const given = starting.use(await givenGateways());
  const { url } = await given.gateway();
  const [ann, bob] = await Promise.all([given.person(), given.person()]);
  const channel = await given.openDirectChannel(ann, bob);
  const annClient = starting.use(await connectClient(url, ann));
  const bobClient = starting.use(await connectClient(url, bob));
  const started = starting.move();
  return { given, bob, channel, annClient, bobClient, [Symbol.asyncDispose]: () => started.disposeAsync() };
}

test('a person whose message the other has received is told, wherever the two are connected', async (t) => {
  await using given = await givenGateways();
  const [here, there] = [await given.gateway(), await given.gateway()];
  const [ann, bob] = await Promise.all([given.person(), given.person()]);
  const channel = await given.openDirectChannel(ann, bob);
  await using annClient = await connectClient(here.url, ann);
  await using bobClient = await connectClient(there.url, bob);
  const { seq } = await annClient.sendMessage(channel, 'hello');
  await bobClient.take('message', (message) => message.seq === seq);
  t.is(deliveredTo(annClient, channel).length, 0, 'nobody has said so yet');
  bobClient.send({ type: 'received', channel, seq });
  t.like(await annClient.take('delivered'), { channel, seq, people: 1 });
  t.is(deliveredTo(bobClient, channel).length, 0);
  assertNoFaults(t, given, annClient, bobClient);
});

test('what a device has though nobody looks is told to who wrote it, and saves no push; what is received later saves one', async (t) => {
  const { given, bob, channel, annClient, bobClient, ...pair } = await givenPair();
  await using _ = pair;
  const { seq } = await annClient.sendMessage(channel, 'hello');
  await bobClient.take('message', (message) => message.seq === seq);
  const receivedUpTo = async () => (await given.presence.receivedBy([bob.person], channel)).get(bob.person);
  bobClient.send({ type: 'delivered', channel, seq });
  t.like(await annClient.take('delivered'), { channel, seq, people: 1 });
  t.is(await receivedUpTo(), undefined);
  bobClient.send({ type: 'received', channel, seq });
  await until(async () => (await receivedUpTo()) === seq);
  bobClient.send({ type: 'delivered', channel, seq: seq + 1 });
  t.like(await bobClient.take('refused'), { about: 'delivered', code: 'message-unknown' });
  assertNoFaults(t, given, annClient, bobClient);
});

test('what a person receives in two seconds is told once', async (t) => {
  const { given, bob, channel, annClient, bobClient, ...pair } = await givenPair();
  await using _ = pair;
  let last = -1;
  for (let n = 0; n < 5; n++) {
    last = (await annClient.sendMessage(channel, `message ${n}`)).seq;
    await bobClient.take('message', ({ seq }) => seq === last);
    bobClient.send({ type: 'received', channel, seq: last });
    await bobClient.roundTrip();
    await until(async () => ((await given.presence.receivedBy([bob.person], channel)).get(bob.person) ?? -1) === last);
  }
  await annClient.take('delivered');
  given.elapse(2 * SECOND_MS);
  t.like(await annClient.take('delivered', ({ seq }) => seq === last), { people: 1 });
  t.is(deliveredTo(annClient, channel).length, 2, 'the first at once, and all others together');
});

test('in a group those are counted who have received the person’s last message', async (t) => {
  await using given = await givenGateways();
  const [here, there] = [await given.gateway(), await given.gateway()];
  const [ann, bob, cyd, dan] = await Promise.all([given.person(), given.person(), given.person(), given.person()]);
  const channel = await given.openGroupChannel(ann, bob, cyd, dan);
  await using annClient = await connectClient(here.url, ann);
  await using bobClient = await connectClient(there.url, bob);
  await using cydClient = await connectClient(there.url, cyd);
  const { seq } = await annClient.sendMessage(channel, 'hello everybody');
  for (const client of [bobClient, cydClient]) {
    await client.take('message', (message) => message.seq === seq);
    client.send({ type: 'received', channel, seq });
    await client.roundTrip();
  }
  await until(() => {
    given.elapse(SECOND_MS);
    return annClient.frames.some((frame) => frame.type === 'delivered' && frame.seq === seq && frame.people === 2);
  });
  t.is(deliveredTo(bobClient, channel).length, 0, 'who wrote nothing is told of nothing');
  assertNoFaults(t, given, annClient, bobClient, cydClient);
});

test('nobody is told what a person who is invisible has received, nor over a block or in a message request', async (t) => {
  await using given = await givenGateways();
  const { url } = await given.gateway();
  const [ann, bob, cyd, dan] = await Promise.all([given.person(), given.person(), given.person(), given.person()]);
  const channels = [await given.openDirectChannel(ann, bob), await given.openDirectChannel(ann, cyd), await given.requestDirectChannel(ann, dan)];
  await given.commands.changePrivacy({ person: bob.person, privacy: { invisible: true } }, given.context(bob.person));
  for (const channel of channels) await given.postMessage(ann, channel, 'hello');
  await given.commands.block({ person: cyd.person, other: ann.person }, given.context(cyd.person));
  await given.untilProjected();
  await using annClient = await connectClient(url, ann);
  for (const [i, other] of [bob, cyd, dan].entries()) {
    await using client = await connectClient(url, other);
    const channel = channels[i] as ChannelId;
    client.send({ type: 'received', channel, seq: 0 });
    await client.roundTrip();
    await until(async () => (await given.presence.receivedBy([other.person], channel)).get(other.person) === 0);
  }
  given.elapse(2 * SECOND_MS);
  await annClient.roundTrip();
  t.deepEqual(annClient.frames.filter(({ type }) => type === 'delivered'), []); // prettier-ignore
});

test('what the presence store does not take is told to nobody, and a store that lost everything begins anew', async (t) => {
  await using given = await givenGateways();
  let isAway = true;
  await using empty = await startMemoryPresence();
  const received: Presence['received'] = (...receipt) => (isAway ? Promise.reject(new PresenceUnavailable('away')) : empty.received(...receipt));
  const { url } = await given.gateway({}, { presence: { ...given.presence, received, deliveredTo: (people, of) => empty.deliveredTo(people, of) } });
  const [ann, bob] = await Promise.all([given.person(), given.person()]);
  const channel = await given.openDirectChannel(ann, bob);
  await using annClient = await connectClient(url, ann);
  await using bobClient = await connectClient(url, bob);
  const first = await annClient.sendMessage(channel, 'one');
  bobClient.send({ type: 'received', channel, seq: first.seq });
  await bobClient.roundTrip();
  await until(() => given.failures.length > 0);
  t.true(given.failures.every((failure) => failure instanceof PresenceUnavailable));
  t.is(deliveredTo(annClient, channel).length, 0);
  isAway = false;
  const { seq } = await annClient.sendMessage(channel, 'two');
  await bobClient.take('message', (message) => message.seq === seq);
  bobClient.send({ type: 'received', channel, seq });
  t.like(await annClient.take('delivered'), { seq, people: 1 });
});

test('who wrote last is remembered by channel, and no more of them than a named number', (t) => {
  const senders = createRecentSenders();
  const [channel, ann] = ['channel' as ChannelId, 'ann' as PersonId];
  const posted = (sender: PersonId, seq: number) => ({ event: 'posted', sender, seq, text: '', clientId: '', at: '' as never, messageCount: 1 }) as const;
  noteSender(senders, channel, posted(ann, 7));
  noteSender(senders, channel, posted(ann, 3));
  t.is(lastSeqOf(senders, channel, ann), 7, 'an older one that comes late moves nothing back');
  for (let n = 0; n < 200; n++) noteSender(senders, channel, posted(`somebody ${n}` as PersonId, 8 + n));
  t.is(recentSendersOf(senders, channel).length, 50);
  t.is(lastSeqOf(senders, channel, ann), undefined);
});

test('what a hundred members of a group receive is one hint, and what comes in the next two seconds is one more', async (t) => {
  const [channel, ann] = ['channel' as ChannelId, 'ann' as PersonId];
  const members = [ann, ...Array.from({ length: 99 }, (_, n) => `member ${n}` as PersonId)];
  const published: unknown[] = [];
  let nowMs = 0;
  const views = {
    get: () => Promise.resolve({ channel, kind: 'group', members, request: null }),
    getMany: (_: string, ids: readonly string[]) => Promise.resolve(ids.map(() => undefined)),
  } as unknown as ViewQueriesDependencies['views'];
  const senders = createRecentSenders();
  noteSender(senders, channel, { event: 'posted', sender: ann, seq: 0, text: '', clientId: '', at: '' as never, messageCount: 1 });
  const receipts = createDeliveryReceipts({
    presence: { delivered: () => Promise.resolve(), received: () => Promise.resolve() },
    broadcast: { publish: (to, hint) => void published.push([to, hint]) },
    queries: createViewQueries({ views, monotonicMs: () => nowMs }),
    senders,
    monotonicMs: () => nowMs,
    reportError: (error) => t.fail(String(error)),
  });
  const receive = (person: PersonId) => addDeliveryReceipt(receipts, { what: 'delivered', person, device: 'phone' as DeviceId, channel, seq: 0 });
  const hint = [[ann], { kind: 'delivered', channel }];
  for (const member of members.slice(1, 60)) receive(member);
  await flushDeliveryReceipts(receipts);
  t.deepEqual(published, [hint]);
  for (const member of members.slice(60)) {
    receive(member);
    nowMs += 40;
    await flushDeliveryReceipts(receipts);
  }
  t.deepEqual(published, [hint], 'two seconds are not over yet');
  nowMs += 1_000;
  await flushDeliveryReceipts(receipts);
  t.deepEqual(published, [hint, hint]);
  nowMs += 10_000;
  await flushDeliveryReceipts(receipts);
  t.is(published.length, 2, 'nothing more was received');
});

test('a member of an announcement channel saves pushes and is told of on the own devices alone', async (t) => {
  await using given = await givenGateways();
  const { url } = await given.gateway();
  const [ann, bob] = await Promise.all([given.person(), given.person()]);
  const { commands } = given;
  const { id: channel } = await commands.openGroupChannel({ person: ann.person, members: [], kind: 'announcement' }, given.context(ann.person));
  const { token } = await commands.createInvitationLink({ person: ann.person, channel }, given.context(ann.person));
  await commands.joinByInvitationLink({ person: bob.person, token }, given.context(bob.person));
  await given.untilProjected();
  await using annClient = await connectClient(url, ann);
  await using bobClient = await connectClient(url, bob);
  await using bobElsewhere = await connectClient(url, bob, { device: 'laptop' });
  const { seq } = await annClient.sendMessage(channel, 'Doors at eight');
  bobClient.send({ type: 'received', channel, seq });
  bobClient.send({ type: 'typing', channel });
  bobClient.send({ type: 'read', channel, seq });
  t.like(await bobElsewhere.take('read'), { person: bob.person, seq });
  await until(async () => (await given.presence.receivedBy([bob.person], channel)).get(bob.person) === seq);
  given.elapse(2 * SECOND_MS);
  for (const client of [annClient, bobClient]) await client.roundTrip();
  t.deepEqual(annClient.frames.filter(({ type }) => ['read', 'typing', 'delivered'].includes(type)), []); // prettier-ignore
  assertNoFaults(t, given, annClient, bobClient, bobElsewhere);
});
