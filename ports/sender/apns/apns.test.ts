import { generateKeyPairSync } from 'node:crypto';
import test from 'ava';
import fc from 'fast-check';
import { instant, MINUTE_MS } from '../../../domain/shared/instant.ts';
import { apnsError, apnsRules } from '../../../tests/vendors/apns.ts';
import { startVendorServer, type VendorRules, type VendorServer } from '../../../tests/vendors/vendor-server.ts';
import { attemptOf, senderContract } from '../contract.ts';
import type { Attempt, Outcome, Sender } from '../port.ts';
import type { ApnsAccount } from './account.ts';
import { outcomeOfApnsFailure } from './outcome.ts';
import { apnsIdOf } from './request.ts';
import { startApnsSender } from './sender.ts';

const TOKEN = 'ab'.repeat(32);
const pair = () =>
  generateKeyPairSync('ec', { namedCurve: 'P-256', publicKeyEncoding: { type: 'spki', format: 'pem' }, privateKeyEncoding: { type: 'pkcs8', format: 'pem' } });
const { publicKey, privateKey } = pair();
const account: ApnsAccount = { name: 'apns', teamId: 'TEAM123456', keyId: 'KEY1234567', key: privateKey, topic: 'org.example.tidings', isSandbox: false };
const TOPICS = ['org.example.tidings', 'org.example.harbour'];

type Tested = AsyncDisposable & { readonly sender: Sender; readonly vendor: VendorServer };
type Options = { readonly over?: Partial<VendorRules>; readonly as?: Partial<ApnsAccount>; readonly nowMs?: () => number; readonly vendorsMs?: () => number };

async function start({ over = {}, as = {}, nowMs = Date.now, vendorsMs = nowMs }: Options = {}): Promise<Tested> {
  const rules = apnsRules({ teamId: account.teamId, keyId: account.keyId, publicKey, topics: TOPICS, nowMs: vendorsMs });
  const vendor = await startVendorServer({ ...rules, ...over });
  const sender = startApnsSender({ ...account, ...as }, { clock: () => instant(nowMs()), connect: { origin: vendor.url, ca: vendor.ca } });
  return {
    sender: { ...sender, send: (attempt) => sender.send({ ...attempt, target: { channel: 'push', platform: 'apns', token: TOKEN } }) },
    vendor,
    [Symbol.asyncDispose]: async () => {
      await sender[Symbol.asyncDispose]();
      await vendor[Symbol.asyncDispose]();
    },
  };
}

const attempt = (delivery = 'd1', signal = AbortSignal.timeout(10_000)): Attempt => attemptOf('push', delivery, signal);

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}

senderContract('apns', async () => {
  const { sender, vendor, ...tested } = await start();
  return {
    sender,
    tell: async (does) => vendor.tell(does),
    accepted: async (delivery) => vendor.accepted(delivery).length,
    asked: () => vendor.requests.length,
    traceparents: () => vendor.requests.map(({ headers }) => headers['traceparent']),
    deadlineMs: 5_000,
    ...tested,
  };
});

