import test from 'ava';
import fc from 'fast-check';
import { instant } from '../../../domain/shared/instant.ts';
import { pushIn, pushyError, pushyRules } from '../../../tests/vendors/pushy.ts';
import { startVendorServer, type VendorAnswer, type VendorRules, type VendorServer } from '../../../tests/vendors/vendor-server.ts';
import { attemptOf, senderContract } from '../contract.ts';
import type { Attempt, Outcome, Sender } from '../port.ts';
import { outcomeOfPushyAnswer } from './outcome.ts';
import { startPushySender } from './sender.ts';

const TOKEN = 'a6345d0278adc55d3474f5';
const account = { name: 'pushy', apiKey: '6a547f1e7fa1dca83ec11a92&10b' };

type Tested = AsyncDisposable & { readonly sender: Sender; readonly vendor: VendorServer };

async function start({ over = {}, apiKey = account.apiKey }: { readonly over?: Partial<VendorRules>; readonly apiKey?: string } = {}): Promise<Tested> {
  const vendor = await startVendorServer({ ...pushyRules(account), ...over });
  const sender = startPushySender({ ...account, apiKey }, { clock: () => instant(Date.now()), connect: { origin: vendor.url, ca: vendor.ca } });
  return {
    sender: { ...sender, send: (attempt) => sender.send({ ...attempt, target: { channel: 'push', platform: 'pushy', token: TOKEN } }) },
    vendor,
    [Symbol.asyncDispose]: async () => {
      await sender[Symbol.asyncDispose]();
      await vendor[Symbol.asyncDispose]();
    },
  };
}

const attempt = (delivery = 'd1', signal = AbortSignal.timeout(10_000)): Attempt => attemptOf('push', delivery, signal);

