import test from 'ava';
import { instant } from '../../../domain/shared/instant.ts';
import type { VendorServer } from '../../../tests/vendors/vendor-server.ts';
import { startVonage, vonageCallback, vonageTokenCallback, VONAGE_KEY, VONAGE_SECRET, VONAGE_SIGNATURE_SECRET } from '../../../tests/vendors/vonage.ts';
import type { CallbackRequest } from '../callbacks.ts';
import { attemptOf, senderContract } from '../contract.ts';
import type { Attempt } from '../port.ts';
import { smsUnitsIn } from '../sms/text.ts';
import type { VonageAccount } from './account.ts';
import { vonageCallbacks } from './callbacks.ts';
import { outcomeOf, VONAGE_STATUSES } from './outcome.ts';
import { messageOf } from './request.ts';
import { startVonageSender } from './sender.ts';

const ACCOUNT: VonageAccount = {
  name: 'vonage',
  apiKey: VONAGE_KEY,
  apiSecret: VONAGE_SECRET,
  signatureSecret: VONAGE_SIGNATURE_SECRET,
  from: '+15017122661',
};
const PUBLIC_URL = 'https://tidings.example.org';
const CALLBACK_URL = `${PUBLIC_URL}/v1/callbacks/vonage/vonage`;

const start = ({ url, ca }: VendorServer, account: VonageAccount = ACCOUNT) =>
  startVonageSender(account, { clock: () => instant(Date.now()), publicUrl: PUBLIC_URL, connect: { origin: url, ca } });
const attempt = (fields: Partial<Attempt> = {}): Attempt => ({ ...attemptOf('sms', 'd1', AbortSignal.timeout(30_000)), ...fields });

senderContract('vonage', async () => {
  const vendor = await startVonage();
  const sender = start(vendor);
  return {
    sender,
    deadlineMs: 6_000,
    asked: () => vendor.requests.length,
    traceparents: () => vendor.requests.map(({ headers }) => headers['traceparent']),
    tell: async (does) => vendor.tell(does),
    accepted: async (delivery) => vendor.accepted(delivery).length,
    [Symbol.asyncDispose]: async () => {
      await sender[Symbol.asyncDispose]();
      await vendor[Symbol.asyncDispose]();
    },
  };
});

test('a message is a form with our ids as its reference, numbers without their plus', async (t) => {
  await using vendor = await startVonage();
  await using sender = start(vendor);
  await sender.send(attempt({ attempt: 3 }));
  t.deepEqual(Object.fromEntries(new URLSearchParams(vendor.accepted('d1')[0]?.body)), {
    api_key: VONAGE_KEY,
    api_secret: VONAGE_SECRET,
    from: '15017122661',
    to: '41791234567',
    text: 'Ferry\nThe boat leaves at nine.\nhttps://example.org/boats',
    type: 'text',
    ttl: '3600000',
    'client-ref': 'd1.3',
    'status-report-req': 'true',
    callback: CALLBACK_URL,
  });
});

test('a text is sent in the encoding that it needs, cut where it is too long, for as long as Vonage tries', (t) => {
  const messageFor = (fields: Partial<Attempt>) => messageOf(attempt(fields), { account: ACCOUNT, publicUrl: undefined }) as Readonly<Record<string, string>>;
  t.is(messageFor({ content: { body: 'nine €' } })['type'], 'text');
  t.is(messageFor({ content: { body: '배가 떠나요' } })['type'], 'unicode');
  t.is(smsUnitsIn(messageFor({ content: { body: '배'.repeat(5_000) } })['text'] ?? ''), 1_600);
  t.is(messageFor({ content: { body: 'x', url: `https://example.org/${'y'.repeat(1_600)}` } })['refused'], 'message-too-long');
  t.is(messageFor({ target: { channel: 'sms', phone: '0791234567' } })['refused'], 'number-invalid');
  t.is(messageFor({ identity: { sms: { from: 'HARBOUR' } } })['from'], 'HARBOUR');
  t.is(messageFor({ identity: { sms: { from: `MG${'0'.repeat(32)}` } } })['from'], '15017122661'); // a service of Twilio's
  t.deepEqual(
    [1, 60, 30 * 86_400].map((ttlSeconds) => messageFor({ ttlSeconds })['ttl']),
    ['20000', '60000', '604800000'],
  );
});

test('each documented status has its outcome, and a message of which a part was taken is unknown', (t) => {
  const outcome = (...statuses: readonly string[]) =>
    outcomeOf({ status: 200, body: JSON.stringify({ messages: statuses.map((status, i) => ({ status, 'message-id': `id-${i}` })) }) }, undefined);
  t.deepEqual(outcome('0', '0'), { outcome: 'accepted', vendorId: 'id-0' });
  t.deepEqual(outcome('0', '1'), { outcome: 'unknown', reason: 'partly-accepted' });
  t.deepEqual(outcome('1', '1'), { outcome: 'retry', reason: 'rate-limited' });
  t.deepEqual(outcome('33'), { outcome: 'rejected', reason: 'number-deactivated', endpointLost: true });
  for (const status of ['4', '8', '9', '11', '14', '32']) t.like(outcome(status), { outcome: 'rejected', account: true });
  for (const [status, expected] of Object.entries(VONAGE_STATUSES)) t.deepEqual(outcome(status), expected);
  t.deepEqual(outcome('77'), { outcome: 'rejected', reason: 'vonage-77' });
  for (const body of ['', '{}', '{"messages":[]}', '{"messages":[{"status":"0"}]}', '<html>'])
    t.is(outcomeOf({ status: 200, body }, undefined).outcome, 'unknown', body);
  for (const [status, expected] of [
    [401, 'rejected'],
    [404, 'rejected'],
    [429, 'retry'],
    [302, 'retry'],
    [408, 'unknown'],
    [500, 'unknown'],
    [503, 'unknown'],
  ] as const) {
    t.is(outcomeOf({ status, body: '' }, undefined).outcome, expected);
  }
});