const rejected = (reason: string): Outcome => ({ outcome: 'rejected', reason });
const refused = (reason: string): Outcome => ({ outcome: 'rejected', reason, account: true });
/** Every reason that Apple documents. */
const REASONS: readonly (readonly [number, string, Outcome, number?])[] = [
  [400, 'BadCollapseId', rejected('BadCollapseId')],
  [400, 'BadDeviceToken', { outcome: 'rejected', reason: 'BadDeviceToken', endpointLost: true }],
  [400, 'BadExpirationDate', rejected('BadExpirationDate')],
  [400, 'BadMessageId', rejected('BadMessageId')],
  [400, 'BadPriority', rejected('BadPriority')],
  [400, 'BadTopic', rejected('BadTopic')],
  [400, 'DeviceTokenNotForTopic', rejected('DeviceTokenNotForTopic')],
  [400, 'DuplicateHeaders', rejected('DuplicateHeaders')],
  [400, 'IdleTimeout', { outcome: 'retry', reason: 'IdleTimeout' }],
  [400, 'InvalidPushType', rejected('InvalidPushType')],
  [400, 'MissingDeviceToken', rejected('MissingDeviceToken')],
  [400, 'MissingTopic', rejected('MissingTopic')],
  [400, 'PayloadEmpty', rejected('PayloadEmpty')],
  [400, 'TopicDisallowed', rejected('TopicDisallowed')],
  [403, 'BadCertificate', refused('BadCertificate')],
  [403, 'BadCertificateEnvironment', refused('BadCertificateEnvironment')],
  [403, 'BadEnvironmentKeyIdInToken', refused('BadEnvironmentKeyIdInToken')],
  [403, 'ExpiredProviderToken', refused('ExpiredProviderToken')],
  [403, 'Forbidden', refused('Forbidden')],
  [403, 'InvalidProviderToken', refused('InvalidProviderToken')],
  [403, 'MissingProviderToken', refused('MissingProviderToken')],
  [403, 'UnrelatedKeyIdInToken', refused('UnrelatedKeyIdInToken')],
  [404, 'BadPath', rejected('BadPath')],
  [405, 'MethodNotAllowed', rejected('MethodNotAllowed')],
  [410, 'ExpiredToken', { outcome: 'rejected', reason: 'ExpiredToken', endpointLost: true }],
  [410, 'Unregistered', { outcome: 'rejected', reason: 'Unregistered', endpointLost: true, goneSince: instant(1_767_225_600_000) }, 1_767_225_600_000],
  [413, 'PayloadTooLarge', rejected('PayloadTooLarge')],
  [429, 'TooManyProviderTokenUpdates', { outcome: 'retry', reason: 'TooManyProviderTokenUpdates' }],
  [429, 'TooManyRequests', { outcome: 'retry', reason: 'TooManyRequests' }],
  [500, 'InternalServerError', { outcome: 'unknown', reason: 'InternalServerError' }],
  [503, 'ServiceUnavailable', { outcome: 'retry', reason: 'ServiceUnavailable' }],
  [503, 'Shutdown', { outcome: 'retry', reason: 'Shutdown' }],
];

for (const [status, reason, outcome, timestamp] of REASONS) {
  test(`${status} ${reason}: ${outcome.outcome}, and what else it means`, (t) => {
    t.deepEqual(outcomeOfApnsFailure({ status, body: apnsError(status, reason, timestamp).body ?? '' }), outcome);
  });
}

test('every reason means over the wire what it means by the table', async (t) => {
  let next: (typeof REASONS)[number] | undefined;
  await using tested = await start({ over: { refuse: () => next && apnsError(next[0], next[1], next[3]) } });
  for (next of REASONS) t.deepEqual(await tested.sender.send(attempt()), next[2], next[1]);
  t.is(tested.vendor.connections(), 1);
});

test('answers without a reason go by their status; whatever stands in them is no reason', (t) => {
  t.deepEqual(outcomeOfApnsFailure({ status: 502, body: '<html>' }), { outcome: 'unknown', reason: 'http-502' });
  t.deepEqual(outcomeOfApnsFailure({ status: 410, body: '{"reason":"a sentence of theirs","timestamp":"soon"}' }), {
    outcome: 'rejected',
    reason: 'http-410',
    endpointLost: true,
  });
});

