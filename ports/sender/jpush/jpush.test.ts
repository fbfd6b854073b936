import test from 'ava';
import fc from 'fast-check';
import { instant, MINUTE_MS } from '../../../domain/shared/instant.ts';
import { jpushError, jpushRules, pushIn } from '../../../tests/vendors/jpush.ts';
import { startVendorServer, type VendorRules, type VendorServer } from '../../../tests/vendors/vendor-server.ts';
import { attemptOf, senderContract } from '../contract.ts';
import type { Attempt, Outcome, Sender } from '../port.ts';
import { createCidPool } from './cid-pool.ts';
import { outcomeOfJpushFailure } from './outcome.ts';
import { startJpushSender } from './sender.ts';

const REGISTRATION_ID = '1104a89792a9d0f1b2c';
const account = { name: 'jpush', appKey: '7d431e42dfa6a6d693ac2d04', masterSecret: '5e987ac6d2e04d95a9d8f0d1' };

type Tested = AsyncDisposable & { readonly sender: Sender; readonly vendor: VendorServer };

async function start({
  over = {},
  masterSecret = account.masterSecret,
}: { readonly over?: Partial<VendorRules>; readonly masterSecret?: string } = {}): Promise<Tested> {
  const vendor = await startVendorServer({ ...jpushRules(account), ...over });
  const sender = startJpushSender({ ...account, masterSecret }, { clock: () => instant(Date.now()), connect: { origin: vendor.url, ca: vendor.ca } });
  return {
    sender: { ...sender, send: (attempt) => sender.send({ ...attempt, target: { channel: 'push', platform: 'jpush', token: REGISTRATION_ID } }) },
    vendor,
    [Symbol.asyncDispose]: async () => {
      await sender[Symbol.asyncDispose]();
      await vendor[Symbol.asyncDispose]();
    },
  };
}

const attempt = (delivery = 'd1', signal = AbortSignal.timeout(10_000)): Attempt => attemptOf('push', delivery, signal);

