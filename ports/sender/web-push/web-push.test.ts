import test from 'ava';
import fc from 'fast-check';
import webPush from 'web-push';
import { instant } from '../../../domain/shared/instant.ts';
import { startVendorServer, type VendorServer } from '../../../tests/vendors/vendor-server.ts';
import { shownBy, subscribeBrowser, webPushRules } from '../../../tests/vendors/web-push.ts';
import { startOutbound } from '../../outbound/https.ts';
import { attemptOf, senderContract } from '../contract.ts';
import type { Attempt, Outcome, Sender } from '../port.ts';
import { RedirectableAgent } from '../redirectable-agent.ts';
import type { WebPushAccount } from './account.ts';
import { outcomeOfWebPushFailure } from './outcome.ts';
import { startWebPushSender } from './sender.ts';

const browser = subscribeBrowser('https://push.example.org/send/ann?v=1');
const account: WebPushAccount = { name: 'web-push', subject: 'mailto:push@example.org', ...webPush.generateVAPIDKeys() };
const rules = webPushRules({ publicKey: account.publicKey, browser });
const clock = () => instant(Date.now());

type Tested = AsyncDisposable & { readonly sender: Sender; readonly vendor: VendorServer };

async function start(as: Partial<WebPushAccount> = {}): Promise<Tested> {
  const vendor = await startVendorServer(rules);
  const agent = new RedirectableAgent({ keepAlive: true }, { origin: vendor.url, ca: vendor.ca });
  const sender = startWebPushSender({ ...account, ...as }, { clock, agent });
  const target = { channel: 'push', platform: 'web', token: JSON.stringify(browser.subscription) } as const;
  return {
    sender: { ...sender, send: (attempt) => sender.send({ ...attempt, target }) },
    vendor,
    [Symbol.asyncDispose]: async () => {
      await sender[Symbol.asyncDispose]();
      agent.destroy();
      await vendor[Symbol.asyncDispose]();
    },
  };
}

const attempt = (delivery = 'd1', signal = AbortSignal.timeout(10_000)): Attempt => attemptOf('push', delivery, signal);

