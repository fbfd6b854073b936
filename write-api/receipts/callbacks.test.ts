import { createHmac, randomUUID } from 'node:crypto';
import test from 'ava';
import { eventsIn } from '../../commands/test-fixture.ts';
import { smsStops } from '../../domain/notifications/stops/sms-stops.ts';
import { blockOf, contacts } from '../../domain/people/contacts.ts';
import { choiceOf, preferences } from '../../domain/people/preferences.ts';
import type { DeliveryId, EndpointId, PersonId } from '../../domain/shared/ids.ts';
import { DAY_MS, plus } from '../../domain/shared/instant.ts';
import { contactsStream, deliveryStream, preferencesStream, smsStopsStream } from '../../domain/shared/streams.ts';
import type { CallbackRequest } from '../../ports/sender/callbacks.ts';
import { twilioCallbacks } from '../../ports/sender/twilio/callbacks.ts';
import { givenWriteApi } from '../test-fixture.ts';
import { givenReceipts, type ReceiptsFixture } from './test-fixture.ts';

const blockIn = async ({ api }: ReceiptsFixture, person: PersonId, endpoint: EndpointId) =>
  blockOf((await api.commands.process().loadState(contacts, contactsStream(person))).state, endpoint);

test('what a vendor tells is in the log when it is answered, once, in any order, and before the answer to the attempt', async (t) => {
  await using given = await givenReceipts();
  const { person } = await given.api.person();
  const delivery = await given.attempted(person);
  const told = { delivery, attempt: 1, vendorId: 'm-1' } as const;
  t.is(await given.callBack([{ ...told, what: 'delivered', callback: 'd' }]), 204);
  const { now: at } = given.api.commands;
  await given.command(delivery, { type: 'accept', attempt: 1, vendor: 'acme-eu', vendorId: 'm-1', at });
  t.is(
    await given.callBack([
      { ...told, what: 'accepted' },
      { ...told, what: 'undelivered' },
      { ...told, what: 'delivered', callback: 'd' },
    ]),
    204,
  );
  const state = await given.load(delivery);
  t.is(state.status, 'delivered');
  t.deepEqual(given.counted(), [
    { recorded: 1, unchanged: 0, 'delivery-unknown': 0, ignored: 0 },
    { recorded: 0, unchanged: 3, 'delivery-unknown': 0, ignored: 0 },
  ]);
});

test('all that one request tells of a delivery is one append, and opens by programs are none', async (t) => {
  await using given = await givenReceipts();
  const { person } = await given.api.person();
  const deliveries = [];
  for (let n = 0; n < 3; n++) deliveries.push(await given.attempted(person));
  const of = (delivery: DeliveryId) => [
    { delivery, what: 'opened' as const, isMachine: true },
    { delivery, what: 'accepted' as const },
    { delivery, what: 'delivered' as const },
    { delivery, what: 'clicked' as const },
  ];
  t.is(await given.callBack(deliveries.flatMap(of)), 204);
  for (const delivery of deliveries) {
    const events = (await eventsIn(given.api.commands, deliveryStream(delivery))).slice(-3);
    t.deepEqual(
      events.map(({ type }) => type),
      ['notifications.attempt-accepted.v1', 'notifications.delivery-confirmed.v1', 'notifications.engagement-seen.v1'],
    );
    const commandsOf = await Promise.all(events.map((event) => given.api.commands.codec.decode(event)));
    t.is(new Set(commandsOf.map(({ metadata }) => metadata.command)).size, 1);
    const state = await given.load(delivery);
    t.deepEqual('engagements' in state ? state.engagements : [], ['clicked']);
  }
});

test('an account is believed about its own attempts alone, and closes no way of those that others made', async (t) => {
  await using given = await givenReceipts();
  const { person } = await given.api.person();
  const delivery = await given.attempted(person, 'email', 'an-address' as EndpointId);
  const { now: at } = given.api.commands;
  await given.command(delivery, { type: 'reject', attempt: 1, vendor: 'acme-eu', reason: 'full', endpointLost: false, nextVendor: 'other', at });
  await given.command(delivery, { type: 'start-attempt', vendor: 'other', deadline: plus(at, 10_000), at });
  const others = { delivery, attempt: 2 } as const;
  await given.callBack([
    { ...others, what: 'delivered' },
    { ...others, what: 'undelivered', endpointLost: 'hard-bounce' },
    { ...others, what: 'complained' },
    { ...others, what: 'unsubscribed' },
  ]);
  t.is((await given.load(delivery)).status, 'attempting');
  t.is(await blockIn(given, person, 'an-address' as EndpointId), undefined);
  t.deepEqual(given.counted(), [{ recorded: 0, unchanged: 0, 'delivery-unknown': 4, ignored: 0 }]);
  await given.callBack([{ delivery, what: 'undelivered' }]);
  t.is((await given.load(delivery)).status, 'attempting', 'without an attempt it speaks of its own, which is over');
  await given.callBack([{ delivery, attempt: 1, what: 'delivered' }]);
  t.like(await given.load(delivery), { status: 'delivered', receipt: { attempt: 1, vendor: 'acme-eu' } }, 'it has its own after all');
});