test('the check asks for the balance', async (t) => {
  await using vendor = await startVonage();
  await using sender = start(vendor);
  t.deepEqual(await sender.check?.(AbortSignal.timeout(30_000)), { accepted: true });
  await using wrong = start(vendor, { ...ACCOUNT, apiSecret: 'another' });
  t.deepEqual(await wrong.check?.(AbortSignal.timeout(30_000)), { accepted: false, reason: 'unauthorized' });
});

const NOW = instant(1_767_225_700_000);
const verifier = vonageCallbacks(ACCOUNT, { clock: () => NOW });
const RECEIPT = {
  msisdn: '41791234567',
  to: '15017122661',
  'network-code': '22801',
  messageId: '0A0000001234567B',
  'client-ref': 'd1.2',
  'message-timestamp': '2026-01-01 00:00:05',
};
const receipt = (fields: Readonly<Record<string, string>>) => {
  const verified = verifier.verify(vonageCallback(CALLBACK_URL, { ...RECEIPT, ...fields }));
  return 'refused' in verified ? verified : verified[0];
};

test('a receipt tells of the attempt that its reference names', (t) => {
  t.deepEqual(receipt({ status: 'delivered', 'err-code': '0' }), {
    delivery: 'd1' as never,
    attempt: 2,
    vendorId: '0A0000001234567B',
    callback: '0A0000001234567B.delivered.0',
    at: instant(Date.parse('2026-01-01T00:00:05Z')),
    what: 'delivered',
    to: '+41791234567',
  });
  for (const status of ['accepted', 'buffered']) t.like(receipt({ status }), { what: 'accepted' });
  for (const status of ['expired', 'failed', 'rejected']) t.like(receipt({ status, 'err-code': '1' }), { what: 'undelivered', reason: 'carrier-error' });
  t.like(receipt({ status: 'failed', 'err-code': '3' }), { reason: 'number-inactive', endpointLost: 'hard-bounce' });
  t.like(receipt({ status: 'failed', 'err-code': '77' }), { reason: 'vonage-77' });
  t.like(receipt({ status: 'unknown' }), { what: 'other', reason: 'unknown' });
  t.false('delivery' in (receipt({ status: 'delivered', 'client-ref': 'of another program' }) ?? {}));
});

test('words that stop come with both numbers', (t) => {
  const { 'client-ref': _, ...message } = RECEIPT;
  const sent = (text: string) => verifier.verify(vonageCallback(CALLBACK_URL, { ...message, text, type: 'text' }));
  t.like((sent('Stop.') as readonly object[])[0], { what: 'stop', from: '+41791234567', to: '+15017122661', callback: '0A0000001234567B' });
  t.like((sent('stop it please') as readonly object[])[0], { what: 'other', reason: 'inbound' });
});

test('what isn’t signed by the account’s secret, strongly, is refused', (t) => {
  const fields = { ...RECEIPT, status: 'delivered', odd: 'a&b=c' };
  const verdict = (request: CallbackRequest) => {
    const verified = verifier.verify(request);
    return 'refused' in verified ? verified.refused : 'taken';
  };
  const json = vonageCallback(CALLBACK_URL, fields);
  const posted = JSON.parse(json.rawBody.toString()) as Record<string, string>;
  t.is(verdict(json), 'taken');
  t.is(verdict(vonageCallback(CALLBACK_URL, fields, { algorithm: 'sha512' })), 'taken');
  t.is(
    verdict({ ...json, headers: { 'content-type': 'application/x-www-form-urlencoded' }, rawBody: Buffer.from(new URLSearchParams(posted).toString()) }),
    'taken',
  );
  t.is(verdict({ ...json, method: 'GET', url: `${CALLBACK_URL}?${new URLSearchParams(posted).toString()}`, rawBody: Buffer.alloc(0) }), 'taken');
  t.is(verdict(vonageCallback(CALLBACK_URL, fields, { algorithm: 'md5' })), 'signature-wrong');
  t.is(verdict(vonageCallback(CALLBACK_URL, fields, { algorithm: 'sha1' })), 'signature-wrong');
  t.is(verdict(vonageCallback(CALLBACK_URL, fields, { secret: 'another' })), 'signature-wrong');
  t.is(verdict({ ...json, rawBody: Buffer.from(json.rawBody.toString().replace('delivered', 'failed')) }), 'signature-wrong');
  t.is(verdict({ ...json, rawBody: Buffer.from('{"status":"delivered"}') }), 'signature-wrong');
  t.is(verdict({ ...json, rawBody: Buffer.from('{') }), 'body-unreadable');
  t.is(verdict(vonageCallback(CALLBACK_URL, { ...fields, 'api-key': 'other123' })), 'account-other');

  const token = vonageTokenCallback(CALLBACK_URL, fields);
  t.is(verdict(token), 'taken');
  t.is(verdict({ ...token, rawBody: Buffer.concat([token.rawBody, Buffer.from(' ')]) }), 'signature-wrong');
  t.is(verdict(vonageTokenCallback(CALLBACK_URL, fields, { alg: 'none' })), 'signature-wrong');
  t.is(verdict(vonageTokenCallback(CALLBACK_URL, fields, { secret: 'another' })), 'signature-wrong');

  const { signatureSecret: _, ...unsigned } = ACCOUNT;
  t.deepEqual(vonageCallbacks(unsigned, { clock: () => NOW }).verify(json), { refused: 'key-missing' });
});