test('a push says all that Apple’s devices show, who it is for, and under which id', async (t) => {
  await using tested = await start();
  const content: Attempt['content'] = {
    title: 'Ferry',
    body: 'The boat leaves at nine.',
    url: 'https://example.org/boats',
    push: {
      image: 'https://example.org/boat.png',
      badge: 0,
      sound: 'horn.aiff',
      interruptionLevel: 'time-sensitive',
      actions: [{ id: 'ticket', title: 'Show' }],
      data: { gate: '4' },
    },
  };
  const outcome = await tested.sender.send({ ...attempt(), content, identity: { apns: { topic: 'org.example.harbour' } } });
  t.deepEqual(outcome, { outcome: 'accepted', vendorId: apnsIdOf(attempt()) });
  const [request] = tested.vendor.requests;
  t.like(request, { path: `/3/device/${TOKEN}`, httpVersion: '2.0' });
  t.like(request?.headers, {
    'apns-topic': 'org.example.harbour',
    'apns-push-type': 'alert',
    'apns-priority': '10',
    'apns-collapse-id': 'd1',
    'apns-id': apnsIdOf(attempt()),
  });
  t.true(Math.abs(Number(request?.headers['apns-expiration']) - Date.now() / 1_000 - 3_600) < 60);
  t.deepEqual(JSON.parse(request?.body ?? ''), {
    aps: {
      alert: { title: 'Ferry', body: 'The boat leaves at nine.' },
      badge: 0,
      sound: 'horn.aiff',
      category: 'departures',
      'interruption-level': 'time-sensitive',
      'mutable-content': 1,
    },
    kind: 'app',
    notification: 'n1',
    app: 'harbour',
    gate: '4',
    url: 'https://example.org/boats',
    image: 'https://example.org/boat.png',
    actions: '[{"id":"ticket","title":"Show"}]',
  });
});

test('the id is the attempt’s, and a long collapse key is told by its digest', async (t) => {
  t.is(apnsIdOf(attempt()), apnsIdOf(attempt()));
  t.not(apnsIdOf(attempt()), apnsIdOf({ ...attempt(), attempt: 2 }));
  await using tested = await start();
  t.is((await tested.sender.send({ ...attempt(), collapseKey: 'ä'.repeat(33) })).outcome, 'accepted');
  t.is(tested.vendor.requests[0]?.headers['apns-collapse-id']?.length, 64);
});

test('a token is shown for 40 minutes, and another one before Apple calls it stale', async (t) => {
  let nowMs = Date.now();
  await using tested = await start({ nowMs: () => nowMs });
  const shown = async () => {
    t.is((await tested.sender.send(attempt())).outcome, 'accepted');
    return tested.vendor.requests.at(-1)?.headers['authorization'];
  };
  const first = await shown();
  nowMs += 21 * MINUTE_MS;
  t.is(await shown(), first);
  nowMs += 20 * MINUTE_MS;
  t.not(await shown(), first);
});

test('a token that is called stale is the account’s fault; another one follows where the clock was set since, and else none', async (t) => {
  let [oursMs, vendorsMs] = [Date.now() - 90 * MINUTE_MS, Date.now()];
  await using tested = await start({ nowMs: () => oursMs, vendorsMs: () => vendorsMs });
  t.deepEqual(await tested.sender.send(attempt()), refused('ExpiredProviderToken'));
  t.deepEqual(await tested.sender.send(attempt()), refused('ExpiredProviderToken'));
  t.is(new Set(tested.vendor.requests.map(({ headers }) => headers['authorization'])).size, 1);
  oursMs = vendorsMs;
  t.is((await tested.sender.send(attempt())).outcome, 'accepted');
  vendorsMs += 65 * MINUTE_MS; // ours stood still, and runs again
  t.deepEqual(await tested.sender.send(attempt()), refused('ExpiredProviderToken'));
  oursMs = vendorsMs;
  t.is((await tested.sender.send(attempt())).outcome, 'accepted');
});

test('after a polite goodbye, and after a silent one, the next attempt connects again', async (t) => {
  await using tested = await start();
  for (const how of ['politely', 'silently'] as const) {
    t.is((await tested.sender.send(attempt())).outcome, 'accepted');
    tested.vendor.dropConnections(how);
    let outcome = await tested.sender.send(attempt(`after ${how}`));
    // The connection's end may not have been noticed when the request is written.
    while (outcome.outcome !== 'accepted') outcome = await tested.sender.send(attempt(`after ${how}`));
  }
  t.true(tested.vendor.connections() >= 3);
});