senderContract('web-push', async () => {
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

const STATUSES: readonly (readonly [number, Outcome])[] = [
  [307, { outcome: 'rejected', reason: 'http-307' }],
  [400, { outcome: 'rejected', reason: 'http-400' }],
  [401, { outcome: 'rejected', reason: 'http-401', account: true }],
  [403, { outcome: 'rejected', reason: 'http-403' }],
  [404, { outcome: 'rejected', reason: 'http-404', endpointLost: true }],
  [408, { outcome: 'unknown', reason: 'http-408' }],
  [410, { outcome: 'rejected', reason: 'http-410', endpointLost: true }],
  [413, { outcome: 'rejected', reason: 'http-413' }],
  [429, { outcome: 'retry', reason: 'http-429' }],
  [500, { outcome: 'unknown', reason: 'http-500' }],
  [502, { outcome: 'unknown', reason: 'http-502' }],
  [503, { outcome: 'retry', reason: 'http-503' }],
  [504, { outcome: 'unknown', reason: 'http-504' }],
];

for (const [status, outcome] of STATUSES)
  test(`${status}: ${outcome.outcome}, and what else it means`, (t) => t.deepEqual(outcomeOfWebPushFailure({ status }), outcome));

test('the browser is shown what the push says, and nobody else can read it', async (t) => {
  await using tested = await start();
  const content: Attempt['content'] = {
    title: 'Ferry',
    body: 'The boat leaves at nine.',
    url: 'https://example.org/boats',
    push: {
      image: 'https://example.org/boat.png',
      badge: 3,
      interruptionLevel: 'time-sensitive',
      actions: [{ id: 'ticket', title: 'Show', url: 'https://example.org/ticket' }],
      data: { gate: '4' },
    },
  };
  const outcome = await tested.sender.send({ ...attempt(), content, identity: { webPush: { subject: 'https://harbour.example.org/' } } });
  t.like(outcome, { outcome: 'accepted' });
  const [request] = tested.vendor.requests;
  t.like(request?.headers, { ttl: '3600', urgency: 'high', host: 'push.example.org', 'content-encoding': 'aes128gcm' });
  t.is(request?.headers['topic']?.length, 32);
  t.false(request?.body.includes('Ferry'));
  const [, claims = ''] = request?.headers['authorization']?.split('.') ?? [];
  t.like(JSON.parse(Buffer.from(claims, 'base64url').toString()), { aud: 'https://push.example.org', sub: 'https://harbour.example.org/' });
  t.deepEqual(JSON.parse(browser.decrypt(request?.bytes ?? Buffer.alloc(0))), {
    notification: {
      title: 'Ferry',
      body: 'The boat leaves at nine.',
      tag: 'd1',
      image: 'https://example.org/boat.png',
      actions: [{ action: 'ticket', title: 'Show', url: 'https://example.org/ticket' }],
      requireInteraction: true,
    },
    badge: 3,
    data: { kind: 'app', notification: 'n1', app: 'harbour', gate: '4', url: 'https://example.org/boats' },
  });
});

test('a subscription made with another key is refused by itself', async (t) => {
  await using tested = await start(webPush.generateVAPIDKeys());
  t.deepEqual(await tested.sender.send(attempt()), { outcome: 'rejected', reason: 'http-403' });
});

test('a body is cut until 4,096 bytes hold it encrypted; what doesn’t fit without any is refused before it is sent', async (t) => {
  await using tested = await start();
  let largest = 0;
  const sent = fc.asyncProperty(fc.string({ unit: 'grapheme', maxLength: 60 }), fc.integer({ min: 100, max: 3_000 }), async (text, length) => {
    const body = text.padEnd(length, '👩‍👩‍👧 ä"');
    t.is((await tested.sender.send({ ...attempt(), content: { title: 'Ferry', body, push: { data: { chart: 'x'.repeat(900) } } } })).outcome, 'accepted');
    const { bytes } = tested.vendor.requests.at(-1) ?? t.fail();
    largest = Math.max(largest, bytes.length);
    const shown = shownBy(browser.decrypt(bytes)).body;
    t.true(shown === body || (shown.endsWith('…') && body.startsWith(shown.slice(0, -1))));
  });
  await fc.assert(sent, { numRuns: 30 });
  const ascii = await tested.sender.send({ ...attempt(), content: { body: 'x'.repeat(5_000) } });
  t.is(ascii.outcome, 'accepted');
  t.is(tested.vendor.requests.at(-1)?.bytes.length, 4_096);
  const requests = tested.vendor.requests.length;
  const tooLarge = await tested.sender.send({ ...attempt(), content: { body: 'Fog.', push: { data: { chart: 'x'.repeat(4_000) } } } });
  t.deepEqual(tooLarge, { outcome: 'rejected', reason: 'payload-too-large' });
  t.is(tested.vendor.requests.length, requests);
});

test('what can be no subscription is lost without asking anybody', async (t) => {
  await using outbound = startOutbound({});
  await using sender = startWebPushSender(account, { clock, agent: outbound.agent });
  const { endpoint, keys } = browser.subscription;
  const malformed = [
    'no JSON',
    'null',
    '{}',
    JSON.stringify({ keys }),
    JSON.stringify({ endpoint, keys: null }),
    JSON.stringify({ endpoint, keys: { ...keys, auth: 'short' } }),
    JSON.stringify({ endpoint, keys: { ...keys, p256dh: 'short' } }),
    JSON.stringify({ endpoint, keys: { ...keys, p256dh: Buffer.alloc(65).toString('base64url') } }),
    ...[
      'http://push.example.org/',
      'https://127.0.0.1/',
      'https://2130706433/',
      'https://[::1]/',
      'https://localhost/',
      'https://printer/',
      'https://a.local/',
      'https://u:p@push.example.org/',
      `https://push.example.org/${'x'.repeat(2_048)}`,
    ].map((wrong) => JSON.stringify({ endpoint: wrong, keys })),
  ];
  for (const token of malformed) {
    const outcome = await sender.send({ ...attempt(), target: { channel: 'push', platform: 'web', token } });
    t.deepEqual(outcome, { outcome: 'rejected', reason: 'subscription-malformed', endpointLost: true }, token);
  }
});

test('a name that leads to a private address is not connected to', async (t) => {
  const resolveName = (
    _name: string,
    _options: unknown,
    answer: (error: null, addresses: readonly { readonly address: string; readonly family: number }[]) => void,
  ) => answer(null, [{ address: '169.254.169.254', family: 4 }]);
  await using outbound = startOutbound({ resolveName });
  await using sender = startWebPushSender(account, { clock, agent: outbound.agent });
  const outcome = await sender.send({ ...attempt(), target: { channel: 'push', platform: 'web', token: JSON.stringify(browser.subscription) } });
  t.deepEqual(outcome, { outcome: 'rejected', reason: 'address-not-public' });
});

test('where no connection can be made, nothing was accepted', async (t) => {
  const tested = await start();
  await tested.vendor[Symbol.asyncDispose]();
  t.is((await tested.sender.send(attempt())).outcome, 'retry');
  await tested.sender[Symbol.asyncDispose]();
});

test('keys that are no pair, and a subject that is no address, are told when the sender starts', (t) => {
  const { publicKey } = webPush.generateVAPIDKeys();
  for (const wrong of [{ publicKey }, { subject: 'push@example.org' }, { subject: 'https://' }]) {
    t.throws(() => startWebPushSender({ ...account, ...wrong }, { clock, agent: new RedirectableAgent({}, undefined) }), { instanceOf: TypeError });
  }
});

test('an app’s subject that is no address is not the browser’s fault', async (t) => {
  await using tested = await start();
  const outcome = await tested.sender.send({ ...attempt(), identity: { webPush: { subject: 'https://exa mple' } } });
  t.deepEqual(outcome, { outcome: 'rejected', reason: 'subject-malformed' });
});
