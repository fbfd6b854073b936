import { generateKeyPairSync } from 'node:crypto';
import test from 'ava';
import fc from 'fast-check';
import { instant } from '../../../domain/shared/instant.ts';
import { fcmError, fcmRules, messageIn } from '../../../tests/vendors/fcm.ts';
import { startVendorServer, type VendorAnswer, type VendorServer } from '../../../tests/vendors/vendor-server.ts';
import { attemptOf, senderContract } from '../contract.ts';
import type { Attempt, Outcome, Sender } from '../port.ts';
import type { FcmAccount } from './account.ts';
import { outcomeOfFcmAnswer } from './outcome.ts';
import { fcmRequestOf } from './request.ts';
import { startFcmSender } from './sender.ts';

const PROJECTS = ['tidings-test', 'harbour-app'];
const { publicKey, privateKey } = generateKeyPairSync('rsa', {
  modulusLength: 2_048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});
const account: FcmAccount = {
  name: 'fcm',
  credentials: { project_id: 'tidings-test', client_email: 'tidings@tidings-test.iam.gserviceaccount.com', private_key: privateKey },
};
const clock = () => instant(Date.now());
const rules = fcmRules({ publicKey, clientEmail: account.credentials.client_email, projects: PROJECTS });

type Tested = AsyncDisposable & { readonly sender: Sender; readonly vendor: VendorServer };

async function start({
  answers,
  credentials = account.credentials,
}: { readonly answers?: VendorAnswer; readonly credentials?: FcmAccount['credentials'] } = {}): Promise<Tested> {
  const vendor = await startVendorServer(
    answers === undefined ? rules : { ...rules, answer: (request) => (request.path === '/token' ? rules.answer(request) : answers) },
  );
  const sender = startFcmSender({ ...account, credentials }, { clock, connect: { origin: vendor.url, ca: vendor.ca } });
  return {
    sender,
    vendor,
    [Symbol.asyncDispose]: async () => {
      await sender[Symbol.asyncDispose]();
      await vendor[Symbol.asyncDispose]();
    },
  };
}

const soon = () => AbortSignal.timeout(5_000);
const messagesTo = (vendor: VendorServer) => vendor.requests.filter(({ path }) => path !== '/token');

senderContract('fcm', async () => {
  const { sender, vendor, ...tested } = await start();
  return {
    sender,
    tell: async (does) => vendor.tell(does),
    accepted: async (delivery) => vendor.accepted(delivery).length,
    asked: () => messagesTo(vendor).length,
    traceparents: () => messagesTo(vendor).map(({ headers }) => headers['traceparent']),
    deadlineMs: 5_000,
    ...tested,
  };
});