test('a hard bounce, a complaint and an unsubscription close the way that the attempt went, and another attempt’s not', async (t) => {
  await using given = await givenReceipts();
  const { person } = await given.api.person();
  const [old, current] = ['the-old-one' as EndpointId, 'the-new-one' as EndpointId];
  const delivery = await given.attempted(person, 'email', old);
  const at = plus(given.api.commands.now, 60_000);
  await given.command(delivery, { type: 'outcome-unknown', attempt: 1, reason: 'no-answer', at });
  const again = plus(at, 600_000);
  await given.command(delivery, { type: 'start-attempt', vendor: 'acme-eu', endpoint: current, deadline: plus(again, 10_000), at: again });
  t.is(await given.callBack([{ delivery, attempt: 1, what: 'undelivered', reason: '550', endpointLost: 'hard-bounce' }]), 204);
  t.deepEqual([await blockIn(given, person, old), await blockIn(given, person, current)], ['hard-bounce', undefined]);
  t.is((await given.load(delivery)).status, 'attempting');
  t.is(
    await given.callBack([
      { delivery, attempt: 2, what: 'delivered' },
      { delivery, attempt: 2, what: 'complained' },
      { delivery, what: 'unsubscribed' },
    ]),
    204,
  );
  t.is(await blockIn(given, person, current), 'complaint');
  const { state } = await given.api.commands.process().loadState(preferences, preferencesStream(person));
  t.is(choiceOf(state, { category: 'news', channel: 'email' }), 'out');
});

test('a block that was lifted is not made again by the same event, told once more', async (t) => {
  await using given = await givenReceipts();
  const { person } = await given.api.person();
  const delivery = await given.attempted(person);
  const bounce = { delivery, attempt: 1, what: 'undelivered', endpointLost: 'hard-bounce', callback: 'b-1' } as const;
  t.is(await given.callBack([bounce]), 204);
  const endpoint = (await given.load(delivery)) as unknown as { readonly plan: { readonly endpoint: EndpointId } };
  t.is(await blockIn(given, person, endpoint.plan.endpoint), 'hard-bounce');
  t.is((await given.api.request('operator', 'DELETE', `/v1/people/${person}/contacts/email/block`)).status, 200);
  t.is(await given.callBack([bounce]), 204);
  t.is(await blockIn(given, person, endpoint.plan.endpoint), undefined);
});

test('a request that isn’t the vendor’s is refused, and stores nothing; what is of no delivery of ours is answered, and stores nothing', async (t) => {
  await using given = await givenReceipts();
  const { person } = await given.api.person();
  const delivery = await given.attempted(person);
  const before = (await eventsIn(given.api.commands, deliveryStream(delivery))).length;
  t.is(await given.callBack([{ delivery, what: 'delivered' }], { 'x-key': 'another' }), 403);
  t.is(await given.callBack([{ delivery, what: 'delivered' }], {}), 403);
  const unknown = randomUUID() as DeliveryId;
  t.is(
    await given.callBack([
      { delivery: unknown, what: 'delivered' },
      { what: 'opened' },
      { delivery: 'theirs' as DeliveryId, what: 'delivered' },
      { delivery, what: 'other' },
    ]),
    204,
  );
  t.is((await eventsIn(given.api.commands, deliveryStream(delivery))).length, before);
  t.is((await eventsIn(given.api.commands, deliveryStream(unknown))).length, 0);
  t.deepEqual(given.counted(), [{ recorded: 0, unchanged: 0, 'delivery-unknown': 3, ignored: 1 }]);
  t.is(given.api.events.filter(({ type }) => type === 'callback-refused').length, 2);
  const elsewhere = await given.api.request('anonymous', 'POST', '/v1/callbacks/acme/acme-us', { raw: '[]', headers: { 'x-key': 'the key of a vendor' } });
  t.deepEqual([elsewhere.status, elsewhere.body.code], [403, 'callback-invalid']);
});

