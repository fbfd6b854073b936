/** A block, a departure and a message request that nobody has accepted hold on the gateway from the moment in which they are acknowledged. */
import test from 'ava';
import type { TidingsViews } from '../../projections/view-access/tidings-views.ts';
import { assertNoFaults, givenGateways } from '../test-fixture.ts';
import { connectClient, type Account, type Client } from '../testing/client.ts';

/** Views that stand still from when they are told to: as of projections that are held back. */
function heldBack(views: TidingsViews) {
  const kept = new Map<string, Promise<unknown>>();
  const held = { back: false };
  const keep = <Found>(query: readonly unknown[], read: () => Promise<Found>): Promise<Found> => {
    const key = JSON.stringify(query);
    const before = held.back ? (kept.get(key) as Promise<Found> | undefined) : undefined;
    const found = before ?? read();
    kept.set(key, found);
    return found;
  };
  const over: TidingsViews = {
    ...views,
    get: (collection, id) => keep([collection, id], () => views.get(collection, id)),
    getMany: (collection, ids) => keep([collection, ids], () => views.getMany(collection, ids)),
    find: (collection, query) => keep([collection, query], () => views.find(collection, query)),
  };
  return { views: over, held };
}

const typesSeenBy = (client: Client) => client.frames.filter(({ type }) => type === 'typing' || type === 'read').map(({ type }) => type);

async function givenThree() {
  const given = await givenGateways();
  const { views, held } = heldBack(given.views);
  const gateway = await given.gateway({}, { views });
  const people = (await Promise.all([given.person(), given.person(), given.person()])) as [Account, Account, Account];
  return { given, gateway, held, people };
}

const roundTrips = (...clients: readonly Client[]) => Promise.all(clients.map((client) => client.roundTrip()));

test('in a group, typing, read receipts, mentions and presence don’t pass between two people of whom one blocks the other', async (t) => {
  const { given, gateway, held, people } = await givenThree();
  await using _ = given;
  const [ann, bob, eve] = people;
  const channel = await given.openGroupChannel(ann, bob, eve);
  const [annClient, bobClient, eveClient] = await Promise.all(people.map((person) => connectClient(gateway.url, person)));
  if (annClient === undefined || bobClient === undefined || eveClient === undefined) return t.fail();
  await using stack = new AsyncDisposableStack();
  for (const client of [annClient, bobClient, eveClient]) stack.use(client);
  eveClient.send({ type: 'watch', people: [bob.person] });
  while ((await eveClient.take('presence')).status !== 'online'); // Bob's first heartbeat may be on its way
  const { seq } = await annClient.sendMessage(channel, 'hello');
  await Promise.all([bobClient.take('message'), eveClient.take('message')]);
  eveClient.send({ type: 'typing', channel }); // what was looked up is cached
  await bobClient.take('typing');

  held.back = true;
  await given.commands.block({ person: bob.person, other: eve.person }, given.context(bob.person));
  t.is((await eveClient.take('presence', ({ status }) => status === 'offline')).lastActiveAt, null);
  eveClient.send({ type: 'read', channel, seq });
  bobClient.send({ type: 'typing', channel });
  bobClient.send({ type: 'read', channel, seq });
  await annClient.take('read', ({ person }) => person === eve.person);
  await annClient.take('typing', ({ person }) => person === bob.person);
  await annClient.take('read', ({ person }) => person === bob.person);
  const mention = await given.commands.postMessage(
    { channel, sender: eve.person, text: '@bob @ann', clientId: 'c', mentions: [bob.person, ann.person] },
    given.context(eve.person),
  );
  t.is(mention.outcome, 'appended');
  t.like(await bobClient.take('message', (frame) => frame.event === 'posted' && frame.sender === eve.person), { mentions: [ann.person] });
  await roundTrips(annClient, bobClient, eveClient);
  t.deepEqual(typesSeenBy(bobClient).toSorted(), ['read', 'typing'], 'the typing of before, and the own receipt');
  t.deepEqual(typesSeenBy(eveClient), ['read'], 'the own receipt');

  held.back = false;
  await given.commands.unblock({ person: bob.person, other: eve.person }, given.context(bob.person));
  await given.untilProjected();
  assertNoFaults(t, given, annClient, bobClient, eveClient);
});