senderContract('pushy', async () => {
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
/** Every code that Pushy documents, and every status without one. */
const ANSWERS: readonly (readonly [string, VendorAnswer, Outcome])[] = [
  ['NO_RECIPIENTS', pushyError(400, 'NO_RECIPIENTS'), { outcome: 'rejected', reason: 'no-recipients', endpointLost: true }],
  ['NO_APNS_AUTH', pushyError(400, 'NO_APNS_AUTH'), rejected('no-apns-auth')],
  ['PAYLOAD_LIMIT_EXCEEDED', pushyError(413, 'PAYLOAD_LIMIT_EXCEEDED'), rejected('payload-limit-exceeded')],
  ['INVALID_PARAM', pushyError(400, 'INVALID_PARAM'), rejected('invalid-param')],
  ['INVALID_API_KEY', pushyError(401, 'INVALID_API_KEY'), refused('invalid-api-key')],
  ['AUTH_LIMIT_EXCEEDED', pushyError(403, 'AUTH_LIMIT_EXCEEDED'), refused('auth-limit-exceeded')],
  ['ACCOUNT_SUSPENDED', pushyError(403, 'ACCOUNT_SUSPENDED'), refused('account-suspended')],
  ['RATE_LIMIT_EXCEEDED', pushyError(429, 'RATE_LIMIT_EXCEEDED'), { outcome: 'retry', reason: 'rate-limit-exceeded' }],
  ['INTERNAL_SERVER_ERROR', pushyError(500, 'INTERNAL_SERVER_ERROR'), { outcome: 'unknown', reason: 'internal-server-error' }],
  ['a code that is new', pushyError(400, 'OUT_OF_LUCK'), rejected('out-of-luck')],
  [
    '200 that names the token among those that failed',
    { status: 200, body: JSON.stringify({ success: true, id: 'x', info: { devices: 0, failed: [TOKEN] } }) },
    { outcome: 'rejected', reason: 'device-unknown', endpointLost: true },
  ],
  ['200 without an id', { status: 200, body: '{}' }, { outcome: 'unknown', reason: 'answer-unreadable' }],
  ['200 that is no JSON', { status: 200, body: '<html>' }, { outcome: 'unknown', reason: 'answer-unreadable' }],
  ['302', { status: 302 }, rejected('http-302')],
  ['401', { status: 401 }, refused('http-401')],
  ['403', { status: 403 }, refused('http-403')],
  ['404', { status: 404 }, rejected('http-404')],
  ['408', { status: 408 }, { outcome: 'unknown', reason: 'http-408' }],
  ['429', { status: 429 }, { outcome: 'retry', reason: 'http-429' }],
  ['502', { status: 502 }, { outcome: 'unknown', reason: 'http-502' }],
  ['503', { status: 503 }, { outcome: 'retry', reason: 'http-503' }],
  ['504', { status: 504 }, { outcome: 'unknown', reason: 'http-504' }],
];

for (const [title, { status, body = '' }, outcome] of ANSWERS) {
  test(`${title}: ${outcome.outcome}, and what else it means`, (t) => t.deepEqual(outcomeOfPushyAnswer({ status, body }, TOKEN), outcome));
}

test('every answer means over the wire what it means by the table', async (t) => {
  let next: (typeof ANSWERS)[number] | undefined;
  await using tested = await start({ over: { refuse: () => next?.[1] } });
  for (next of ANSWERS) t.deepEqual(await tested.sender.send(attempt()), next[2], next[0]);
});

test('a push says what Android’s and Apple’s devices show', async (t) => {
  await using tested = await start();
  const content: Attempt['content'] = {
    title: 'Ferry',
    body: 'The boat leaves at nine.',
    url: 'https://example.org/boats',
    push: {
      image: 'https://example.org/boat.png',
      badge: 3,
      sound: 'horn',
      androidChannel: 'departures',
      interruptionLevel: 'time-sensitive',
      actions: [{ id: 'ticket', title: 'Show' }],
      data: { gate: '4' },
    },
  };
  t.is((await tested.sender.send({ ...attempt(), content })).outcome, 'accepted');
  t.deepEqual(pushIn(tested.vendor.requests[0] ?? t.fail()) as unknown, {
    to: TOKEN,
    data: {
      channel: 'departures',
      sound: 'horn',
      badge: '3',
      image: 'https://example.org/boat.png',
      gate: '4',
      url: 'https://example.org/boats',
      actions: '[{"id":"ticket","title":"Show"}]',
      kind: 'app',
      notification: 'n1',
      app: 'harbour',
      title: 'Ferry',
      message: 'The boat leaves at nine.',
    },
    notification: { title: 'Ferry', body: 'The boat leaves at nine.', sound: 'horn', badge: 3 },
    category: 'departures',
    interruption_level: 'time-sensitive',
    mutable_content: true,
    time_to_live: 3_600,
    collapse_key: 'd1',
  });
});

test('a body is cut until Pushy takes the push; what doesn’t fit without any, or to no token, is refused before it is sent', async (t) => {
  await using tested = await start();
  const sent = fc.asyncProperty(fc.string({ unit: 'grapheme', maxLength: 60 }), fc.integer({ min: 100, max: 3_000 }), async (text, length) => {
    const body = text.padEnd(length, '👩‍👩‍👧 ä"');
    t.is((await tested.sender.send({ ...attempt(), collapseKey: 'long '.repeat(20), content: { title: 'Ferry', body } })).outcome, 'accepted');
    const shown = pushIn(tested.vendor.requests.at(-1) ?? t.fail()).notification?.body ?? '';
    t.true(shown === body || (shown.endsWith('…') && body.startsWith(shown.slice(0, -1))));
  });
  await fc.assert(sent, { numRuns: 30 });
  const requests = tested.vendor.requests.length;
  t.deepEqual(
    await tested.sender.send({ ...attempt(), content: { body: 'Fog.', push: { data: { chart: 'x'.repeat(4_090) } } } }),
    rejected('payload-too-large'),
  );
  t.is(tested.vendor.requests.length, requests);
  await using sender = startPushySender(account, { clock: () => instant(Date.now()), connect: { origin: 'https://127.0.0.1:9' } });
  const outcome = await sender.send({ ...attempt(), target: { channel: 'push', platform: 'pushy', token: '/topics/all' } });
  t.deepEqual(outcome, { outcome: 'rejected', reason: 'token-malformed', endpointLost: true });
});

test('credentials are checked without a push', async (t) => {
  await using tested = await start();
  t.deepEqual(await tested.sender.check?.(AbortSignal.timeout(10_000)), { accepted: true });
  await using refusing = await start({ apiKey: 'another' });
  t.deepEqual(await refusing.sender.check?.(AbortSignal.timeout(10_000)), { accepted: false, reason: 'http-401' });
});

test('where no connection can be made, nothing was accepted', async (t) => {
  const tested = await start();
  await tested.vendor[Symbol.asyncDispose]();
  t.is((await tested.sender.send(attempt())).outcome, 'retry');
  await tested.sender[Symbol.asyncDispose]();
});