/** Every code of https://firebase.google.com/docs/reference/fcm/rest/v1/ErrorCode, and answers without one. */
const ANSWERS: readonly (readonly [string, VendorAnswer | { readonly status: number; readonly body?: string }, Outcome])[] = [
  ['UNREGISTERED', fcmError(404, 'UNREGISTERED'), { outcome: 'rejected', reason: 'unregistered', endpointLost: true }],
  ['INVALID_ARGUMENT of anything', fcmError(400, 'INVALID_ARGUMENT'), { outcome: 'rejected', reason: 'invalid-argument' }],
  [
    'INVALID_ARGUMENT of the token, by FCM’s sentence',
    fcmError(400, 'INVALID_ARGUMENT', 'The registration token is not a valid FCM registration token'),
    { outcome: 'rejected', reason: 'token-invalid', endpointLost: true },
  ],
  ['INVALID_ARGUMENT of the token, by its field', violationOf('message.token'), { outcome: 'rejected', reason: 'token-invalid', endpointLost: true }],
  ['INVALID_ARGUMENT of another field', violationOf('message.data[0].value'), { outcome: 'rejected', reason: 'invalid-argument' }],
  ['SENDER_ID_MISMATCH', fcmError(403, 'SENDER_ID_MISMATCH'), { outcome: 'rejected', reason: 'sender-id-mismatch' }],
  ['THIRD_PARTY_AUTH_ERROR', fcmError(401, 'THIRD_PARTY_AUTH_ERROR'), { outcome: 'rejected', reason: 'third-party-auth-error' }],
  ['QUOTA_EXCEEDED', fcmError(429, 'QUOTA_EXCEEDED'), { outcome: 'retry', reason: 'quota-exceeded' }],
  ['UNAVAILABLE', fcmError(503, 'UNAVAILABLE'), { outcome: 'retry', reason: 'unavailable' }],
  ['INTERNAL', fcmError(500, 'INTERNAL'), { outcome: 'unknown', reason: 'internal' }],
  ['UNSPECIFIED_ERROR, by its status', fcmError(400, 'UNSPECIFIED_ERROR'), { outcome: 'rejected', reason: 'invalid-argument' }],
  ['404 without a code of FCM’s', googleError(404, 'NOT_FOUND'), { outcome: 'rejected', reason: 'not-found' }],
  ['401 without a code of FCM’s', googleError(401, 'UNAUTHENTICATED'), { outcome: 'rejected', reason: 'unauthenticated', account: true }],
  ['403 without a code of FCM’s', googleError(403, 'PERMISSION_DENIED'), { outcome: 'rejected', reason: 'permission-denied', account: true }],
  ['429 without a code of FCM’s', googleError(429, 'RESOURCE_EXHAUSTED'), { outcome: 'retry', reason: 'resource-exhausted' }],
  ['413 of a proxy', { status: 413, body: 'Too large' }, { outcome: 'rejected', reason: 'http-413' }],
  ['408 of a proxy', { status: 408 }, { outcome: 'unknown', reason: 'http-408' }],
  ['502 of a proxy', { status: 502, body: '<html>' }, { outcome: 'unknown', reason: 'http-502' }],
  ['503 of a proxy', { status: 503, body: '<html>' }, { outcome: 'retry', reason: 'http-503' }],
  ['504 of a proxy', { status: 504 }, { outcome: 'unknown', reason: 'http-504' }],
  ['200 that is no JSON', { status: 200, body: '<html>' }, { outcome: 'unknown', reason: 'http-200' }],
];

for (const [title, { status, body }, outcome] of ANSWERS) {
  test(`${title}: ${outcome.outcome}, and what else it means`, (t) => {
    t.deepEqual(outcomeOfFcmAnswer({ status, body: body?.startsWith('{') ? JSON.parse(body) : body, isProjectOfApp: false }), outcome);
  });
}

test('every answer means over the wire what it means by the table, after one request', async (t) => {
  for (const [title, answers, outcome] of ANSWERS) {
    await using tested = await start({ answers });
    // Of a 503 the SDK keeps nothing, for it would send again.
    t.deepEqual(await tested.sender.send(attemptOf('push', 'd1', soon())), answers.status === 503 ? { outcome: 'retry', reason: 'http-503' } : outcome, title);
    t.is(messagesTo(tested.vendor).length, 1, title);
  }
});

test('a 503 that asks to wait ends the attempt at once, and says how long to wait', async (t) => {
  await using tested = await start({ answers: { ...fcmError(503, 'UNAVAILABLE'), headers: { 'retry-after': '60' } } });
  t.deepEqual(await tested.sender.send(attemptOf('push', 'd1', soon())), { outcome: 'retry', reason: 'http-503', retryAfterMs: 60_000 });
  t.is(messagesTo(tested.vendor).length, 1);
});

test('a connection that breaks after the message was accepted leaves one message', async (t) => {
  await using tested = await start();
  tested.vendor.tell('drop the connection after accepting');
  t.is((await tested.sender.send(attemptOf('push', 'd1', soon()))).outcome, 'unknown');
  t.is(tested.vendor.accepted('d1').length, 1);
});

test('a success that names no message is unknown', async (t) => {
  await using tested = await start({ answers: { status: 200, body: '{}' } });
  t.deepEqual(await tested.sender.send(attemptOf('push', 'd1', soon())), { outcome: 'unknown', reason: 'answer-unreadable' });
});