test('a removed member neither types nor reads, and sees nobody type, though the views still call them a member', async (t) => {
  const { given, gateway, held, people } = await givenThree();
  await using _ = given;
  const [ann, bob] = people;
  const channel = await given.openGroupChannel(ann, bob);
  await using annClient = await connectClient(gateway.url, ann);
  await using bobClient = await connectClient(gateway.url, bob);
  bobClient.send({ type: 'watch', people: [ann.person] });
  t.is((await bobClient.take('presence')).status, 'online');
  const { seq } = await annClient.sendMessage(channel, 'hello');
  await bobClient.take('message');
  held.back = true;
  await given.commands.removeMember({ person: ann.person, channel, member: bob.person }, given.context(ann.person));
  await bobClient.take('channel');
  t.is((await bobClient.take('presence', ({ status }) => status === 'offline')).lastActiveAt, null, 'they share no channel any more');
  for (const frame of [{ type: 'typing' }, { type: 'read', seq }, { type: 'delivered', seq }, { type: 'received', seq }]) {
    bobClient.send({ ...frame, channel });
    t.is((await bobClient.take('refused', ({ about }) => about === frame.type)).code, 'channel-unknown');
  }
  annClient.send({ type: 'typing', channel });
  annClient.send({ type: 'read', channel, seq });
  await annClient.take('read');
  await roundTrips(annClient, bobClient);
  t.deepEqual(typesSeenBy(bobClient), []);
  held.back = false;
  await given.commands.addMember({ person: ann.person, channel, member: bob.person }, given.context(ann.person));
  await given.commands.acceptInvitation({ person: bob.person, channel }, given.context(bob.person));
  await given.untilProjected();
  bobClient.send({ type: 'typing', channel });
  t.like(await annClient.take('typing'), { person: bob.person });
  assertNoFaults(t, given, annClient, bobClient);
});

async function talk(url: string, [ann, eve]: readonly [Account, Account], channel: string) {
  const [annClient, eveClient] = [await connectClient(url, ann), await connectClient(url, eve)];
  annClient.send({ type: 'watch', people: [eve.person] });
  eveClient.send({ type: 'watch', people: [ann.person] });
  annClient.send({ type: 'read', channel, seq: 0 });
  eveClient.send({ type: 'typing', channel });
  await roundTrips(annClient, eveClient);
  await roundTrips(annClient, eveClient);
  return { annClient, eveClient };
}

test('until a message request is accepted, neither sees the other’s presence, typing and read receipts; answering accepts it', async (t) => {
  const { given, gateway, people } = await givenThree();
  await using _ = given;
  const [ann, eve] = people;
  const channel = await given.requestDirectChannel(eve, ann);
  await given.postMessage(eve, channel, 'hello');
  await given.untilProjected();
  const { annClient, eveClient } = await talk(gateway.url, [ann, eve], channel);
  await using stack = new AsyncDisposableStack();
  for (const client of [annClient, eveClient]) stack.use(client);
  const seen = ({ frames }: Client, from: Account) => frames.filter((frame) => 'person' in frame && frame.type !== 'welcome' && frame.person === from.person);
  t.deepEqual([seen(annClient, eve), seen(eveClient, ann)], [[], []]);

  await annClient.sendMessage(channel, 'Who is it?');
  t.like(await eveClient.take('message'), { text: 'Who is it?' });
  await given.untilProjected();
  annClient.send({ type: 'read', channel, seq: 1 });
  annClient.send({ type: 'watch', people: [eve.person] });
  t.like(await eveClient.take('read'), { person: ann.person });
  t.is((await annClient.take('presence')).status, 'online');
  assertNoFaults(t, given, annClient, eveClient);
});

test('a person who has refused a message request is sent nothing of it any more, and the sender sees no difference', async (t) => {
  const { given, gateway, held, people } = await givenThree();
  await using _ = given;
  const [ann, eve] = people;
  const channel = await given.requestDirectChannel(eve, ann);
  await using annClient = await connectClient(gateway.url, ann);
  await using eveClient = await connectClient(gateway.url, eve);
  await eveClient.sendMessage(channel, 'hello');
  await annClient.take('message');
  held.back = true;
  await given.commands.refuseMessageRequest({ person: ann.person, channel }, given.context(ann.person));
  await annClient.take('channel');
  await eveClient.sendMessage(channel, 'hello?');
  annClient.send({ type: 'read', channel, seq: 0 });
  t.is((await annClient.take('refused')).code, 'channel-unknown');
  await roundTrips(annClient, eveClient);
  t.is(annClient.frames.filter(({ type }) => type === 'message').length, 1);
  t.is(eveClient.frames.filter(({ type }) => type === 'channel').length, 0);
  held.back = false;
  await given.untilProjected();
  assertNoFaults(t, given, annClient, eveClient);
});