senderContract('jpush', async () => {
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
/** Every code that JPush documents for pushes, and every status without one. */
const FAILURES: readonly (readonly [number, number | undefined, string, Outcome])[] = [
  [500, 1000, 'Internal error', { outcome: 'unknown', reason: 'jpush-1000' }],
  [405, 1001, 'Only support HTTP Post.', rejected('jpush-1001')],
  [400, 1002, 'Missing parameter', rejected('jpush-1002')],
  [400, 1003, 'Invalid parameter.', rejected('jpush-1003')],
  [400, 1003, 'cid is invalid', { outcome: 'retry', reason: 'cid-refused' }],
  [401, 1004, 'Authen failed', refused('jpush-1004')],
  [400, 1005, 'Message too long.', rejected('jpush-1005')],
  [400, 1008, 'app_key is invalid', refused('jpush-1008')],
  [400, 1009, 'Unsupported key', rejected('jpush-1009')],
  [400, 1011, 'cannot find user by this audience', { outcome: 'rejected', reason: 'jpush-1011', endpointLost: true }],
  [404, 1020, 'Only support HTTPS.', rejected('jpush-1020')],
  [503, 1030, 'Internal server timeout.', { outcome: 'unknown', reason: 'jpush-1030' }],
  [429, 2002, 'Rate limit exceed.', { outcome: 'retry', reason: 'jpush-2002' }],
  [403, 2003, 'This appkey is limited.', refused('jpush-2003')],
  [403, 2004, 'This IP is not allowed.', refused('jpush-2004')],
  [401, undefined, '', refused('http-401')],
  [403, undefined, '', refused('http-403')],
  [404, undefined, '', rejected('http-404')],
  [410, undefined, '', rejected('http-410')],
  [429, undefined, '', { outcome: 'retry', reason: 'http-429' }],
  [500, undefined, '', { outcome: 'unknown', reason: 'http-500' }],
  [502, undefined, '', { outcome: 'unknown', reason: 'http-502' }],
  [503, undefined, '', { outcome: 'retry', reason: 'http-503' }],
  [504, undefined, '', { outcome: 'unknown', reason: 'http-504' }],
];
const answerOf = (status: number, code: number | undefined, message: string) =>
  code === undefined ? { status, body: '<html>' } : jpushError(status, code, message);

for (const [status, code, message, outcome] of FAILURES) {
  test(`${status} ${code ?? 'without a code'} ${message}: ${outcome.outcome}, and what else it means`, (t) => {
    t.deepEqual(outcomeOfJpushFailure({ status, body: answerOf(status, code, message).body ?? '' }), outcome);
  });
}

test('every answer means over the wire what it means by the table', async (t) => {
  let next: (typeof FAILURES)[number] | undefined;
  await using tested = await start({ over: { refuse: () => next && answerOf(next[0], next[1], next[2]) } });
  for (next of FAILURES) t.deepEqual(await tested.sender.send(attempt()), next[3], `${next[0]} ${next[1]}`);
});

test('a push whose answer was lost is taken once, when the attempt that repeats it carries its key', async (t) => {
  await using tested = await start();
  const vendorKey = (await tested.sender.drawKey?.()) ?? t.fail();
  t.true(vendorKey.startsWith(`${account.appKey}-`));
  tested.vendor.tell('drop the connection after accepting');
  t.is((await tested.sender.send({ ...attempt(), vendorKey })).outcome, 'unknown');
  tested.vendor.tell('accept');
  const second = await tested.sender.send({ ...attempt(), attempt: 2, vendorKey });
  t.deepEqual([second.outcome, tested.vendor.accepted('d1').length], ['accepted', 1]);
  t.deepEqual(await tested.sender.send({ ...attempt(), attempt: 3, vendorKey }), second);
  t.is(tested.vendor.accepted('d1').length, 1);
});

test('every attempt draws a key of its own, ten of them by one request', async (t) => {
  await using tested = await start();
  const keys = await Promise.all(Array.from({ length: 25 }, async () => await tested.sender.drawKey?.()));
  t.is(new Set(keys).size, 25);
  t.false(keys.includes(undefined));
  t.true(tested.vendor.requests.length <= 5, `${tested.vendor.requests.length} requests`);
});

test('without a key to be had the push goes out without one', async (t) => {
  await using tested = await start({ over: { refuse: ({ method }) => (method === 'GET' ? jpushError(429, 2002, 'Rate limit exceed.') : undefined) } });
  t.is(await tested.sender.drawKey?.(), undefined);
  t.is((await tested.sender.send(attempt())).outcome, 'accepted');
  t.false('cid' in pushIn(tested.vendor.requests.at(-1) ?? t.fail()));
});

test('a key that was kept for long is not given out: it would end before the attempt that repeats its push', async (t) => {
  let nowMs = 0;
  let drawn = 0;
  const pool = createCidPool(
    async () => Array.from({ length: 10 }, () => `cid-${(drawn += 1)}`),
    () => nowMs,
  );
  t.is(await pool.draw(), 'cid-1');
  nowMs += 29 * MINUTE_MS;
  t.is(await pool.draw(), 'cid-2');
  nowMs += 2 * MINUTE_MS;
  t.is(await pool.draw(), 'cid-11');
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
  t.is((await tested.sender.send({ ...attempt(), content, ttlSeconds: 2_000_000 })).outcome, 'accepted');
  const extras = { kind: 'app', notification: 'n1', app: 'harbour', gate: '4', url: 'https://example.org/boats', actions: '[{"id":"ticket","title":"Show"}]' };
  t.deepEqual(JSON.parse(tested.vendor.requests[0]?.body ?? ''), {
    platform: 'all',
    audience: { registration_id: [REGISTRATION_ID] },
    notification: {
      android: {
        alert: 'The boat leaves at nine.',
        title: 'Ferry',
        channel_id: 'departures',
        sound: 'horn',
        badge_set_num: 3,
        priority: 1,
        style: 3,
        big_pic_path: 'https://example.org/boat.png',
        extras,
      },
      ios: {
        alert: { title: 'Ferry', body: 'The boat leaves at nine.' },
        badge: 3,
        sound: 'horn',
        category: 'departures',
        'interruption-level': 'time-sensitive',
        'mutable-content': true,
        extras: { ...extras, image: 'https://example.org/boat.png' },
      },
    },
    options: { time_to_live: 864_000, apns_production: true, apns_collapse_id: 'd1' },
  });
});

test('a body is cut until JPush takes the push; what doesn’t fit without any, or to no registration id, is refused before it is sent', async (t) => {
  await using tested = await start();
  const sent = fc.asyncProperty(fc.string({ unit: 'grapheme', maxLength: 60 }), fc.integer({ min: 100, max: 3_000 }), async (text, length) => {
    const body = text.padEnd(length, '👩‍👩‍👧 ä"');
    t.is((await tested.sender.send({ ...attempt(), content: { title: 'Ferry', body, push: { data: { chart: 'x'.repeat(900) } } } })).outcome, 'accepted');
    const { android } = (pushIn(tested.vendor.requests.at(-1) ?? t.fail()).notification ?? {}) as { readonly android?: { readonly alert: string } };
    const shown = android?.alert ?? '';
    t.true(shown === body || (shown.endsWith('…') && body.startsWith(shown.slice(0, -1))));
  });
  await fc.assert(sent, { numRuns: 30 });
  const requests = tested.vendor.requests.length;
  t.deepEqual(
    await tested.sender.send({ ...attempt(), content: { body: 'Fog.', push: { data: { chart: 'x'.repeat(3_600) } } } }),
    rejected('payload-too-large'),
  );
  t.is(tested.vendor.requests.length, requests);
  await using sender = startJpushSender(account, { clock: () => instant(Date.now()), connect: { origin: 'https://127.0.0.1:9' } });
  const outcome = await sender.send({ ...attempt(), target: { channel: 'push', platform: 'jpush', token: 'all' } });
  t.deepEqual(outcome, { outcome: 'rejected', reason: 'token-malformed', endpointLost: true });
});

test('credentials are checked by a push to nobody that is validated only', async (t) => {
  await using tested = await start();
  t.deepEqual(await tested.sender.check?.(AbortSignal.timeout(10_000)), { accepted: true });
  t.is(tested.vendor.requests[0]?.path, '/v3/push/validate');
  await using refusing = await start({ masterSecret: 'another' });
  t.deepEqual(await refusing.sender.check?.(AbortSignal.timeout(10_000)), { accepted: false, reason: 'jpush-1004' });
});

test('where no connection can be made, nothing was accepted', async (t) => {
  const tested = await start();
  await tested.vendor[Symbol.asyncDispose]();
  t.is((await tested.sender.send(attempt())).outcome, 'retry');
  t.is(await tested.sender.drawKey?.(), undefined);
  await tested.sender[Symbol.asyncDispose]();
});

test('a key that JPush knows no more is not sent twice: the next attempt under it goes out under another', async (t) => {
  await using tested = await start();
  const vendorKey = 'a key of the day before yesterday';
  t.like(await tested.sender.send({ ...attempt(), vendorKey }), { outcome: 'retry', reason: 'cid-refused' });
  t.is((await tested.sender.send({ ...attempt(), attempt: 2, vendorKey })).outcome, 'accepted');
  t.is(tested.vendor.accepted('d1').length, 1);
});