test('an answer that breaks off in the middle is unknown at once', async (t) => {
  await using tested = await start({ answers: { status: 200, headers: { 'content-length': '500' }, body: '{"name":' } });
  const begin = performance.now();
  const sending = tested.sender.send(attemptOf('push', 'd1', AbortSignal.timeout(30_000)));
  while (tested.vendor.accepted('d1').length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
  tested.vendor.dropConnections('silently');
  t.is((await sending).outcome, 'unknown');
  t.true(performance.now() - begin < 20_000);
});

test('where no connection can be made, nothing was accepted', async (t) => {
  const vendor = await startVendorServer(rules);
  await using sender = startFcmSender(account, { clock, connect: { origin: vendor.url, ca: vendor.ca } });
  t.is((await sender.send(attemptOf('push', 'd1', soon()))).outcome, 'accepted'); // it has an access token
  await vendor[Symbol.asyncDispose]();
  // A kept-alive connection may not have heard yet that it was closed.
  await sender.send(attemptOf('push', 'd2', soon()));
  t.is((await sender.send(attemptOf('push', 'd3', soon()))).outcome, 'retry');
});

test('connections are kept, and there are never more than 64', async (t) => {
  await using tested = await start();
  const send = async (name: string) =>
    await Promise.all(Array.from({ length: 100 }, (_, i) => tested.sender.send(attemptOf('push', `${name}${i}`, AbortSignal.timeout(20_000)))));
  t.true((await send('a')).every(({ outcome }) => outcome === 'accepted'));
  t.true((await send('b')).every(({ outcome }) => outcome === 'accepted'));
  t.true(tested.vendor.connections() <= 64 + 2, `${tested.vendor.connections()} connections`); // the rest for an access token
  // Those that wait for a connection get one that another request has used.
  const sending = send('c');
  while (messagesTo(tested.vendor).length <= 220) await new Promise(setImmediate);
  tested.vendor.tell('drop the connection after accepting');
  const outcomes = await sending;
  for (const [i, { outcome }] of outcomes.entries()) {
    const { length } = tested.vendor.accepted(`c${i}`);
    t.true(outcome === 'unknown' ? length <= 1 : length === (outcome === 'accepted' ? 1 : 0), outcome);
  }
  t.true(outcomes.some(({ outcome }) => outcome === 'unknown'));
});

test('a key that Google refuses is the account’s fault, and so is an access token that FCM refuses: the next attempt has a new one', async (t) => {
  const other = generateKeyPairSync('rsa', {
    modulusLength: 2_048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  await using refused = await start({ credentials: { ...account.credentials, private_key: other.privateKey } });
  t.deepEqual(await refused.sender.send(attemptOf('push', 'd1', soon())), { outcome: 'rejected', reason: 'access-token-refused', account: true });
  t.is(messagesTo(refused.vendor).length, 0);

  await using tested = await start();
  tested.vendor.tell('refuse our credentials');
  t.like(await tested.sender.send(attemptOf('push', 'd1', soon())), { account: true });
  tested.vendor.tell('accept');
  t.is((await tested.sender.send(attemptOf('push', 'd2', soon()))).outcome, 'accepted');
  t.is(tested.vendor.requests.filter(({ path }) => path === '/token').length, 2);
});

test('an app’s messages go out in its own project; one that our credentials are not allowed for is no fault of the account', async (t) => {
  await using tested = await start();
  const sendAs = async (project: string) => await tested.sender.send({ ...attemptOf('push', project, soon()), identity: { fcm: { project } } });
  t.like(await sendAs('harbour-app'), { outcome: 'accepted' });
  t.deepEqual(await sendAs('somebody-elses'), { outcome: 'rejected', reason: 'permission-denied' });
  t.deepEqual(
    messagesTo(tested.vendor).map(({ path }) => path),
    ['/v1/projects/harbour-app/messages:send', '/v1/projects/somebody-elses/messages:send'],
  );
});

test('credentials are checked by a message that is validated only', async (t) => {
  await using tested = await start();
  t.deepEqual(await tested.sender.check?.(soon()), { accepted: true });
  t.is(messagesTo(tested.vendor).filter(({ body }) => body.includes('"validate_only":true')).length, 1);
  await using refusing = await start({ credentials: { ...account.credentials, client_email: 'nobody@example.org' } });
  t.deepEqual(await refusing.sender.check?.(soon()), { accepted: false, reason: 'access-token-refused' });
});

test('stopping ends attempts that hang', async (t) => {
  const { sender, vendor } = await start();
  vendor.tell('hang');
  const hanging = sender.send(attemptOf('push', 'd1', AbortSignal.timeout(60_000)));
  while (messagesTo(vendor).length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
  await sender[Symbol.asyncDispose]();
  t.is((await hanging).outcome, 'unknown');
  await vendor[Symbol.asyncDispose]();
});

const RICH: Attempt['content'] = {
  title: 'Ferry',
  body: 'The boat leaves at nine.',
  url: 'https://example.org/boats',
  push: {
    image: 'https://example.org/boat.png',
    badge: 3,
    sound: 'horn',
    androidChannel: 'departures',
    interruptionLevel: 'time-sensitive',
    actions: [{ id: 'ticket', title: 'Show the ticket' }],
    data: { gate: '4', notification: 'not ours' },
  },
};

test('a message has all that either system shows, and ours over the app’s data', async (t) => {
  await using tested = await start();
  await tested.sender.send({ ...attemptOf('push', 'd1', soon()), content: RICH });
  const [request] = tested.vendor.accepted('d1');
  t.like(request && messageIn(request), {
    token: 'token-of-ann',
    notification: { title: 'Ferry', body: 'The boat leaves at nine.', image: 'https://example.org/boat.png' },
    data: {
      gate: '4',
      kind: 'app',
      notification: 'n1',
      app: 'harbour',
      url: 'https://example.org/boats',
      actions: '[{"id":"ticket","title":"Show the ticket"}]',
    },
    android: {
      priority: 'high',
      collapse_key: 'd1',
      ttl: '3600s',
      notification: { channel_id: 'departures', tag: 'd1', sound: 'horn', notification_count: 3, notification_priority: 'PRIORITY_HIGH' },
    },
    apns: {
      headers: { 'apns-priority': '10', 'apns-collapse-id': 'd1' },
      payload: { aps: { badge: 3, sound: 'horn', category: 'departures', 'interruption-level': 'time-sensitive', 'mutable-content': 1 } },
    },
  });
});

test('a critical push sounds where the device is muted, a passive one wakes nobody', (t) => {
  const requested = (interruptionLevel: 'critical' | 'passive') =>
    fcmRequestOf({ ...attemptOf('push', 'd1', soon()), content: { body: 'Fog.', push: { interruptionLevel } } }, 'token-of-ann', clock());
  t.like(requested('critical'), {
    message: { apns: { payload: { aps: { sound: { critical: true, name: 'default', volume: 1 } } } }, android: { notification: { priority: 'max' } } },
  });
  t.like(requested('passive'), {
    message: { apns: { headers: { 'apns-priority': '5' } }, android: { priority: 'normal', notification: { priority: 'low' } } },
  });
});

test('a body is cut until FCM takes the message, at a grapheme', async (t) => {
  await using tested = await start();
  const sent = fc.asyncProperty(fc.string({ unit: 'grapheme', maxLength: 60 }), fc.integer({ min: 100, max: 3_000 }), async (text, length) => {
    const body = text.padEnd(length, '👩‍👩‍👧 ä');
    const outcome = await tested.sender.send({ ...attemptOf('push', 'd1', soon()), content: { ...RICH, body } });
    t.is(outcome.outcome, 'accepted');
    const request = tested.vendor.requests.at(-1);
    const shown = String((messageIn(request ?? t.fail()) as { readonly notification?: { readonly body?: string } }).notification?.body);
    t.true(shown === body || (shown.endsWith('…') && body.startsWith(shown.slice(0, -1))));
  });
  await fc.assert(sent, { numRuns: 30 });
});

test('what doesn’t fit without any body is refused before it is sent, and so is data that FCM keeps for itself', async (t) => {
  await using tested = await start();
  const send = async (data: Readonly<Record<string, string>>) =>
    await tested.sender.send({ ...attemptOf('push', 'd1', soon()), content: { body: 'Fog.', push: { data } } });
  t.deepEqual(await send({ chart: 'x'.repeat(4_000) }), { outcome: 'rejected', reason: 'payload-too-large' });
  for (const key of ['from', 'message_type', 'google.c', 'gcm.n'])
    t.deepEqual(await send({ [key]: 'x' }), { outcome: 'rejected', reason: 'data-key-reserved' });
  t.is(tested.vendor.requests.length, 0);
});

function googleError(code: number, status: string): VendorAnswer {
  return { status: code, headers: { 'content-type': 'application/json' }, body: JSON.stringify({ error: { code, message: 'Simulated.', status } }) };
}

function violationOf(field: string): VendorAnswer {
  const details = [{ '@type': 'type.googleapis.com/google.rpc.BadRequest', fieldViolations: [{ field, description: 'Simulated.' }] }];
  return {
    status: 400,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ error: { code: 400, message: 'Simulated.', status: 'INVALID_ARGUMENT', details } }),
  };
}