test('a vendor that asks for the address before it takes it finds it, and of no other account', async (t) => {
  await using given = await givenReceipts();
  t.is((await given.api.request('anonymous', 'GET', '/v1/callbacks/acme/acme-eu')).status, 204);
  t.is((await fetch(`${given.api.url}/v1/callbacks/acme/acme-eu`, { method: 'HEAD' })).status, 204);
  t.is((await given.api.request('anonymous', 'GET', '/v1/callbacks/acme/acme-us')).status, 403);
});

test('however many requests a stranger makes in a vendor’s name, the vendor’s own are taken', async (t) => {
  const verifier = { vendor: 'acme-eu', verify: ({ headers }: CallbackRequest) => (headers['x-key'] === 'ours' ? [] : { refused: 'key-wrong' }) };
  const vendorCallbacks = { publicUrl: PUBLIC_URL, accounts: [{ kind: 'acme', verifier }] };
  await using given = await givenWriteApi({
    vendorCallbacks,
    trustedProxies: ['127.0.0.0/8', '::1'],
    limits: { callbacks: { points: 3, windowSeconds: 3_600 } },
  });
  const post = async (from: string, key: string) => {
    const headers = { 'x-forwarded-for': from, 'x-key': key };
    return (await given.request('anonymous', 'POST', '/v1/callbacks/acme/acme-eu', { raw: '[]', headers })).status;
  };
  const statuses: number[] = [];
  for (let i = 0; i < 5; i++) statuses.push(await post('198.51.100.7', 'forged'));
  t.deepEqual(statuses, [403, 403, 403, 429, 429]);
  t.is(await post('203.0.113.9', 'ours'), 204);
});

const TOKEN = 'the token of an account';
const PUBLIC_URL = 'https://tidings.example:8443/from-outside';

test('Twilio’s status, STOP and START are verified by the public address, whatever is spoken inside', async (t) => {
  const now = () => given.commands.now;
  await using given = await givenWriteApi({
    vendorCallbacks: {
      publicUrl: PUBLIC_URL,
      accounts: [{ kind: 'twilio', verifier: twilioCallbacks({ name: 'twilio-eu', authToken: TOKEN }, { clock: () => now() }) }],
    },
  });
  const post = async (fields: Readonly<Record<string, string>>, { query = '', signed = (text: string) => text } = {}) => {
    const target = `/v1/callbacks/twilio/twilio-eu${query}`;
    const pairs = Object.entries(fields).toSorted(([one], [other]) => (one < other ? -1 : 1));
    const signature = createHmac('sha1', TOKEN)
      .update(signed(PUBLIC_URL + target + pairs.flat().join('')))
      .digest('base64');
    const headers = { 'content-type': 'application/x-www-form-urlencoded', 'x-twilio-signature': signature };
    return (await given.request('anonymous', 'POST', target, { raw: new URLSearchParams(fields).toString(), headers })).status;
  };
  const { commands, loadState } = given.commands.process();
  const phone = '+4930123456';
  const stopped = async () => (await loadState(smsStops, smsStopsStream(commands.phoneIdOf(phone)))).state.stopped;
  const inbound = (id: string, Body: string) => ({ MessageSid: id, From: phone, To: '+15005550006', MessagingServiceSid: 'MG1', Body });

  t.is(await post(inbound('SM1', 'stop it please')), 204);
  t.deepEqual(await stopped(), []);
  t.is(await post(inbound('SM2', ' stop '), { signed: (text) => text.replace('SM2', 'SM3') }), 403);
  t.deepEqual(await stopped(), []);
  for (const word of ['STOP', ' stop ', 'Stop.', 'STOPALL']) {
    t.is(await post(inbound(`SM-${word}`, word)), 204);
    t.deepEqual(await stopped(), ['+15005550006', 'MG1'], word);
    t.is(await post(inbound(`SM-${word}-start`, 'START')), 204);
    t.deepEqual(await stopped(), [], word);
    t.is(await post(inbound(`SM-${word}`, word)), 204, 'the same message, told again after START');
    t.deepEqual(await stopped(), [], word);
  }
  given.commands.now = plus(given.commands.now, 2 * DAY_MS);
  const unknown = `?delivery=${randomUUID()}&attempt=1`;
  t.is(await post({ MessageSid: 'SM9', MessageStatus: 'delivered', To: phone }, { query: unknown }), 204);
});