test('a polite goodbye lets a push end that is under way, a silent one leaves it unknown', async (t) => {
  await using tested = await start();
  tested.vendor.tell('accept slowly');
  const polite = tested.sender.send(attempt('polite'));
  await until(() => tested.vendor.requests.length === 1);
  tested.vendor.dropConnections('politely');
  t.is((await polite).outcome, 'accepted');
  tested.vendor.tell('hang');
  const silent = tested.sender.send(attempt('silent', AbortSignal.timeout(60_000)));
  await until(() => tested.vendor.requests.length === 2);
  tested.vendor.dropConnections('silently');
  t.deepEqual(await silent, { outcome: 'unknown', reason: 'connection-lost' });
});

test('where no connection can be made, nothing was accepted, and the sender connects once there is one', async (t) => {
  const tested = await start();
  await tested.vendor[Symbol.asyncDispose]();
  t.is((await tested.sender.send(attempt())).outcome, 'retry');
  t.is((await tested.sender.send(attempt())).outcome, 'retry');
  await tested.sender[Symbol.asyncDispose]();
});

test('stopping ends attempts that hang', async (t) => {
  const { sender, vendor, ...tested } = await start();
  vendor.tell('hang');
  const hanging = sender.send(attempt('d1', AbortSignal.timeout(60_000)));
  await until(() => vendor.requests.length === 1);
  await tested[Symbol.asyncDispose]();
  t.is((await hanging).outcome, 'unknown');
});

test('credentials are checked by a token that no device has', async (t) => {
  await using tested = await start();
  t.deepEqual(await tested.sender.check?.(AbortSignal.timeout(10_000)), { accepted: true });
  await using refusing = await start({ as: { key: pair().privateKey } });
  t.deepEqual(await refusing.sender.check?.(AbortSignal.timeout(10_000)), { accepted: false, reason: 'InvalidProviderToken' });
  await using elsewhere = await start({ as: { topic: 'org.example.elsewhere' } });
  t.deepEqual(await elsewhere.sender.check?.(AbortSignal.timeout(10_000)), { accepted: false, reason: 'TopicDisallowed' });
});

test('a body is cut until APNs takes the push; what doesn’t fit without any is refused before it is sent', async (t) => {
  await using tested = await start();
  const sent = fc.asyncProperty(fc.string({ unit: 'grapheme', maxLength: 60 }), fc.integer({ min: 100, max: 3_000 }), async (text, length) => {
    const body = text.padEnd(length, '👩‍👩‍👧 ä"');
    t.is((await tested.sender.send({ ...attempt(), content: { title: 'Ferry', body, push: { data: { chart: 'x'.repeat(900) } } } })).outcome, 'accepted');
    const shown = (JSON.parse(tested.vendor.requests.at(-1)?.body ?? '') as { readonly aps: { readonly alert: { readonly body: string } } }).aps.alert.body;
    t.true(shown === body || (shown.endsWith('…') && body.startsWith(shown.slice(0, -1))));
  });
  await fc.assert(sent, { numRuns: 30 });
  const requests = tested.vendor.requests.length;
  const sendData = async (data: Readonly<Record<string, string>>) => await tested.sender.send({ ...attempt(), content: { body: 'Fog.', push: { data } } });
  t.deepEqual(await sendData({ chart: 'x'.repeat(4_090) }), rejected('payload-too-large'));
  t.deepEqual(await sendData({ aps: '{}' }), rejected('data-key-reserved'));
  t.is(tested.vendor.requests.length, requests);
});

test('a token that can be none is lost without asking', async (t) => {
  await using sender = startApnsSender(account, { clock: () => instant(Date.now()), connect: { origin: 'https://127.0.0.1:9' } });
  t.deepEqual(await sender.send({ ...attempt(), target: { channel: 'push', platform: 'apns', token: '../device' } }), {
    outcome: 'rejected',
    reason: 'token-malformed',
    endpointLost: true,
  });
});
